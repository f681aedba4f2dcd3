"""Entries that come back to a restored hub with its own decisions on them (protocol.md 5)."""

from datetime import timedelta

import pytest

from hub_server.audit import Actor
from hub_server.audit.tables import audit_events
from hub_server.backup import ForeignCopy
from hub_server.foundation.context import Context
from hub_server.foundation.outbox.tables import outbox
from hub_server.foundation.storage import Connection
from hub_server.journal_intake import refuse_entry
from hub_server.journal_intake.jobs import refunds_job
from hub_server.journal_intake.queries import read_terminal
from hub_server.journal_intake.read_batch import read_batch
from hub_server.journal_intake.rule_on_entry import NotToBeRuled, honour
from hub_server.journal_intake.tables import journal_entries
from hub_server.payment_codes.tables import payment_codes
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.journal_entries import (
    Entry,
    ReversalReason,
    ShiftCloseData,
    ShiftOpenData,
    Status,
    sign_decision,
    verify_decision,
)
from shared.problems import Code, CodedError
from shared.signing import Ed25519Signer
from tests.builders.counter import TOO_LATE, Counter, intake_tools
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import signed_in_admin
from tests.fakes.clock import ManualClock
from tests.hub.recovery.lost_hub import LostHub, book
from tests.log_rules import ExpectedLogs

JUMP = 1_000_000


@pytest.fixture
def counter(hub_context: Context, keys: HubSigningKeys, rows: HubRows) -> Counter:
    """A terminal whose entries arrive at once."""
    return Counter(hub_context, keys, rows)


@pytest.fixture
def offline(hub_context: Context, keys: HubSigningKeys, rows: HubRows, counter: Counter) -> Counter:
    """Another of the same shop, whose entries arrive too late to be decided live."""
    return Counter(hub_context, keys, rows, counter.shop, lag=TOO_LATE)


def _alerts(lost: LostHub) -> list[str]:
    return [row["payload"]["kind"] for row in lost.rows(outbox, topic="alert")]


def test_every_kind_of_decision_comes_back_as_it_was_to_the_number(
    lost: LostHub, counter: Counter, offline: Counter, rows: HubRows, clock: ManualClock
) -> None:
    manager = rows.manager(counter.shop)
    rich, poor, known = rows.card(200_000), rows.card(30_000), rows.card(90_000)
    journal, late = counter.journal, offline.journal
    counter.submit(*journal.entries, journal.charge(rows.code(rich), 12_345))
    open_before = late.charge(rows.code(poor), 25_000)
    offline.submit(*late.entries)
    lost.back_up()
    clock.advance(60_000)

    shift = counter.submit(journal.add(ShiftOpenData(cashier="cashier-1", shift="shift-1")))
    paid, voided = journal.charge(rows.code(rich), 40_000), journal.charge(rows.code(known), 10_000)
    counter.submit(paid, voided)
    counter.submit(journal.charge(rows.code(poor), 90_000))
    training = journal.charge(rows.code(known), 700, training=True)
    counter.submit(training, journal.reversal(training))
    void = journal.reversal(voided, ReversalReason.VOID, approved_by=manager)
    counter.submit(void, journal.reversal(voided), journal.refund(paid, 11_000, approved_by=manager))
    number = counter.ask(paid).transaction
    assert number is not None
    counter.submit(journal.refund(number.tx_no, 9_000, approved_by=manager))
    counter.submit(journal.refund(paid, 99_000, approved_by=manager), journal.reversal(paid))
    counter.submit(
        journal.add(
            ShiftCloseData(
                cashier="cashier-1",
                shift="shift-1",
                charges=2,
                charged=50_000,
                reversals=2,
                reversed=30_000,
                refunds=2,
                refunded=20_000,
            )
        )
    )
    overdrawn = late.charge(rows.code(poor), 20_000)
    offline.submit(late.advice(open_before), overdrawn, late.advice(overdrawn))
    refused = late.charge(rows.code(known, offline_limit=1_000), 5_000)
    offline.submit(refused, late.advice(refused))
    given_up = late.charge(rows.code(known), 6_000)
    offline.submit(given_up, late.reversal(given_up), late.malformed_charge())
    expected = book(lost.before)
    assert [outcome.status for outcome in shift] == [Status.ACCEPTED]
    assert {row["overdrawn"] for row in expected["transactions"].values()} == {False, True}

    lost.lose()
    told = lost.resend(counter, reversed(journal.entries)) + lost.resend(offline, late.entries, batch=2)

    assert lost.differences(expected) == {}
    assert all(outcome.decision is not None for outcome in told)
    assert lost.findings() == ()
    replayed = [row for row in lost.rows(audit_events) if row["data"].get("replayed")]
    assert (
        len(replayed) == len(expected["transactions"]) - len({rich.card_id, poor.card_id, known.card_id}) - 1
    )
    again = lost.resend(counter, journal.entries)
    assert lost.differences(expected) == {}
    assert [outcome.status for outcome in again] == [
        outcome.status for outcome in reversed(told[: len(again)])
    ]
    assert _alerts(lost).count("decision_differs") == 0
    [fresh] = lost.send(counter, [(journal.charge(rows.code(known), 1_000), None)])
    assert fresh.status is Status.DECLINED, "a code of the lost time that nobody used is unknown"


