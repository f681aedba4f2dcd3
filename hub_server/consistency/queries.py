"""Rows that are off, and rows to be proven one by one; everything is read in sets or streams."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from hub_server.cards.tables import cards
from hub_server.journal_intake.tables import journal_entries
from hub_server.ledger import AccountKind
from hub_server.ledger.tables import accounts, postings
from hub_server.loyalty.tables import point_ledger
from hub_server.payment_codes import CodeState
from hub_server.payment_codes.tables import payment_codes
from hub_server.terminals.tables import terminals
from hub_server.transactions import TransactionKind, TransactionStatus
from hub_server.transactions.tables import transactions

PAGE = 1_000
Rows = Iterator[Row[Any]]


def _stream(connection: Connection, query: Select[Any]) -> Rows:
    yield from connection.execution_options(yield_per=PAGE).execute(query)


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
    return _stream(
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
    return _stream(
        connection, select(seen).where(seen.c.before != func.coalesce(seen.c.expected, 0)).order_by(seen.c.id)
    )


def postings_in_a_wrong_currency(connection: Connection) -> Rows:
    """Postings whose currency is not that of both accounts."""
    debit, credit = accounts.alias("debit"), accounts.alias("credit")
    return _stream(
        connection,
        select(postings.c.id, postings.c.transaction_id)
        .join(debit, debit.c.id == postings.c.debit_account)
        .join(credit, credit.c.id == postings.c.credit_account)
        .where(or_(debit.c.currency != postings.c.currency, credit.c.currency != postings.c.currency))
        .order_by(postings.c.id),
    )


def postings_without_transaction(connection: Connection) -> Rows:
    """Money that moved for no transaction."""
    return _stream(
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
    undone = (
        select(
            later.c.original_id,
            func.sum(later.c.payable).label("given_back"),
            func.sum(is_reversal).label("reversals"),
        )
        .where(later.c.original_id.is_not(None))
        .group_by(later.c.original_id)
        .subquery()
    )
    return _stream(
        connection,
        select(
            transactions.c.tx_no,
            transactions.c.kind,
            transactions.c.status,
            transactions.c.payable,
            transactions.c.given_back,
            transactions.c.points_earned,
            func.coalesce(moved.c.amount, 0).label("moved"),
            func.coalesce(points.c.points, 0).label("points"),
            func.coalesce(undone.c.given_back, 0).label("undone"),
            func.coalesce(undone.c.reversals, 0).label("reversals"),
        )
        .outerjoin(moved, moved.c.transaction_id == transactions.c.id)
        .outerjoin(points, points.c.transaction_id == transactions.c.id)
        .outerjoin(undone, undone.c.original_id == transactions.c.id)
        .order_by(transactions.c.tx_no),
    )


def codes_with_uses(connection: Connection) -> Rows:
    """Each code that is used, or should be, with its standing charges."""
    standing = (
        select(
            transactions.c.code_ref,
            func.sum(case((transactions.c.offline.is_(False), 1), else_=0)).label("live"),
            func.sum(case((transactions.c.offline.is_(True), 1), else_=0)).label("advised"),
        )
        .where(
            transactions.c.kind == TransactionKind.CHARGE.value,
            transactions.c.status != TransactionStatus.REVERSED.value,
            transactions.c.code_ref.is_not(None),
        )
        .group_by(transactions.c.code_ref)
        .subquery()
    )
    live = func.coalesce(standing.c.live, 0)
    advised = func.coalesce(standing.c.advised, 0)
    used = payment_codes.c.live_uses + payment_codes.c.advised_uses
    return _stream(
        connection,
        select(
            payment_codes.c.code_ref,
            payment_codes.c.state,
            payment_codes.c.live_uses,
            payment_codes.c.advised_uses,
            live.label("live"),
            advised.label("advised"),
        )
        .outerjoin(standing, standing.c.code_ref == payment_codes.c.code_ref)
        .where(
            or_(
                payment_codes.c.live_uses != live,
                payment_codes.c.advised_uses != advised,
                and_(payment_codes.c.state == CodeState.CONSUMED.value, used == 0),
                and_(payment_codes.c.state.in_([CodeState.LIVE.value, CodeState.EXPIRED.value]), used > 0),
            )
        )
        .order_by(payment_codes.c.code_ref),
    )


def charges_without_entry(connection: Connection) -> Rows:
    """Transactions of a terminal whose entry is not in its journal."""
    return _stream(
        connection,
        select(transactions.c.tx_no, transactions.c.entry_id)
        .outerjoin(
            journal_entries,
            and_(
                journal_entries.c.terminal_id == transactions.c.terminal_id,
                journal_entries.c.entry_id == transactions.c.entry_id,
            ),
        )
        .where(transactions.c.entry_id.is_not(None), journal_entries.c.entry_id.is_(None))
        .order_by(transactions.c.tx_no),
    )


def entries_in_order(connection: Connection) -> Rows:
    """Every entry of every terminal along its chain, with the terminal's key and the transaction's number."""
    return _stream(
        connection,
        select(
            journal_entries,
            terminals.c.public_key,
            terminals.c.verified_through,
            terminals.c.verified_hash,
            transactions.c.tx_no,
        )
        .join(terminals, terminals.c.id == journal_entries.c.terminal_id)
        .outerjoin(transactions, transactions.c.id == journal_entries.c.transaction_id)
        .order_by(journal_entries.c.terminal_id, journal_entries.c.seq),
    )


def count_rows(connection: Connection) -> dict[str, int]:
    """How much there is of everything that is looked at."""
    tables = (accounts, cards, journal_entries, payment_codes, point_ledger, postings, transactions)
    counts = union_all(
        *(
            select(literal(table.name).label("name"), func.count().label("rows")).select_from(table)
            for table in tables
        )
    )
    return {row.name: row.rows for row in connection.execute(counts)}
