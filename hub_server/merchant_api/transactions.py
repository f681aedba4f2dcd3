"""`/merchant/transactions` and `/merchant/daily-summary`: what a merchant's stores took and gave back.

A merchant is told of the card no more than its slip says: never whose it is, what it holds or has in points.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.instants import AskedInstant
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.merchant_api.days_of_merchant import DaysOfMerchant, no_date
from hub_server.merchant_api.messages import (
    DailySummary,
    OwnTransaction,
    OwnTransactions,
)
from hub_server.merchant_api.own_stores import own_store, own_stores
from hub_server.merchant_api.readers import Reader, reader_gate
from hub_server.settings import Settings
from hub_server.terminals import TerminalAccess
from hub_server.transactions import (
    TransactionFilter,
    TransactionRow,
    list_transactions_by_arrival,
    list_transactions_by_time,
    transactions_by_id,
)
from shared.ids import Uuid7Text
from shared.problems import Code, CodedError

_Day = Annotated[str, Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"})]


def router(context: Context, access: TerminalAccess) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/merchant", tags=["merchant"])
    reads = Depends(reader_gate(context, access))

    @routes.get("/transactions", responses=problems(Code.NOT_FOUND, Code.TERMINAL_NOT_ACTIVE))
    def transactions(
        reader: Annotated[Reader, reads],
        begin: Annotated[AskedInstant | None, Query(alias="from")] = None,
        end: Annotated[AskedInstant | None, Query(alias="to")] = None,
        order_ref: Annotated[str | None, Query(min_length=1, max_length=64)] = None,
        store_id: Uuid7Text | None = None,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> OwnTransactions:
        """Charges, refunds and reversals from `from` to before `to`, by their own time, the newest first."""

        def work(c: Connection) -> OwnTransactions:
            if store_id is not None:
                own_store(c, store_id, merchant_id=reader.merchant_id, held_to=reader.store_id)
            wanted = TransactionFilter(
                merchant_id=reader.merchant_id,
                store_id=store_id or reader.store_id,
                order_ref=order_ref,
                begin=begin,
                end=end,
            )
            rows, after = list_transactions_by_time(c, wanted, limit=limit, cursor=cursor)
            return OwnTransactions(items=_messages(c, rows), next_cursor=after)

        return context.database.read(work)

    @routes.get("/transactions/{tx_no}", responses=problems(Code.TX_NOT_FOUND, Code.TERMINAL_NOT_ACTIVE))
    def one_transaction(reader: Annotated[Reader, reads], tx_no: str) -> OwnTransaction:
        """One transaction of the merchant, by its number."""

        def work(c: Connection) -> OwnTransaction:
            wanted = TransactionFilter(
                merchant_id=reader.merchant_id, store_id=reader.lookup_store_id, tx_no=tx_no
            )
            rows, _ = list_transactions_by_arrival(c, wanted, limit=1, cursor=None)
            if not rows:
                raise CodedError(Code.TX_NOT_FOUND)
            return _messages(c, rows)[0]

        return context.database.read(work)

    @routes.get("/daily-summary", responses=problems(Code.TERMINAL_NOT_ACTIVE))
    def daily_summary(
        reader: Annotated[Reader, reads], day: Annotated[_Day, Query(alias="date")]
    ) -> DailySummary:
        """What each store took and gave back in its business day of that date, and all together.

        Who sees every store also sees what was charged without one, by API key: in the business day of the
        merchant's first store, or the day of the hub where it has none.
        """
        wanted, settings = _date(day), context.settings
        return context.database.read(lambda c: _summary(c, reader, wanted, settings))

    return routes


def _messages(connection: Connection, rows: list[TransactionRow]) -> tuple[OwnTransaction, ...]:
    originals = transactions_by_id(connection, [row.original_id for row in rows if row.original_id])
    numbers = {original.id: original.tx_no for original in originals.values()}
    return tuple(OwnTransaction.of(row, numbers.get(row.original_id or "")) for row in rows)


def _summary(connection: Connection, reader: Reader, day: date, settings: Settings) -> DailySummary:
    stores = own_stores(connection, reader.merchant_id, reader.store_id)
    days = DaysOfMerchant(connection, reader.merchant_id, day)
    told = [days.of_store(store) for store in stores]
    if reader.store_id is None:
        told += days.without_store(stores, settings.time_zone)
    return DailySummary(
        date=day, currency=settings.currency, stores=tuple(told), net=sum(each.net for each in told)
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise no_date() from error
