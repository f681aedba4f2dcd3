"""Balances, points, tiers and transactions against what they are derived of (protocol.md, invariants 1 and 5)."""

import re
from collections.abc import Iterator
from typing import Any

from hub_server.consistency.queries.money import (
    broken_point_rows,
    cards_with_sums,
    charges_without_entry,
    overdrafts,
    owners_of_accounts,
    points_of_another_card,
    postings_in_a_wrong_currency,
    postings_with_owners,
    postings_without_transaction,
    transactions_with_sums,
    undoings,
)
from hub_server.consistency.rules import Finding
from hub_server.foundation.storage import Connection
from hub_server.ledger import AccountKind
from hub_server.loyalty import TierTable
from hub_server.transactions import TransactionKind, TransactionStatus, number_of
from shared.rates import payable

_UNFINISHED = {TransactionStatus.PROCESSING.value}
_GIVEN_BACK_IN_FULL = {TransactionStatus.REVERSED.value, TransactionStatus.REFUNDED.value}
_UNDOING = {TransactionKind.REFUND.value, TransactionKind.REVERSAL.value}
_TEN_DIGITS = re.compile(r"[0-9]{10}", re.ASCII)


def check_cards(connection: Connection, tiers: TierTable) -> Iterator[Finding]:
    """Each card's caches, and its two accounts."""
    owing = overdrafts(connection)
    for card in cards_with_sums(connection):
        subject, owed = f"card {card.id}", owing.get(card.id, 0)
        ledger = card.held - owed
        if card.balance != ledger:
            yield Finding("card_balance", subject, f"cached {card.balance}, by the ledger {ledger}")
        if card.held < 0 or owed < 0 or (card.held > 0 and owed > 0):
            yield Finding("card_accounts", subject, f"account {card.held}, overdraft {owed}")
        if card.points != card.earned:
            yield Finding("card_points", subject, f"cached {card.points}, by the point rows {card.earned}")
        if card.tier != tiers.tier_for(card.points):
            yield Finding("card_tier", subject, f"{card.tier}, by the table {tiers.tier_for(card.points)}")
    for row in broken_point_rows(connection):
        detail = f"begins at {row.before}, the one before ended at {row.expected or 0}"
        yield Finding("point_row", f"point row {row.id} of card {row.card_id}", detail)
    for row in points_of_another_card(connection):
        detail = "its transaction is gone" if row.tx_no is None else f"{row.tx_no} is another card's"
        yield Finding("point_row_card", f"point row {row.id} of card {row.card_id}", detail)


def check_ledger(connection: Connection) -> Iterator[Finding]:
    """Postings belong to a transaction, stay in one currency and move that card's and merchant's accounts."""
    for row in owners_of_accounts(connection):
        if (row.account_kind, row.owner) != (row.kind, row.id):
            detail = f"account {row.account_id} is {row.account_kind or 'gone'} of {row.owner or 'nobody'}"
            yield Finding("account_owner", f"{row.kind} {row.id}", detail)
    for row in postings_in_a_wrong_currency(connection):
        yield Finding("posting_currency", f"posting {row.id}", f"of transaction {row.transaction_id}")
    for row in postings_without_transaction(connection):
        yield Finding("posting_orphan", f"posting {row.id}", f"no transaction {row.transaction_id}")
    for row in postings_with_owners(connection):
        wrong = _wrong_side(row)
        if wrong is not None:
            yield Finding("posting_account", f"posting {row.id} of {row.tx_no}", wrong)


def _wrong_side(row: Any) -> str | None:
    """A charge goes from its card to its merchant, what undoes it the other way; all else moves the card."""
    is_from_card = _is_cards(row, row.debit_account, row.debit_kind, row.debit_owner)
    is_to_card = _is_cards(row, row.credit_account, row.credit_kind, row.credit_owner)
    if row.kind == TransactionKind.CHARGE.value:
        is_right = is_from_card and row.credit_account == row.merchant_account
    elif row.kind in _UNDOING:
        is_right = is_to_card and row.debit_account == row.merchant_account
    else:
        is_right = is_from_card != is_to_card and row.debit_kind is not None and row.credit_kind is not None
    if is_right:
        return None
    sides = f"{row.debit_kind or 'gone'} of {row.debit_owner} to {row.credit_kind or 'gone'} of {row.credit_owner}"
    return f"moved {sides}, which is no {row.kind} of card {row.card_id}"


