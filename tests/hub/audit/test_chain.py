"""The audit chain grows behind the hub's back, and tells what was done to the log (protocol.md, invariant 6)."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from hub_server.audit import FILE_NAME, Actor, AuditName, AuditProof, read_heads, record, verify_audit
from hub_server.audit.jobs import HORIZON_MS, AuditChain
from hub_server.audit.queries import links_in_order
from hub_server.audit.rules import Head, StoredEvent, chain, sign_head
from hub_server.audit.tables import audit_events, audit_heads, audit_links
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.signing_keys import HubSigningKeys
from shared.signing import Ed25519Signer
from tests.builders.damage import Superuser
from tests.fakes.clock import ManualClock

ADMIN = Actor("admin", "a")


class Log:
    """A hub's audit log of ten events, linked, with a signed head after the first six and one at the end."""

    def __init__(self, context: Context, clock: ManualClock, keys: HubSigningKeys) -> None:
        self.context, self.clock, self.keys = context, clock, keys
        self.lags: list[int] = []
        self.keeper = AuditChain(context, keys.signer, self.lags.append)
        self.superuser = Superuser(context.database)
        self.write(6)
        self.keeper.run()
        self.write(4)
        self.clock.advance(HORIZON_MS)
        self.keeper.run()
        self.clock.advance(context.settings.audit_head_s * 1_000)
        self.write(1)
        self.keeper.run()

    def write(self, count: int) -> None:
        """So many events, in a transaction each."""
        for number in range(count):
            event = ADMIN.did(
                AuditName.POINTS, "card", "c", change=number, reason="測試", nested={"b": 1, "a": [1, None]}
            )
            self.context.database.run(lambda c, event=event: record(c, self.clock.now(), [event]))  # type: ignore[misc]

    def proof(self, *, with_file: bool = False) -> AuditProof:
        """What the verifier says."""
        copies = read_heads(self.context.settings.data_dir / FILE_NAME) if with_file else []
        return self.context.database.read(lambda c: verify_audit(c, self.keys.verifiers, copies))

    def faults(self, *, with_file: bool = False) -> set[tuple[str, str]]:
        """What is wrong with which row."""
        return {(fault.check, fault.subject) for fault in self.proof(with_file=with_file).faults}

    def positions(self) -> list[tuple[int, int]]:
        """Each link's position and event."""
        query = select(audit_links.c.position, audit_links.c.event_id).order_by(audit_links.c.position)
        return self.context.database.read(lambda c: [(row[0], row[1]) for row in c.execute(query)])

    def event_row(self, event_id: int, **values: Any) -> dict[str, Any]:
        """A row like any other."""
        row = {
            "id": event_id,
            "name": "POINTS",
            "at": self.clock.now(),
            "actor_kind": "admin",
            "actor_id": "a",
        }
        return row | {"subject_kind": "card", "subject_id": "c", "data": {"change": 9}} | values

    def stored(self) -> list[StoredEvent]:
        """Every event as it stands."""
        links = self.context.database.read(lambda c: list(links_in_order(c)))
        return [link.event for link in links if link.event is not None]


@pytest.fixture
def log(hub_context: Context, clock: ManualClock, keys: HubSigningKeys) -> Log:
    """A sound log."""
    return Log(hub_context, clock, keys)


def test_a_sound_log_is_proven_whole(log: Log) -> None:
    proof = log.proof(with_file=True)
    assert proof.is_clean
    assert (proof.linked, proof.waiting) == (11, 0)
    assert proof.heads == 2  # in the database and, the same two, in the file
    assert [position for position, _ in log.positions()] == list(range(11))
    assert proof.as_dict()["clean"] is True


def test_events_that_are_not_linked_yet_wait_and_are_no_fault(log: Log) -> None:
    log.write(3)
    proof = log.proof()
    assert proof.is_clean
    assert proof.waiting == 3


def test_running_again_links_nothing_twice(log: Log) -> None:
    before = log.positions()
    log.keeper.run()
    another = AuditChain(log.context, log.keys.signer, log.lags.append)
    another.run()
    assert log.positions() == before
    assert log.proof().is_clean


def test_a_backlog_is_linked_in_pages_and_the_lag_is_told(log: Log) -> None:
    row = log.event_row(0)
    del row["id"]
    rows = [row | {"subject_id": str(number)} for number in range(2_500)]
    log.context.database.run(lambda c: c.execute(insert(audit_events), rows))
    log.clock.advance(42_000)
    log.keeper.run()
    assert log.lags[-1] == 42
    proof = log.proof()
    assert proof.is_clean
    assert (proof.linked, proof.waiting) == (2_511, 0)


