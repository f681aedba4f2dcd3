"""Money that was made or erased coherently: nothing contradicts it but what vouches for it. Each row is named."""

from collections.abc import Callable

import pytest

from hub_server.adjusting.tables import adjustments
from hub_server.audit.tables import audit_events
from hub_server.cards.tables import cards
from hub_server.idempotency.tables import idempotency_registry
from hub_server.journal_intake.tables import journal_entries
from hub_server.ledger.tables import postings
from hub_server.loyalty.tables import point_ledger
from hub_server.transactions.tables import transactions
from tests.builders import row_shapes
from tests.hub.consistency.damage import Damage

Plant = Callable[[Damage], tuple[str, str]]
"""Damages, and says which check must name which row."""


def _tx(damage: Damage) -> str:
    return f"transaction {damage.charged()['tx_no']}"


def a_refund_dropped_with_its_postings(damage: Damage) -> tuple[str, str]:
    event = damage.event_of(damage.refund_no)
    damage.drop_movement(damage.refund_no)
    return "audit_transaction", f"audit event {event}"


def a_charge_dropped_with_its_postings(damage: Damage) -> tuple[str, str]:
    tx_no = damage.charged()["tx_no"]
    damage.drop_movement(tx_no)
    return "audit_transaction", f"audit event {damage.event_of(tx_no)}"


def a_charge_by_key_erased_from_everything_that_tells_of_it(damage: Damage) -> tuple[str, str]:
    tx_no = damage.registers.charge_by_key(damage.card.card_id, 2_000)
    event = damage.event_of(tx_no)
    assert damage.report().is_clean
    row = damage.rows.one(transactions, tx_no=tx_no)
    damage.drop(idempotency_registry, {"transaction_id": row["id"]})
    damage.drop_movement(tx_no)
    balance = damage.rows.one(cards, id=damage.card.card_id)["balance"] + 2_000
    damage.change(cards, {"id": damage.card.card_id}, {"balance": balance})
    assert [each.check for each in damage.report().findings] == ["audit_transaction"]
    return "audit_transaction", f"audit event {event}"


def a_charge_of_a_terminal_erased_with_its_entry(damage: Damage) -> tuple[str, str]:
    charge = damage.charged()
    event = damage.event_of(charge["tx_no"])
    damage.drop_movement(damage.refund_no)
    damage.drop_movement(charge["tx_no"])
    damage.drop(point_ledger, {"transaction_id": charge["id"]})
    damage.drop(idempotency_registry, {"transaction_id": charge["id"]})
    damage.drop(journal_entries, {"entry_id": damage.charge_id})
    return "audit_transaction", f"audit event {event}"


def a_charge_by_key_without_its_key(damage: Damage) -> tuple[str, str]:
    tx_no = damage.registers.charge_by_key(damage.card.card_id, 2_000)
    damage.drop(idempotency_registry, {"transaction_id": damage.rows.one(transactions, tx_no=tx_no)["id"]})
    return "transaction_key", f"transaction {tx_no}"


def a_refund_said_to_be_of_an_entry_of_something_else(damage: Damage) -> tuple[str, str]:
    entry = damage.rows.one(journal_entries, type="genesis", terminal_id=damage.counter.terminal_id)
    forged = {"terminal_id": damage.counter.terminal_id, "entry_id": entry["entry_id"]}
    damage.change(transactions, {"tx_no": damage.refund_no}, forged)
    return "transaction_entry", f"transaction {damage.refund_no}"


def _forged(damage: Damage, kind: str, tx_no: str, **values: object) -> str:
    """Money out of nothing: a transaction like another, its posting, the card's balance."""
    like = damage.rows.rows(transactions, kind=kind)[0]
    posting = damage.posting(transaction_id=like["id"])
    new = {"id": damage.context.ids.new(), "tx_no": tx_no, "raw_amount": 5_000_000, "payable": 5_000_000}
    damage.add(transactions, like | new | values)
    moved = {"id": posting["id"] + 500, "transaction_id": new["id"], "amount": 5_000_000}
    damage.add(postings, posting | moved)
    balance = damage.rows.one(cards, id=like["card_id"])["balance"] + 5_000_000
    damage.change(cards, {"id": like["card_id"]}, {"balance": balance})
    return f"transaction {tx_no}"