def test_new_numbers_lie_a_million_further_on(
    lost: LostHub, counter: Counter, rows: HubRows, clock: ManualClock
) -> None:
    card = rows.card(100_000)
    counter.submit(*counter.journal.entries, counter.journal.charge(rows.code(card), 1_000))
    code = rows.code(card)
    lost.back_up()
    lost.lose()

    [outcome] = lost.send(counter, [(counter.journal.charge(code, 2_000), None)])

    assert outcome.transaction is not None
    assert int(outcome.transaction.tx_no[3:]) >= JUMP + 2
    assert lost.findings() == ()


def test_a_refund_waits_for_another_terminals_charge(
    lost: LostHub, counter: Counter, offline: Counter, rows: HubRows, clock: ManualClock, keys: HubSigningKeys
) -> None:
    manager, card = rows.manager(counter.shop), rows.card(100_000)
    counter.submit(*counter.journal.entries)
    offline.submit(*offline.journal.entries)
    lost.back_up()
    charge = counter.journal.charge(rows.code(card), 50_000)
    [paid] = counter.submit(charge)
    assert paid.transaction is not None
    by_entry = offline.journal.refund(charge, 10_000, approved_by=manager)
    by_number = offline.journal.refund(paid.transaction.tx_no, 5_000, approved_by=manager)
    offline.submit(by_entry, by_number)
    ending = counter.journal.reversal(charge)
    counter.submit(ending)
    expected = book(lost.before)
    lost.lose()

    waiting = lost.resend(offline, [by_entry, by_number])
    assert [outcome.status for outcome in waiting] == [Status.PENDING, Status.PENDING]
    # The reversal gave back what the refunds had left: it waits for them in turn.
    assert [o.status for o in lost.resend(counter, [charge, ending])] == [Status.COMPLETED, Status.PENDING]
    refunds_job(lost.context, intake_tools(lost.context, keys)).work()
    assert [o.status for o in lost.resend(counter, [ending])] == [Status.REVERSED]

    assert lost.differences(expected) == {}
    assert lost.findings() == ()


def test_a_card_that_is_gone_holds_its_money_for_a_person(
    lost: LostHub, counter: Counter, rows: HubRows
) -> None:
    counter.submit(*counter.journal.entries)
    lost.back_up()
    charge = counter.journal.charge(rows.code(rows.card(80_000)), 30_000)
    reversal = counter.journal.reversal(charge)
    counter.submit(charge, reversal)
    lost.lose()

    outcomes = lost.resend(counter, [charge, reversal])

    assert [outcome.status for outcome in outcomes] == [Status.HELD, Status.PENDING]
    assert outcomes[0].refusal is not None
    assert outcomes[0].refusal.code is Code.CARD_NOT_FOUND
    assert [row["seq"] for row in lost.rows(journal_entries) if row["brought_decision"]] == [1, 2]

    def rule(connection: Connection) -> None:
        tools, terminal = (
            intake_tools(lost.context, lost.keys),
            read_terminal(connection, counter.terminal_id),
        )
        batch = read_batch(connection, tools, terminal, [], lost.context.clock.now(), frozenset({charge.seq}))
        honour(batch.desk, batch.desk.tracks[charge.id], batch.through)

    with pytest.raises(NotToBeRuled, match="no longer has this card"):
        lost.context.database.run(rule)
    assert lost.findings() == ()


