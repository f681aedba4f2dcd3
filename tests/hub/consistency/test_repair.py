"""Repairs write derived values alone; money is named and left to a person (domain.md, KPIs; the seed's 4.3)."""

from datetime import timedelta

import pytest

from hub_server.audit.tables import audit_events
from hub_server.cards.tables import cards
from hub_server.consistency import CheckRun, ConsistencyWatch, Repair, repair
from hub_server.foundation.outbox.tables import outbox
from hub_server.ledger.tables import postings
from hub_server.loyalty.tables import point_ledger
from hub_server.payment_codes.tables import payment_code_history, payment_codes
from hub_server.transactions.tables import transactions
from tests.fakes.clock import ManualClock
from tests.hub.consistency.damage import Damage
from tests.log_rules import ExpectedLogs


def _repair(damage: Damage) -> set[tuple[str, str, str, str]]:
    """What was done; each of it is one audit event."""
    done = repair(damage.context, damage.report())
    told = damage.rows.rows(audit_events, name="REPAIR")
    assert [(row["data"]["what"], row["data"]["before"], row["data"]["after"]) for row in told] == [
        (each.what, each.before, each.after) for each in done
    ]
    return {(each.what, each.subject, each.before, each.after) for each in done}


def _states(damage: Damage, code_ref: str) -> list[str]:
    rows = damage.rows.rows(payment_code_history, code_ref=code_ref)
    return [row["state"] for row in rows]


def _revoked_on_the_feed(damage: Damage) -> list[str]:
    told = [row["payload"] for row in damage.rows.rows(outbox) if row["topic"] == "feed"]
    return [each["data"]["code_ref"] for each in told if each["kind"] == "code_revoked"]


def _last(watch: ConsistencyWatch) -> CheckRun | None:
    return watch.last


def test_nothing_is_repaired_on_sound_data(damage: Damage) -> None:
    assert _repair(damage) == set()


def test_caches_are_written_anew_and_a_second_run_finds_nothing(damage: Damage) -> None:
    card_id = damage.card.card_id
    damage.change(cards, {"id": card_id}, {"balance": 1, "points": 5_000, "tier": 3})
    assert _repair(damage) == {
        ("balance", f"card {card_id}", "1", "96000"),
        ("points", f"card {card_id}", "5000", "1030"),
        ("tier", f"card {card_id}", "3", "1"),
    }
    assert damage.report().is_clean
    assert repair(damage.context, damage.report()) == ()


def test_an_overdrawn_cards_balance_is_repaired_to_what_it_owes(damage: Damage) -> None:
    owing = next(row for row in damage.rows.rows(cards) if row["balance"] < 0)
    damage.change(cards, {"id": owing["id"]}, {"balance": 0})
    assert _repair(damage) == {("balance", f"card {owing['id']}", "0", str(owing["balance"]))}
    assert damage.report().is_clean


def test_what_went_back_of_a_charge_is_written_anew(damage: Damage) -> None:
    charge = damage.charged()
    damage.change(transactions, {"id": charge["id"]}, {"given_back": 0})
    assert _repair(damage) == {("given_back", f"transaction {charge['tx_no']}", "0", "1000")}
    assert damage.report().is_clean


def test_a_changed_posting_is_left_and_so_is_the_balance_that_may_be_right(damage: Damage) -> None:
    posting = damage.posting(transaction_id=damage.charged()["id"])
    damage.change(postings, {"id": posting["id"]}, {"amount": 4_000})
    before = damage.found()
    assert _repair(damage) == set()
    assert damage.found() == before
    assert damage.rows.one(postings, id=posting["id"])["amount"] == 4_000
    assert damage.rows.one(cards, id=damage.card.card_id)["balance"] == 96_000


def test_a_dropped_charge_is_named_and_nothing_is_repaired(damage: Damage) -> None:
    """The balance may be what is right, and so may the code, which was used."""
    tx_no, code_ref = damage.registers.charge_by_key(damage.card.card_id, 2_000), damage.code_ref()
    event = damage.event_of(tx_no)
    damage.drop_movement(tx_no)
    charge = damage.charged()["tx_no"]
    damage.drop_movement(charge)
    assert _repair(damage) == set()
    assert {("audit_transaction", f"audit event {event}")} < damage.found()
    assert {("audit_transaction", f"audit event {damage.event_of(charge)}")} < damage.found()
    assert damage.rows.one(cards, id=damage.card.card_id)["balance"] == 94_000
    assert damage.rows.one(payment_codes, code_ref=code_ref)["state"] == "consumed"


