"""`/admin/transactions`: what moved money, and its postings."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.ledger import AccountKind, postings_of
from hub_server.transactions import (
    TransactionFilter,
    TransactionRow,
    TransactionStatus,
    list_transactions_by_arrival,
)
from shared.api.messages import Message
from shared.api.transactions import Transaction
from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.problems import Code, CodedError

_Label = Annotated[str | None, Query(min_length=1, max_length=64)]
_Number = Annotated[str | None, Query(min_length=1, max_length=16)]


class AdminTransaction(Transaction):
    """A transaction as the hub's admins see it; `at` gives its business day, `given_back` is what refunds and a
    reversal returned."""

    status: TransactionStatus
    card_id: str
    merchant_id: str | None
    store_id: str | None
    terminal_id: str | None
    entry_id: str | None
    original_id: str | None
    member_id: str | None
    cashier: str | None
    shift: str | None
    order_ref: str | None
    approved_by: str | None
    reason: str | None
    given_back: int
    at: WireInstant

    @classmethod
    def of(cls, row: TransactionRow) -> "AdminTransaction":
        """The message of a row."""
        return cls(
            **row.message().model_dump(),
            status=row.status,
            card_id=row.card_id,
            merchant_id=row.merchant_id,
            store_id=row.store_id,
            terminal_id=row.terminal_id,
            entry_id=row.entry_id,
            original_id=row.original_id,
            member_id=row.member_id,
            cashier=row.cashier,
            shift=row.shift,
            order_ref=row.order_ref,
            approved_by=row.approved_by,
            reason=row.reason,
            given_back=row.given_back,
            at=row.at,
        )


class AdminTransactions(Message):
    """A page, the newest first."""

    items: tuple[AdminTransaction, ...]
    next_cursor: str | None


class SeenAccount(Message):
    """An account by its kind and whose it is: a card's or merchant's id, a gateway's name, or `hub`."""

    kind: AccountKind
    owner: str


class SeenPosting(Message):
    """A posting: `amount` > 0 minor units from `debit` to `credit`."""

    debit: SeenAccount
    credit: SeenAccount
    amount: int
    currency: str
    posted_at: WireInstant


class PostedTransaction(Message):
    """A transaction and all it posted, in order."""

    transaction: AdminTransaction
    postings: tuple[SeenPosting, ...]


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/transactions", tags=["admin: transactions"])
    reads = Depends(admin_gate(context, Permission.READ))

    @routes.get("")
    def transactions(
        _session: Annotated[AdminSession, reads],
        card_id: Uuid7Text | None = None,
        merchant_id: Uuid7Text | None = None,
        tx_no: _Number = None,
        order_ref: _Label = None,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> AdminTransactions:
        """Transactions in the order in which the hub made them, the newest first."""
        wanted = TransactionFilter(card_id=card_id, merchant_id=merchant_id, tx_no=tx_no, order_ref=order_ref)
        rows, after = context.database.read(
            lambda c: list_transactions_by_arrival(c, wanted, limit=limit, cursor=cursor)
        )
        return AdminTransactions(items=tuple(AdminTransaction.of(row) for row in rows), next_cursor=after)

    @routes.get("/{tx_no}", responses=problems(Code.TX_NOT_FOUND))
    def one_transaction(_session: Annotated[AdminSession, reads], tx_no: str) -> PostedTransaction:
        """One transaction by its number, with its postings."""
        return context.database.read(lambda c: _posted(c, tx_no))

    return routes


def _posted(connection: Connection, tx_no: str) -> PostedTransaction:
    wanted = TransactionFilter(tx_no=tx_no)
    rows, _ = list_transactions_by_arrival(connection, wanted, limit=1, cursor=None)
    if not rows:
        raise CodedError(Code.TX_NOT_FOUND)
    return PostedTransaction(
        transaction=AdminTransaction.of(rows[0]),
        postings=tuple(
            SeenPosting(
                debit=SeenAccount(kind=posting.debit_kind, owner=posting.debit_owner),
                credit=SeenAccount(kind=posting.credit_kind, owner=posting.credit_owner),
                amount=posting.amount,
                currency=posting.currency,
                posted_at=posting.posted_at,
            )
            for posting in postings_of(connection, rows[0].id)
        ),
    )