def test_what_the_hub_had_decided_is_ended_otherwise_by_two_people_and_its_decision_is_kept(
    lost: LostHub, counter: Counter, rows: HubRows, keys: HubSigningKeys
) -> None:
    counter.submit(*counter.journal.entries)
    lost.back_up()
    charge = counter.journal.charge(rows.code(rows.card(80_000)), 30_000)
    counter.submit(charge)
    lost.lose()
    assert [o.status for o in lost.resend(counter, [charge])] == [Status.HELD]
    first, second = (signed_in_admin(lost.context).login_id for _ in range(2))

    said = [_refuse(lost, keys, charge, login) for login in (first, first, second, first)]

    assert said == [Status.HELD, Status.HELD, Status.REJECTED, Status.REJECTED]
    [row] = lost.rows(journal_entries, entry_id=charge.id)
    assert row["brought_decision"] == lost.decisions(counter)[charge.seq]
    assert row["decision"] != row["brought_decision"]
    told = [event["name"] for event in lost.rows(audit_events, actor_kind="admin")]
    assert told == ["ENTRY_END_PROPOSED", "ENTRY_ENDED"]
    assert lost.findings() == ()


def test_a_refusal_that_was_only_proposed_is_void_once_the_charge_is_ended_otherwise(
    lost: LostHub, counter: Counter, rows: HubRows, keys: HubSigningKeys
) -> None:
    counter.submit(*counter.journal.entries)
    lost.back_up()
    charge = counter.journal.charge(rows.code(rows.card(80_000)), 30_000)
    counter.submit(charge)
    lost.lose()
    lost.resend(counter, [charge])
    first, second = (signed_in_admin(lost.context).login_id for _ in range(2))
    assert _refuse(lost, keys, charge, first) is Status.HELD
    [given_up] = lost.send(counter, [(counter.journal.reversal(charge), None)])
    assert given_up.status is Status.REVERSED

    with pytest.raises(CodedError) as refused:
        _refuse(lost, keys, charge, second)

    assert refused.value.code is Code.CONTRADICTORY_ENTRY
    assert lost.findings() == ()


def _refuse(lost: LostHub, keys: HubSigningKeys, entry: Entry, login: str) -> Status:
    """What one admin's refusal makes of the entry."""
    context, tools = lost.context, intake_tools(lost.context, keys)
    row = context.database.run(
        lambda c: refuse_entry(
            c,
            tools,
            terminal_id=entry.terminal_id,
            seq=entry.seq,
            reason="settled outside",
            at=context.clock.now(),
            actor=Actor("admin", login),
        )
    )
    return row.status