def _is_cards(row: Any, account: str, kind: str | None, owner: str | None) -> bool:
    if kind == AccountKind.OVERDRAFT.value:
        return owner == str(row.card_id)
    return account == str(row.account_id)


def check_transactions(connection: Connection) -> Iterator[Finding]:
    """What a transaction says is what moved, and what undid it is what it says went back."""
    for row in transactions_with_sums(connection):
        subject = f"transaction {row.tx_no}"
        yield from _sums(row, subject)
        yield from _given_back(row, subject)
    for row in undoings(connection):
        if row.kind not in _UNDOING or row.charge_kind != TransactionKind.CHARGE.value:
            detail = f"a {row.kind} of {row.charge_no or row.original_id}"
            yield Finding("transaction_original", f"transaction {row.tx_no}", detail)
        elif (row.card_id, row.merchant_id) != (row.charge_card, row.charge_merchant):
            detail = f"is not of the card and merchant of {row.charge_no}"
            yield Finding("transaction_original", f"transaction {row.tx_no}", detail)
    for row in charges_without_entry(connection):
        detail = f"entry {row.entry_id} is gone, or asked for something else"
        yield Finding("transaction_entry", f"transaction {row.tx_no}", detail)


def _sums(row: Any, subject: str) -> Iterator[Finding]:
    prefix = number_of(TransactionKind(row.kind), 0)[:3]
    if row.tx_no[:3] != prefix or not _TEN_DIGITS.fullmatch(row.tx_no[3:]):
        yield Finding("transaction_number", subject, f"is no number of a {row.kind}")
    if row.status in _UNFINISHED:
        yield Finding("transaction_unfinished", subject, f"is {row.status}")
    if row.moved != row.payable:
        yield Finding("transaction_postings", subject, f"says {row.payable}, posted {row.moved}")
    if row.points != row.points_earned:
        yield Finding("transaction_points", subject, f"says {row.points_earned}, point rows {row.points}")
    if row.kind == TransactionKind.CHARGE.value and row.payable != payable(row.raw_amount, row.rate):
        detail = f"says {row.payable}; {row.raw_amount} at {row.rate} is {payable(row.raw_amount, row.rate)}"
        yield Finding("transaction_payable", subject, detail)


def _given_back(row: Any, subject: str) -> Iterator[Finding]:
    if row.given_back != row.undone or row.given_back > row.payable:
        detail = f"says {row.given_back} of {row.payable} went back, refunds and reversals {row.undone}"
        yield Finding("transaction_given_back", subject, detail)
    is_reversed = row.status == TransactionStatus.REVERSED.value
    is_refunded = row.status == TransactionStatus.REFUNDED.value
    if row.reversals > 1 or is_reversed != (row.reversals == 1):
        yield Finding("transaction_status", subject, f"is {row.status} with {row.reversals} reversals")
    elif row.status in _GIVEN_BACK_IN_FULL and row.given_back != row.payable:
        yield Finding("transaction_status", subject, f"is {row.status} with {row.given_back} given back")
    elif not row.reversals and 0 < row.payable == row.refunded and not is_refunded:
        yield Finding("transaction_status", subject, f"is {row.status} with all {row.refunded} refunded")
    due = row.points_earned * row.refunded // row.payable if row.payable else row.points_earned
    if row.clawed > max(0, row.points_earned) or row.clawed_by_refunds > max(0, due):
        detail = (
            f"{row.clawed} of {row.points_earned} points were taken back, {row.clawed_by_refunds} by refunds"
        )
        yield Finding("transaction_claw_back", subject, detail)