def test_a_dropped_refund_is_named_and_nothing_is_repaired(damage: Damage) -> None:
    damage.drop_movement(damage.refund_no)
    assert _repair(damage) == set()
    assert {("audit_transaction", f"audit event {damage.event_of(damage.refund_no)}")} < damage.found()
    assert damage.charged()["given_back"] == 1_000
    assert damage.rows.one(cards, id=damage.card.card_id)["balance"] == 96_000


def test_what_has_nothing_to_do_with_a_cache_stands_not_in_its_way(damage: Damage) -> None:
    damage.change(cards, {"id": damage.card.card_id}, {"balance": 1, "card_no": "STD00000000"})
    assert {each[0] for each in _repair(damage)} == {"balance"}
    assert damage.found() == {("card_number", f"card {damage.card.card_id}")}


def test_a_dropped_point_row_is_left_and_so_are_the_points_that_may_be_right(damage: Damage) -> None:
    damage.drop(point_ledger, {"transaction_id": damage.charged()["id"]})
    assert _repair(damage) == set()
    assert damage.rows.one(cards, id=damage.card.card_id)["points"] == 1_030


def test_a_used_code_that_lives_again_is_closed_as_used(damage: Damage) -> None:
    code_ref = damage.code_ref()
    damage.change(payment_codes, {"code_ref": code_ref}, {"state": "live", "live_uses": 0})
    _repair(damage)
    assert damage.report().is_clean
    assert damage.rows.one(payment_codes, code_ref=code_ref)["state"] == "consumed"
    assert _states(damage, code_ref)[-1] == "consumed"


@pytest.mark.parametrize(("minutes", "state", "is_told"), [(0, "revoked", True), (60, "expired", False)])
def test_an_unused_code_said_to_be_consumed_is_revoked_or_expired_as_fits_and_terminals_are_told(
    damage: Damage, clock: ManualClock, minutes: int, state: str, is_told: bool
) -> None:
    damage.change(payment_codes, {"code_ref": damage.live_code}, {"state": "consumed"})
    clock.advance(minutes * 60_000)
    (done,) = repair(damage.context, damage.report())
    assert done == Repair(
        "code",
        f"code {damage.live_code}",
        "consumed, 0 live and 0 advised uses",
        f"{state}, 0 live and 0 advised uses",
    )
    assert damage.report().is_clean
    assert _states(damage, damage.live_code) == ["live", state]
    assert (_revoked_on_the_feed(damage) == [damage.live_code]) is is_told


def test_a_stopped_cards_code_is_revoked_and_terminals_are_told(damage: Damage) -> None:
    damage.change(cards, {"id": damage.code()["card_id"]}, {"status": "frozen"})
    _repair(damage)
    assert damage.report().is_clean
    assert damage.code()["state"] == "revoked"
    assert damage.code()["revoked_at"] is not None
    assert _revoked_on_the_feed(damage) == [damage.live_code]


def test_of_two_live_codes_the_older_is_revoked(damage: Damage) -> None:
    row = damage.code()
    newer = row | {"code_ref": "f" * 32, "issued_at": row["issued_at"] + timedelta(seconds=1)}
    damage.execute("DROP INDEX uq_payment_codes_live")
    damage.add(payment_codes, newer)
    _repair(damage)
    assert damage.report().is_clean
    states = [each["state"] for each in damage.rows.rows(payment_codes, card_id=row["card_id"])]
    assert states == ["revoked", "revoked"]  # what is live beside it proves nothing: the hub never signed it


@pytest.mark.parametrize("values", [{"secret_hash": "$2b$04$other"}, {"offline_limit": 20_000}])
def test_a_code_that_was_altered_is_revoked(damage: Damage, values: dict[str, object]) -> None:
    damage.change(payment_codes, {"code_ref": damage.live_code}, values)
    _repair(damage)
    assert damage.report().is_clean
    assert damage.code()["state"] == "revoked"


def test_the_scheduled_check_keeps_its_result_and_alerts_people(
    damage: Damage, expected_logs: ExpectedLogs
) -> None:
    counts: list[int] = []
    watch = ConsistencyWatch(damage.context, damage.keys.verifiers, counts.append)
    watch.run_when_due()
    assert _last(watch) is None  # the first look is one interval after the start
    watch.run_when_due()
    first = _last(watch)
    assert first is not None
    assert first.report.is_clean
    assert [row for row in damage.rows.rows(outbox) if row["topic"] == "alert"] == []
    damage.change(cards, {"id": damage.card.card_id}, {"balance": 1})
    expected_logs.allow("mps.hub.consistency", "books are off")
    watch.run()
    assert counts == [0, 1]
    (alert,) = [row["payload"] for row in damage.rows.rows(outbox) if row["topic"] == "alert"]
    assert (alert["kind"], alert["subject"]) == ("inconsistent", "card_balance")
    assert alert["detail"] == {"rows": 1, "first": [f"card {damage.card.card_id}"]}
