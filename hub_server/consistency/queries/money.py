"""Cards, postings, points and transactions beside what they are derived of."""

from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)

from hub_server.cards.tables import cards
from hub_server.consistency.queries.streams import Rows, stream
from hub_server.journal_intake.tables import journal_entries
from hub_server.ledger import AccountKind
from hub_server.ledger.tables import accounts, postings
from hub_server.loyalty.tables import point_ledger
from hub_server.merchants.tables import merchants
from hub_server.transactions import TransactionKind
from hub_server.transactions.tables import transactions
from shared.journal_entries import EntryType


def _balances() -> Any:
    """Credits minus debits by account."""
    moves = union_all(
        select(postings.c.credit_account.label("account"), postings.c.amount.label("amount")),
        select(postings.c.debit_account.label("account"), (-postings.c.amount).label("amount")),
    ).subquery()
    return (
        select(moves.c.account, func.sum(moves.c.amount).label("balance"))
        .group_by(moves.c.account)
        .subquery()
    )


def cards_with_sums(connection: Connection) -> Rows:
    """Each card with what its account and its point rows say."""
    balances = _balances()
    points = (
        select(point_ledger.c.card_id, func.sum(point_ledger.c.change).label("points"))
        .group_by(point_ledger.c.card_id)
        .subquery()
    )
    return stream(
        connection,
        select(
            cards.c.id,
            cards.c.balance,
            cards.c.points,
            cards.c.tier,
            func.coalesce(balances.c.balance, 0).label("held"),
            func.coalesce(points.c.points, 0).label("earned"),
        )
        .outerjoin(balances, balances.c.account == cards.c.account_id)
        .outerjoin(points, points.c.card_id == cards.c.id)
        .order_by(cards.c.id),
    )


def overdrafts(connection: Connection) -> dict[str, int]:
    """What each card owes, by card id, in minor units; most cards owe nothing and have no such account."""
    balances = _balances()
    found = connection.execute(
        select(accounts.c.owner, balances.c.balance)
        .join(balances, balances.c.account == accounts.c.id)
        .where(accounts.c.kind == AccountKind.OVERDRAFT.value)
    )
    return {row.owner: -int(row.balance) for row in found}


def broken_point_rows(connection: Connection) -> Rows:
    """Point rows that do not begin where the card's row before them ended."""
    before = func.lag(point_ledger.c.after).over(
        partition_by=point_ledger.c.card_id, order_by=point_ledger.c.id
    )
    seen = select(
        point_ledger.c.id, point_ledger.c.card_id, point_ledger.c.before, before.label("expected")
    ).subquery()
    return stream(
        connection, select(seen).where(seen.c.before != func.coalesce(seen.c.expected, 0)).order_by(seen.c.id)
    )


def postings_in_a_wrong_currency(connection: Connection) -> Rows:
    """Postings whose currency is not that of both accounts."""
    debit, credit = accounts.alias("debit"), accounts.alias("credit")
    return stream(
        connection,
        select(postings.c.id, postings.c.transaction_id)
        .join(debit, debit.c.id == postings.c.debit_account)
        .join(credit, credit.c.id == postings.c.credit_account)
        .where(or_(debit.c.currency != postings.c.currency, credit.c.currency != postings.c.currency))
        .order_by(postings.c.id),
    )


def postings_without_transaction(connection: Connection) -> Rows:
    """Money that moved for no transaction."""
    return stream(
        connection,
        select(postings.c.id, postings.c.transaction_id)
        .outerjoin(transactions, transactions.c.id == postings.c.transaction_id)
        .where(transactions.c.id.is_(None))
        .order_by(postings.c.id),
    )


def transactions_with_sums(connection: Connection) -> Rows:
    """Each transaction with what its postings, its point rows and what undid it say."""
    moved = (
        select(postings.c.transaction_id, func.sum(postings.c.amount).label("amount"))
        .group_by(postings.c.transaction_id)
        .subquery()
    )
    points = (
        select(point_ledger.c.transaction_id, func.sum(point_ledger.c.change).label("points"))
        .group_by(point_ledger.c.transaction_id)
        .subquery()
    )
    later = transactions.alias("later")
    is_reversal = case((later.c.kind == TransactionKind.REVERSAL.value, 1), else_=0)
    is_refund = later.c.kind == TransactionKind.REFUND.value
    undone = (
        select(
            later.c.original_id,
            func.sum(later.c.payable).label("given_back"),
            func.sum(is_reversal).label("reversals"),
            func.sum(-later.c.points_earned).label("clawed"),
            func.sum(case((is_refund, later.c.payable), else_=0)).label("refunded"),
            func.sum(case((is_refund, -later.c.points_earned), else_=0)).label("clawed_by_refunds"),
        )
        .where(later.c.original_id.is_not(None))
        .group_by(later.c.original_id)
        .subquery()
    )
    return stream(
        connection,
        select(
            transactions.c.id,
            transactions.c.tx_no,
            transactions.c.kind,
            transactions.c.status,
            transactions.c.raw_amount,
            transactions.c.rate,
            transactions.c.payable,
            transactions.c.given_back,
            transactions.c.points_earned,
            func.coalesce(moved.c.amount, 0).label("moved"),
            func.coalesce(points.c.points, 0).label("points"),
            func.coalesce(undone.c.given_back, 0).label("undone"),
            func.coalesce(undone.c.reversals, 0).label("reversals"),
            func.coalesce(undone.c.clawed, 0).label("clawed"),
            func.coalesce(undone.c.refunded, 0).label("refunded"),
            func.coalesce(undone.c.clawed_by_refunds, 0).label("clawed_by_refunds"),
        )
        .outerjoin(moved, moved.c.transaction_id == transactions.c.id)
        .outerjoin(points, points.c.transaction_id == transactions.c.id)
        .outerjoin(undone, undone.c.original_id == transactions.c.id)
        .order_by(transactions.c.tx_no),
    )


