"""Balances, points, tiers, transactions and codes against what they are derived of (protocol.md, invariant 1)."""

from collections.abc import Iterator

from hub_server.consistency.queries import (
    broken_point_rows,
    cards_with_sums,
    charges_without_entry,
    codes_with_uses,
    overdrafts,
    postings_in_a_wrong_currency,
    postings_without_transaction,
    transactions_with_sums,
)
from hub_server.consistency.rules import Finding
from hub_server.foundation.storage import Connection
from hub_server.loyalty import TierTable
from hub_server.transactions import TransactionStatus

_UNFINISHED = {TransactionStatus.PROCESSING.value}
_GIVEN_BACK_IN_FULL = {TransactionStatus.REVERSED.value, TransactionStatus.REFUNDED.value}


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


def check_ledger(connection: Connection) -> Iterator[Finding]:
    """Postings belong to a transaction and stay in one currency; each is balanced by its form."""
    for row in postings_in_a_wrong_currency(connection):
        yield Finding("posting_currency", f"posting {row.id}", f"of transaction {row.transaction_id}")
    for row in postings_without_transaction(connection):
        yield Finding("posting_orphan", f"posting {row.id}", f"no transaction {row.transaction_id}")


def check_transactions(connection: Connection) -> Iterator[Finding]:
    """What a transaction says is what moved, and what undid it is what it says went back."""
    for row in transactions_with_sums(connection):
        subject = f"transaction {row.tx_no}"
        if row.status in _UNFINISHED:
            yield Finding("transaction_unfinished", subject, f"is {row.status}")
        if row.moved != row.payable:
            yield Finding("transaction_postings", subject, f"says {row.payable}, posted {row.moved}")
        if row.points != row.points_earned:
            yield Finding("transaction_points", subject, f"says {row.points_earned}, point rows {row.points}")
        if row.given_back != row.undone or row.given_back > row.payable:
            detail = f"says {row.given_back} of {row.payable} went back, refunds and reversals {row.undone}"
            yield Finding("transaction_given_back", subject, detail)
        is_reversed = row.status == TransactionStatus.REVERSED.value
        if row.reversals > 1 or is_reversed != (row.reversals == 1):
            yield Finding("transaction_status", subject, f"is {row.status} with {row.reversals} reversals")
        elif row.status in _GIVEN_BACK_IN_FULL and row.given_back != row.payable:
            yield Finding("transaction_status", subject, f"is {row.status} with {row.given_back} given back")
    for row in charges_without_entry(connection):
        yield Finding("transaction_entry", f"transaction {row.tx_no}", f"no entry {row.entry_id}")


def check_codes(connection: Connection) -> Iterator[Finding]:
    """A code's state and standing uses against the charges that stand. (One live past its end is swept later.)"""
    for row in codes_with_uses(connection):
        detail = (
            f"is {row.state} with {row.live_uses} live and {row.advised_uses} advised uses; "
            f"charges: {row.live} and {row.advised}"
        )
        yield Finding("code_state", f"code {row.code_ref}", detail)