def test_an_event_committed_after_one_with_a_higher_id_is_linked_later(
    hub_context: Context, clock: ManualClock, keys: HubSigningKeys
) -> None:
    keeper = AuditChain(hub_context, keys.signer, lambda _seconds: None)
    row = {"name": "POINTS", "at": clock.now(), "actor_kind": "admin", "actor_id": "a"}
    row |= {"subject_kind": "card", "subject_id": "c", "data": {}}

    def at(event_id: int) -> Callable[[Connection], object]:
        return lambda c: c.execute(insert(audit_events).values(id=event_id, **row))

    hub_context.database.run(at(7))
    if hub_context.database.is_sqlite:
        # Whoever writes is alone there: what comes later has a higher id.
        keeper.run()
        assert hub_context.database.read(lambda c: verify_audit(c, keys.verifiers)).linked == 1
        return
    keeper.run()
    hub_context.database.run(at(5))
    clock.advance(HORIZON_MS - 1)
    keeper.run()
    links = hub_context.database.read(
        lambda c: c.execute(select(audit_links.c.event_id).order_by(audit_links.c.position)).scalars().all()
    )
    assert links == [7, 5]
    assert hub_context.database.read(lambda c: verify_audit(c, keys.verifiers)).is_clean


def test_heads_are_signed_when_it_is_time_and_kept_outside_the_database_too(log: Log) -> None:
    heads = log.context.database.read(
        lambda c: c.execute(select(audit_heads).order_by(audit_heads.c.position)).all()
    )
    assert [head.position for head in heads] == [5, 10]
    kept = (log.context.settings.data_dir / FILE_NAME).read_text(encoding="ascii").splitlines()
    assert [json.loads(line)["head"] for line in kept] == [head.jws for head in heads]
    # The first was signed before anything was old enough to be complete.
    assert heads[-1].through_id >= heads[0].through_id


CHANGED: dict[str, dict[str, Any]] = {
    "name": {"name": "REFUND"},
    "actor": {"actor_id": "somebody else"},
    "actor kind": {"actor_kind": "member"},
    "subject": {"subject_id": "another card"},
    "subject kind": {"subject_kind": "member"},
    "data": {"data": {"change": 1_000_000}},
}


@pytest.mark.parametrize("column", CHANGED)
def test_an_event_changed_is_named(log: Log, column: str) -> None:
    _, event_id = log.positions()[4]
    log.superuser.change(audit_events, {"id": event_id}, CHANGED[column])
    assert log.faults() == {("audit_event_changed", f"audit event {event_id}")}


def test_an_event_dated_back_is_named(log: Log) -> None:
    _, event_id = log.positions()[10]
    log.superuser.change(audit_events, {"id": event_id}, {"at": log.clock.now().replace(year=2020)})
    assert log.faults() == {("audit_event_changed", f"audit event {event_id}")}


def test_an_event_dropped_is_named(log: Log) -> None:
    _, event_id = log.positions()[2]
    log.superuser.drop(audit_events, {"id": event_id})
    assert log.faults() == {("audit_event_dropped", f"audit event {event_id}")}


def test_a_link_dropped_is_named_and_its_event_too(log: Log) -> None:
    position, event_id = log.positions()[1]
    log.superuser.drop(audit_links, {"position": position})
    assert ("audit_link_dropped", "audit link 1") in log.faults()
    assert ("audit_event_unlinked", f"audit event {event_id}") in log.faults()


def test_an_event_dropped_with_its_link_is_named(log: Log) -> None:
    position, event_id = log.positions()[3]
    log.superuser.drop(audit_links, {"position": position})
    log.superuser.drop(audit_events, {"id": event_id})
    assert log.faults() == {("audit_link_dropped", "audit link 3")}


def test_an_event_dropped_and_the_chain_closed_behind_it_is_named(log: Log) -> None:
    position, event_id = log.positions()[3]
    log.superuser.drop(audit_links, {"position": position})
    log.superuser.drop(audit_events, {"id": event_id})
    for later, _ in log.positions()[3:]:
        log.superuser.change(audit_links, {"position": later}, {"position": later - 1})
    follows = log.positions()[3][1]
    assert ("audit_event_changed", f"audit event {follows}") in log.faults()
    assert ("audit_tail_cut", "audit links 10 to 10") in log.faults()


def test_a_links_hash_changed_is_named(log: Log) -> None:
    log.superuser.change(audit_links, {"position": 4}, {"hash": "A" * 43})
    assert log.faults() == {("audit_link_changed", "audit link 4")}


