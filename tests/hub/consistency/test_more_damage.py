"""What stands beside the journals: refunds, adjustments, keys, holders, numbers, codes. Each row is named."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hub_server.access.tables import merchant_api_keys
from hub_server.adjusting.tables import adjustments
from hub_server.bindings.tables import bindings
from hub_server.cards.tables import cards, retired_card_numbers
from hub_server.idempotency.tables import idempotency_registry
from hub_server.ledger.tables import accounts, postings
from hub_server.loyalty.tables import point_ledger
from hub_server.merchants.tables import merchants
from hub_server.payment_codes.tables import payment_code_history, payment_codes
from hub_server.promotions.tables import promotion_grants
from hub_server.transactions.tables import transactions
from tests.hub.consistency.damage import Damage

Plant = Callable[[Damage], tuple[str, str]]
"""Damages, and says which check must name which row."""


def _tx(damage: Damage) -> str:
    return f"transaction {damage.charged()['tx_no']}"


def a_postings_debit_account(damage: Damage) -> tuple[str, str]:
    row = damage.posting(transaction_id=damage.charged()["id"])
    damage.change(postings, {"id": row["id"]}, {"debit_account": damage.gateway()})
    return "posting_account", f"posting {row['id']} of {damage.charged()['tx_no']}"


def a_postings_credit_account_of_another_merchant(damage: Damage) -> tuple[str, str]:
    row = damage.posting(transaction_id=damage.charged()["id"])
    damage.change(postings, {"id": row["id"]}, {"credit_account": damage.rows.shop().account_id})
    return "posting_account", f"posting {row['id']} of {damage.charged()['tx_no']}"


def a_posting_to_an_account_that_is_gone(damage: Damage) -> tuple[str, str]:
    row = damage.posting(transaction_id=damage.charged()["id"])
    damage.change(postings, {"id": row["id"]}, {"credit_account": damage.context.ids.new()})
    return "posting_account", f"posting {row['id']} of {damage.charged()['tx_no']}"


def a_posting_doubled(damage: Damage) -> tuple[str, str]:
    row = damage.posting(transaction_id=damage.charged()["id"])
    damage.add(postings, row | {"id": row["id"] + 1_000})
    return "transaction_postings", _tx(damage)


def an_accounts_owner(damage: Damage) -> tuple[str, str]:
    account = damage.rows.one(cards, id=damage.card.card_id)["account_id"]
    damage.change(accounts, {"id": account}, {"owner": "somebody"})
    return "account_owner", f"card {damage.card.card_id}"


def a_merchants_account(damage: Damage) -> tuple[str, str]:
    damage.change(merchants, {"id": damage.counter.shop.merchant_id}, {"account_id": damage.gateway()})
    return "account_owner", f"merchant {damage.counter.shop.merchant_id}"


def a_charges_rate(damage: Damage) -> tuple[str, str]:
    damage.change(transactions, {"id": damage.charged()["id"]}, {"rate": 9_000})
    return "transaction_payable", _tx(damage)


def a_charges_raw_amount(damage: Damage) -> tuple[str, str]:
    damage.change(transactions, {"id": damage.charged()["id"]}, {"raw_amount": 9_999})
    return "transaction_payable", _tx(damage)


def a_transactions_number(damage: Damage) -> tuple[str, str]:
    damage.change(transactions, {"id": damage.charged()["id"]}, {"tx_no": "REF0000000077"})
    return "transaction_number", "transaction REF0000000077"


def a_refunds_amount(damage: Damage) -> tuple[str, str]:
    damage.change(transactions, {"tx_no": damage.refund_no}, {"payable": 900})
    return "transaction_postings", f"transaction {damage.refund_no}"


def a_refund_dropped(damage: Damage) -> tuple[str, str]:
    damage.drop(transactions, {"tx_no": damage.refund_no})
    return "transaction_given_back", _tx(damage)


def a_refund_of_another_charge(damage: Damage) -> tuple[str, str]:
    other = damage.rows.one(transactions, kind="reversal")["id"]
    damage.change(transactions, {"tx_no": damage.refund_no}, {"original_id": other})
    return "transaction_original", f"transaction {damage.refund_no}"


def a_refund_to_another_card(damage: Damage) -> tuple[str, str]:
    damage.change(transactions, {"tx_no": damage.refund_no}, {"card_id": damage.rows.card().card_id})
    return "transaction_original", f"transaction {damage.refund_no}"


def a_refund_that_took_too_many_points(damage: Damage) -> tuple[str, str]:
    damage.change(transactions, {"tx_no": damage.refund_no}, {"points_earned": -11})
    return "transaction_claw_back", _tx(damage)


def a_point_row_inserted(damage: Damage) -> tuple[str, str]:
    row = {"card_id": damage.card.card_id, "change": 9, "before": 1_030, "after": 1_039, "reason": "a gift"}
    damage.add(point_ledger, row | {"at": damage.context.clock.now()})
    return "card_points", f"card {damage.card.card_id}"


def a_point_row_of_another_cards_charge(damage: Damage) -> tuple[str, str]:
    row = damage.rows.one(point_ledger, transaction_id=damage.charged()["id"])
    damage.change(point_ledger, {"id": row["id"]}, {"card_id": damage.rows.card().card_id})
    name = damage.rows.one(point_ledger, id=row["id"])["card_id"]
    return "point_row_card", f"point row {row['id']} of card {name}"


def an_adjustments_amount(damage: Damage) -> tuple[str, str]:
    damage.change(adjustments, {"id": damage.adjustment_id}, {"amount": 7_000})
    return "adjustment", f"adjustment {damage.adjustment_id}"


def an_adjustments_transaction_dropped(damage: Damage) -> tuple[str, str]:
    gone = damage.rows.one(adjustments, id=damage.adjustment_id)["transaction_id"]
    damage.drop(transactions, {"id": gone})
    return "adjustment", f"adjustment {damage.adjustment_id}"


def an_adjustment_of_another_card(damage: Damage) -> tuple[str, str]:
    damage.change(adjustments, {"id": damage.adjustment_id}, {"card_id": damage.card.card_id})
    return "adjustment", f"adjustment {damage.adjustment_id}"


def an_idempotency_key_of_a_transaction_that_is_gone(damage: Damage) -> tuple[str, str]:
    damage.change(idempotency_registry, {"key": "order-1"}, {"transaction_id": damage.context.ids.new()})
    return "idempotency_key", f"key order-1 of merchant {damage.registers.merchant_id}"


def an_idempotency_key_of_another_merchants_transaction(damage: Damage) -> tuple[str, str]:
    other = damage.rows.shop().merchant_id
    damage.change(idempotency_registry, {"key": "order-1"}, {"merchant_id": other})
    return "idempotency_key", f"key order-1 of merchant {other}"


def an_idempotency_key_for_something_else(damage: Damage) -> tuple[str, str]:
    damage.change(idempotency_registry, {"key": "order-1"}, {"kind": "refund"})
    return "idempotency_key", f"key order-1 of merchant {damage.registers.merchant_id}"


def one_transaction_by_two_keys(damage: Damage) -> tuple[str, str]:
    damage.registers.key("order-2", damage.charged()["id"])
    return "idempotency_key", f"key order-2 of merchant {damage.registers.merchant_id}"


def a_standard_card_shared(damage: Damage) -> tuple[str, str]:
    row = damage.rows.rows(bindings, card_id=damage.card.card_id)[0]
    other = damage.rows.card().member_id
    damage.add(bindings, row | {"id": damage.context.ids.new(), "member_id": other, "role": "member"})
    return "card_holders", f"card {damage.card.card_id}"


def a_card_that_nobody_owns(damage: Damage) -> tuple[str, str]:
    damage.change(bindings, {"card_id": damage.card.card_id}, {"role": "viewer"})
    return "card_holders", f"card {damage.card.card_id}"


def an_owners_binding_dropped(damage: Damage) -> tuple[str, str]:
    damage.drop(bindings, {"card_id": damage.card.card_id})
    return "card_holders", f"card {damage.card.card_id}"


def a_cards_number(damage: Damage) -> tuple[str, str]:
    damage.change(cards, {"id": damage.card.card_id}, {"card_no": "STD00000000"})
    return "card_number", f"card {damage.card.card_id}"


def a_retired_number_given_again(damage: Damage) -> tuple[str, str]:
    row = {"card_no": damage.card.card_no, "serial": 5_000_000, "card_id": damage.card.card_id}
    damage.add(retired_card_numbers, row | {"retired_at": damage.context.clock.now()})
    return "card_number", f"card {damage.card.card_id}"


def a_frozen_cards_live_code(damage: Damage) -> tuple[str, str]:
    damage.change(cards, {"id": damage.code()["card_id"]}, {"status": "frozen"})
    return "code_of_stopped_card", f"code {damage.live_code}"


def a_code_without_its_history(damage: Damage) -> tuple[str, str]:
    damage.drop(payment_code_history, {"code_ref": damage.live_code})
    return "code_history", f"code {damage.live_code}"


def a_codes_secret(damage: Damage) -> tuple[str, str]:
    damage.change(payment_codes, {"code_ref": damage.live_code}, {"secret_hash": "$2b$04$other"})
    return "code_history", f"code {damage.live_code}"


def a_revoked_code_live_again(damage: Damage) -> tuple[str, str]:
    damage.rows.set_codes(damage.card, "consumed", "live")
    return "code_history", f"code {damage.code_ref()}"


def two_live_codes(damage: Damage) -> tuple[str, str]:
    row = damage.code()
    later = row["issued_at"] + timedelta(seconds=1)
    newer = row | {"code_ref": "f" * 32, "issued_at": later}
    damage.execute("DROP INDEX uq_payment_codes_live")
    damage.add(payment_codes, newer)
    return "code_beside_another", f"code {damage.live_code}"


def a_codes_offline_limit(damage: Damage) -> tuple[str, str]:
    damage.change(payment_codes, {"code_ref": damage.live_code}, {"offline_limit": 20_000})
    return "code_certificate", f"code {damage.live_code}"


def a_codes_end(damage: Damage) -> tuple[str, str]:
    later = damage.code()["expires_at"] + timedelta(days=1)
    damage.change(payment_codes, {"code_ref": damage.live_code}, {"expires_at": later})
    return "code_certificate", f"code {damage.live_code}"


def a_codes_certificate(damage: Damage) -> tuple[str, str]:
    raw = bytearray(damage.code()["certificate"])
    raw[-1] ^= 1
    damage.change(payment_codes, {"code_ref": damage.live_code}, {"certificate": bytes(raw)})
    return "code_certificate", f"code {damage.live_code}"


def a_grant_of_no_promotion(damage: Damage) -> tuple[str, str]:
    other = damage.context.ids.new()
    damage.change(promotion_grants, {"card_id": damage.card.card_id}, {"promotion_id": other})
    return "promotion_grant", f"grant of promotion {other} to card {damage.card.card_id}"


def an_api_keys_scopes(damage: Damage) -> tuple[str, str]:
    row = damage.rows.rows(merchant_api_keys)[0]
    damage.change(merchant_api_keys, {"id": row["id"]}, {"scopes": []})
    return "api_key", f"API key {row['id']}"


PLANTS: tuple[Plant, ...] = (
    a_postings_debit_account,
    a_postings_credit_account_of_another_merchant,
    a_posting_to_an_account_that_is_gone,
    a_posting_doubled,
    an_accounts_owner,
    a_merchants_account,
    a_charges_rate,
    a_charges_raw_amount,
    a_transactions_number,
    a_refunds_amount,
    a_refund_dropped,
    a_refund_of_another_charge,
    a_refund_to_another_card,
    a_refund_that_took_too_many_points,
    a_point_row_inserted,
    a_point_row_of_another_cards_charge,
    an_adjustments_amount,
    an_adjustments_transaction_dropped,
    an_adjustment_of_another_card,
    an_idempotency_key_of_a_transaction_that_is_gone,
    an_idempotency_key_of_another_merchants_transaction,
    an_idempotency_key_for_something_else,
    one_transaction_by_two_keys,
    a_standard_card_shared,
    a_card_that_nobody_owns,
    an_owners_binding_dropped,
    a_cards_number,
    a_retired_number_given_again,
    a_frozen_cards_live_code,
    a_code_without_its_history,
    a_codes_secret,
    a_revoked_code_live_again,
    two_live_codes,
    a_codes_offline_limit,
    a_codes_end,
    a_codes_certificate,
    a_grant_of_no_promotion,
    an_api_keys_scopes,
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__.replace("_", " "))
def test_planted_damage_is_found_and_the_row_named(damage: Damage, plant: Plant) -> None:
    expected = plant(damage)
    assert expected in damage.found()