def test_only_this_hubs_decision_on_this_entry_counts(
    lost: LostHub,
    counter: Counter,
    rows: HubRows,
    clock: ManualClock,
    keys: HubSigningKeys,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.allow("mps.hub.journal", "an entry came with a decision that is not this hub's on it")
    first = counter.journal.charge(rows.code(rows.card(80_000)), 30_000)
    counter.submit(*counter.journal.entries)
    cards = [rows.card(80_000) for _ in range(4)]
    lost.back_up()
    charges = [counter.journal.charge(rows.code(card), 10_000) for card in cards]
    counter.submit(*charges)
    told = lost.decisions(counter)
    lost.lose()
    clock.advance(600_000)
    forged = sign_decision(verify_decision(told[charges[0].seq], keys.verifiers), Ed25519Signer.generate())
    brought = [forged, told[charges[0].seq], told[charges[2].seq][:-3] + "AAA", "none"]

    outcomes = lost.send(counter, list(zip(charges, brought, strict=True)))

    # Too late to be decided live, as any charge that comes so: they get their advice or their reversal.
    assert [outcome.status for outcome in outcomes] == [Status.UNCONFIRMED] * 4
    assert _alerts(lost) == ["hub_restored"]
    other = verify_decision(told[first.seq], keys.verifiers).model_copy(update={"tx_no": "PAY0000099999"})
    [repeat] = lost.send(counter, [(first, sign_decision(other, keys.signer))])
    assert repeat.decision == told[first.seq]
    assert _alerts(lost) == ["hub_restored", "decision_differs"]
    # The true ones come after all.
    assert [o.status for o in lost.resend(counter, charges)] == [Status.COMPLETED] * 4
    assert lost.differences(book(lost.before)) == {}
    assert lost.findings() == ()


def test_what_cannot_be_made_again_moves_nothing_and_is_held(
    lost: LostHub, counter: Counter, rows: HubRows, keys: HubSigningKeys
) -> None:
    card = rows.card(80_000)
    [_, paid] = counter.submit(*counter.journal.entries, counter.journal.charge(rows.code(card), 10_000))
    lost.back_up()
    charge = counter.journal.charge(rows.code(card), 20_000)
    counter.submit(charge)
    true = verify_decision(lost.decisions(counter)[charge.seq], keys.verifiers)
    assert paid.transaction is not None
    lost.lose()

    def bring(**changes: object) -> Status:
        decision = sign_decision(true.model_copy(update=changes), keys.signer)
        [outcome] = lost.send(counter, [(charge, decision)])
        return outcome.status

    assert bring(tx_no=paid.transaction.tx_no) is Status.HELD
    assert bring(payable=1) is Status.HELD
    assert _alerts(lost) == ["hub_restored", "decision_not_replayed", "decision_not_replayed"]
    assert len(lost.rows(transactions, kind="charge")) == 1
    assert [o.status for o in lost.resend(counter, [charge])] == [Status.COMPLETED]
    assert lost.differences(book(lost.before)) == {}
    assert lost.findings() == ()


def test_a_code_and_a_contact_of_the_lost_time_are_believed(
    lost: LostHub, counter: Counter, offline: Counter, rows: HubRows, clock: ManualClock
) -> None:
    card = rows.card(80_000)
    offline.submit(*offline.journal.entries)
    lost.back_up()
    clock.advance(3_600_000)
    offline.journal.contact = clock.now() - timedelta(minutes=6)
    code = rows.code(card)
    clock.advance(600_000)
    charge = offline.journal.charge(code, 7_000)
    advice = offline.journal.advice(charge)
    lost.lose()

    # The lost hub told the terminal that time, and never heard of this charge.
    outcomes = lost.send(offline, [(charge, None), (advice, None)])

    assert [outcome.status for outcome in outcomes][1] is Status.COMPLETED
    assert outcomes[1].transaction is not None
    assert outcomes[1].transaction.offline
    [row] = lost.rows(payment_codes, code_ref=code.claims.code_ref)
    assert (row["state"], row["advised_uses"], row["member_id"]) == ("consumed", 1, card.member_id)
    assert lost.findings() == ()


def test_a_fork_stays_a_fork(lost: LostHub, counter: Counter, rows: HubRows) -> None:
    counter.submit(*counter.journal.entries)
    card = rows.card(50_000)
    lost.back_up()
    genuine = counter.journal.charge(rows.code(card), 10_000)
    counter.submit(genuine)
    counter.journal.entries.pop()
    cloned = counter.journal.charge(rows.code(rows.card(50_000)), 20_000)
    [refused] = counter.submit(cloned)
    lost.lose()

    [outcome] = lost.send(counter, [(cloned, refused.decision)])

    assert outcome.decision == refused.decision
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.JOURNAL_FORK
    assert [o.status for o in lost.resend(counter, [genuine])] == [Status.COMPLETED]
    assert lost.findings() == ()


def test_what_a_retired_key_decided_is_taken_back_and_an_unknown_keys_is_not(
    lost: LostHub, counter: Counter, rows: HubRows, clock: ManualClock
) -> None:
    codes = [rows.code(rows.card(50_000)) for _ in range(2)]
    counter.submit(*counter.journal.entries)
    lost.back_up()
    charges = [counter.journal.charge(code, 10_000) for code in codes]
    counter.submit(*charges)
    old = lost.keys.signer
    assert isinstance(old, Ed25519Signer)
    new, secret = Ed25519Signer.generate(), bytes(32)
    lost.keys = HubSigningKeys([new], [], secret, secret)
    with pytest.raises(ForeignCopy, match="not among this hub's"):
        lost.lose()
    lost.keys = HubSigningKeys([new], [old.verifier()], secret, secret)
    lost.lose()

    outcomes = lost.resend(counter, charges)

    assert [outcome.status for outcome in outcomes] == [Status.COMPLETED] * 2
    assert lost.differences(book(lost.before)) == {}
    assert lost.findings() == ()
