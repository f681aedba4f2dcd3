"""What stands beside the money: holders, numbers, adjustments, idempotency keys, grants, API keys."""

from collections.abc import Iterator
from typing import Any

from hub_server.adjusting import AdjustmentState
from hub_server.cards import CardTypeName, card_number
from hub_server.consistency.queries.registers import (
    adjustments_with_transactions,
    api_keys,
    card_numbers,
    cards_with_holders,
    grants_of_no_promotion,
    keys_with_transactions,
)
from hub_server.consistency.rules import Finding
from hub_server.foundation.storage import Connection
from hub_server.transactions import TransactionKind, TransactionStatus

_NOT_SHARED = {CardTypeName.STANDARD.value, CardTypeName.VOUCHER.value}


def check_registers(connection: Connection) -> Iterator[Finding]:
    """Each register against what it tells of."""
    yield from _cards(connection)
    for row in adjustments_with_transactions(connection):
        wrong = _wrong_adjustment(row)
        if wrong is not None:
            yield Finding("adjustment", f"adjustment {row.id}", wrong)
    for row in keys_with_transactions(connection):
        yield Finding("idempotency_key", f"key {row.key} of merchant {row.merchant_id}", _wrong_key(row))
    for row in grants_of_no_promotion(connection):
        subject = f"grant of promotion {row.promotion_id} to card {row.card_id}"
        yield Finding("promotion_grant", subject, "there is no such promotion that grants points")
    for row in api_keys(connection):
        if not isinstance(row.scopes, list) or not row.scopes:
            detail = f"merchant {row.merchant_id}: it has no list of scopes"
            yield Finding("api_key", f"API key {row.id}", detail)


def _cards(connection: Connection) -> Iterator[Finding]:
    for row in cards_with_holders(connection):
        if row.card_type in _NOT_SHARED and (row.holders, row.owners) != (1, 1):
            detail = f"a {row.card_type} card has {row.holders} holders, {row.owners} of them owners"
            yield Finding("card_holders", f"card {row.id}", detail)
        elif row.holders and not row.owners:
            yield Finding("card_holders", f"card {row.id}", f"{row.holders} hold it and nobody owns it")
    for row in card_numbers(connection):
        if row.card_no != card_number(CardTypeName(row.card_type), row.serial):
            detail = f"{row.card_no} is not the number of serial {row.serial}"
            yield Finding("card_number", f"card {row.id}", detail)
        if row.was_retired:
            yield Finding("card_number", f"card {row.id}", f"{row.card_no} or its serial was retired before")


def _wrong_adjustment(row: Any) -> str | None:
    if row.decided_by == row.proposed_by:
        return "was decided by who proposed it"
    if row.state != AdjustmentState.APPROVED.value:
        return None if row.tx_no is None else f"is {row.state} and moved {row.tx_no}"
    if row.tx_no is None:
        return "is approved and its transaction is gone"
    told = (row.kind, row.status, row.moved_card, row.payable)
    due = (
        TransactionKind.ADJUSTMENT.value,
        TransactionStatus.COMPLETED.value,
        row.card_id,
        abs(row.amount),
    )
    return None if told == due else f"{row.amount} to card {row.card_id}: {row.tx_no} says otherwise"


def _wrong_key(row: Any) -> str:
    if row.tx_no is None:
        return f"its transaction {row.transaction_id} is gone"
    if row.moved_for != row.merchant_id:
        return f"{row.tx_no} is another merchant's"
    if row.moved != row.kind:
        return f"was given for a {row.kind} and names {row.tx_no}, a {row.moved}"
    return f"{row.tx_no} has {row.claimed} keys"