def a_forged_adjustment(damage: Damage) -> tuple[str, str]:
    subject = _forged(damage, "adjustment", "ADJ0000000777")
    assert damage.found() == {("transaction_audit", subject), ("transaction_adjustment", subject)}
    return "transaction_adjustment", subject


def a_forged_adjustment_with_its_audit_event(damage: Damage) -> tuple[str, str]:
    subject = _forged(damage, "adjustment", "ADJ0000000777")
    row = damage.rows.one(transactions, tx_no="ADJ0000000777")
    damage.add(audit_events, row_shapes.moved_event(row, "ADJUSTMENT", row["at"]) | {"actor_id": "demo-data"})
    assert damage.found() == {("transaction_adjustment", subject)}
    return "transaction_adjustment", subject


def a_forged_vouchers_value(damage: Damage) -> tuple[str, str]:
    subject = _forged(damage, "adjustment", "ADJ0000000777", card_type="voucher")
    return "transaction_adjustment", subject


def a_forged_top_up(damage: Damage) -> tuple[str, str]:
    return "transaction_audit", _forged(damage, "top_up", "RCG0000000777")


def an_amount_changed_wherever_it_stands(damage: Damage) -> tuple[str, str]:
    row = damage.rows.one(transactions, kind="adjustment")
    damage.change(transactions, {"id": row["id"]}, {"raw_amount": 7_000, "payable": 7_000})
    damage.change(postings, {"transaction_id": row["id"]}, {"amount": 7_000})
    damage.change(adjustments, {"id": damage.adjustment_id}, {"amount": 7_000})
    balance = damage.rows.one(cards, id=row["card_id"])["balance"] + 6_300
    damage.change(cards, {"id": row["card_id"]}, {"balance": balance})
    assert len(damage.found()) == 1
    return "transaction_audit", f"transaction {row['tx_no']}"


def an_audit_event_dropped(damage: Damage) -> tuple[str, str]:
    damage.drop(audit_events, {"id": damage.event_of(damage.charged()["tx_no"])})
    return "transaction_audit", _tx(damage)


def an_audit_event_doubled(damage: Damage) -> tuple[str, str]:
    event = damage.rows.one(audit_events, id=damage.event_of(damage.charged()["tx_no"]))
    damage.add(audit_events, event | {"id": event["id"] + 1_000})
    return "transaction_audit", _tx(damage)


def an_audit_event_of_another_card(damage: Damage) -> tuple[str, str]:
    event = damage.event_of(damage.charged()["tx_no"])
    damage.change(audit_events, {"id": event}, {"subject_id": damage.rows.card().card_id})
    return "transaction_audit", _tx(damage)


def an_audit_events_data_spoilt(damage: Damage) -> tuple[str, str]:
    event = damage.event_of(damage.charged()["tx_no"])
    spoilt = "no JSON" if damage.context.database.is_sqlite else '"no object"'
    damage.execute(f"UPDATE audit_events SET data = '{spoilt}' WHERE id = {event}")
    return "audit_transaction", f"audit event {event}"


PLANTS: tuple[Plant, ...] = (
    a_refund_dropped_with_its_postings,
    a_charge_dropped_with_its_postings,
    a_charge_by_key_erased_from_everything_that_tells_of_it,
    a_charge_of_a_terminal_erased_with_its_entry,
    a_charge_by_key_without_its_key,
    a_refund_said_to_be_of_an_entry_of_something_else,
    a_forged_adjustment,
    a_forged_adjustment_with_its_audit_event,
    a_forged_vouchers_value,
    a_forged_top_up,
    an_amount_changed_wherever_it_stands,
    an_audit_event_dropped,
    an_audit_event_doubled,
    an_audit_event_of_another_card,
    an_audit_events_data_spoilt,
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__.replace("_", " "))
def test_money_that_nothing_vouches_for_is_found_and_the_row_named(damage: Damage, plant: Plant) -> None:
    expected = plant(damage)
    assert expected in damage.found()