def charges_without_entry(connection: Connection) -> Rows:
    """Transactions of a terminal whose entry is not in its journal, or asked for something else.

    A charge that was declined and that an advice settled is shown by the advice, not by its own entry.
    """
    entry = journal_entries
    own = case(
        (transactions.c.kind == TransactionKind.REFUND.value, entry.c.transaction_id == transactions.c.id),
        (
            transactions.c.kind == TransactionKind.REVERSAL.value,
            entry.c.reversal_tx_no == transactions.c.tx_no,
        ),
        else_=entry.c.type == EntryType.CHARGE.value,
    )
    return stream(
        connection,
        select(transactions.c.tx_no, transactions.c.entry_id)
        .outerjoin(
            entry,
            and_(
                entry.c.terminal_id == transactions.c.terminal_id,
                entry.c.entry_id == transactions.c.entry_id,
            ),
        )
        .where(
            transactions.c.entry_id.is_not(None),
            or_(
                entry.c.entry_id.is_(None),
                ~func.coalesce(own, false()),
            ),
        )
        .order_by(transactions.c.tx_no),
    )


def postings_with_owners(connection: Connection) -> Rows:
    """Each posting of a transaction with whose accounts it moved, and whose it should have."""
    debit, credit = accounts.alias("debit"), accounts.alias("credit")
    return stream(
        connection,
        select(
            postings.c.id,
            transactions.c.tx_no,
            transactions.c.kind,
            transactions.c.card_id,
            cards.c.account_id,
            merchants.c.account_id.label("merchant_account"),
            postings.c.debit_account,
            postings.c.credit_account,
            debit.c.kind.label("debit_kind"),
            debit.c.owner.label("debit_owner"),
            credit.c.kind.label("credit_kind"),
            credit.c.owner.label("credit_owner"),
        )
        .join(transactions, transactions.c.id == postings.c.transaction_id)
        .outerjoin(cards, cards.c.id == transactions.c.card_id)
        .outerjoin(merchants, merchants.c.id == transactions.c.merchant_id)
        .outerjoin(debit, debit.c.id == postings.c.debit_account)
        .outerjoin(credit, credit.c.id == postings.c.credit_account)
        .order_by(postings.c.id),
    )


def undoings(connection: Connection) -> Rows:
    """Each refund and reversal with the charge that it names."""
    original = transactions.alias("original")
    return stream(
        connection,
        select(
            transactions.c.tx_no,
            transactions.c.kind,
            transactions.c.card_id,
            transactions.c.merchant_id,
            transactions.c.original_id,
            original.c.tx_no.label("charge_no"),
            original.c.kind.label("charge_kind"),
            original.c.card_id.label("charge_card"),
            original.c.merchant_id.label("charge_merchant"),
        )
        .outerjoin(original, original.c.id == transactions.c.original_id)
        .where(
            or_(
                transactions.c.original_id.is_not(None),
                transactions.c.kind.in_([TransactionKind.REFUND.value, TransactionKind.REVERSAL.value]),
            )
        )
        .order_by(transactions.c.tx_no),
    )


def points_of_another_card(connection: Connection) -> Rows:
    """Point rows whose transaction is another card's, or is gone."""
    return stream(
        connection,
        select(point_ledger.c.id, point_ledger.c.card_id, transactions.c.tx_no)
        .outerjoin(transactions, transactions.c.id == point_ledger.c.transaction_id)
        .where(
            point_ledger.c.transaction_id.is_not(None),
            or_(transactions.c.id.is_(None), transactions.c.card_id != point_ledger.c.card_id),
        )
        .order_by(point_ledger.c.id),
    )


def owners_of_accounts(connection: Connection) -> Rows:
    """Each card's and merchant's account, with whose it says it is."""
    whose = union_all(
        select(literal("card").label("kind"), cards.c.id, cards.c.account_id),
        select(literal("merchant").label("kind"), merchants.c.id, merchants.c.account_id),
    ).subquery()
    return stream(
        connection,
        select(whose, accounts.c.kind.label("account_kind"), accounts.c.owner)
        .outerjoin(accounts, accounts.c.id == whose.c.account_id)
        .order_by(whose.c.kind, whose.c.id),
    )