def test_an_event_put_into_the_middle_is_named(log: Log) -> None:
    events = log.stored()
    for position in range(10, 5, -1):
        log.superuser.change(audit_links, {"position": position}, {"position": position + 1})
    log.superuser.add(audit_events, log.event_row(9_999))
    added = StoredEvent(**log.event_row(9_999, data='{"change": 9}'))
    digest = chain("mps-audit-v1", [*events[:6], added])[-1]
    log.superuser.add(audit_links, {"position": 6, "event_id": 9_999, "hash": digest})
    assert ("audit_link_inserted", "audit link 6") in log.faults()


def test_an_event_that_was_slipped_in_without_a_link_is_named(log: Log) -> None:
    log.superuser.add(audit_events, log.event_row(0))
    log.keeper.run()
    AuditChain(log.context, log.keys.signer, log.lags.append).run()
    assert log.faults() == {("audit_event_unlinked", "audit event 0")}


def test_links_exchanged_are_named(log: Log) -> None:
    for seen, to in ((2, -1), (3, 2), (-1, 3)):
        log.superuser.change(audit_links, {"position": seen}, {"position": to})
    assert ("audit_link_moved", "audit link 2") in log.faults()


def test_a_tail_cut_below_a_signed_head_is_named(log: Log) -> None:
    _, event_id = log.positions()[10]
    log.superuser.drop(audit_links, {"position": 10})
    log.superuser.drop(audit_events, {"id": event_id})
    assert log.faults() == {("audit_tail_cut", "audit links 10 to 10")}


def test_a_tail_cut_with_its_head_is_named_by_the_copy_kept_elsewhere(log: Log) -> None:
    _, event_id = log.positions()[10]
    for table, where in (
        (audit_heads, {"position": 10}),
        (audit_links, {"position": 10}),
        (audit_events, {"id": event_id}),
    ):
        log.superuser.drop(table, where)
    assert log.faults() == set()
    assert log.faults(with_file=True) == {
        ("audit_tail_cut", "audit links 10 to 10"),
        ("audit_head_dropped", "audit head 10"),
    }


def test_a_chain_written_anew_from_a_change_on_contradicts_its_heads(log: Log) -> None:
    _, event_id = log.positions()[4]
    log.superuser.change(audit_events, {"id": event_id}, {"data": {"change": 1}})
    for position, digest in enumerate(chain("mps-audit-v1", log.stored())):
        log.superuser.change(audit_links, {"position": position}, {"hash": digest})
    assert log.faults() == {
        ("audit_head_differs", "audit link 5"),
        ("audit_head_differs", "audit link 10"),
    }


def test_a_head_signed_by_an_unknown_key_is_named(log: Log) -> None:
    head = Head(10, "A" * 43, 11, log.clock.now())
    log.superuser.change(audit_heads, {"position": 10}, {"jws": sign_head(head, Ed25519Signer.generate())})
    assert log.faults() == {("audit_head_forged", "audit head 10 in the database")}


def test_a_head_spoilt_is_named_in_the_database_and_in_the_file(log: Log) -> None:
    log.superuser.change(audit_heads, {"position": 5}, {"jws": "no head"})
    path = log.context.settings.data_dir / FILE_NAME
    path.write_text("{}\nnot JSON\n" + path.read_text(encoding="ascii"), encoding="ascii")
    assert log.faults(with_file=True) == {
        ("audit_head_forged", "audit head 5 in the database"),
        ("audit_head_forged", f"line 1 of {FILE_NAME}"),
        ("audit_head_forged", f"line 2 of {FILE_NAME}"),
        ("audit_head_dropped", "audit head 5"),
    }


def test_a_heads_columns_changed_are_named(log: Log) -> None:
    log.superuser.change(audit_heads, {"position": 10}, {"through_id": 0})
    assert ("audit_head_changed", "audit head 10 in the database") in log.faults()


def test_a_head_dropped_is_named_by_the_copy(log: Log) -> None:
    log.superuser.drop(audit_heads, {"position": 5})
    assert log.faults(with_file=True) == {("audit_head_dropped", "audit head 5")}


def test_a_clock_that_went_back_does_not_stop_the_heads(log: Log) -> None:
    log.clock.set(log.clock.now() - timedelta(days=3))
    for expected in (3, 3, 4):
        log.write(1)
        log.keeper.run()
        assert log.proof().heads == expected
        log.clock.advance(log.context.settings.audit_head_s * 500)
    assert log.proof(with_file=True).is_clean
