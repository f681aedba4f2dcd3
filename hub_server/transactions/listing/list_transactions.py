"""Transactions, a page at a time."""

from hub_server.foundation.storage import Connection
from hub_server.foundation.web.paging import read_id, read_place, write_id, write_place
from hub_server.transactions.listing.queries import TransactionFilter, ids_by_arrival, ids_by_time
from hub_server.transactions.queries import TransactionRow, transactions_by_id

Page = tuple[list[TransactionRow], str | None]


def list_transactions_by_time(
    connection: Connection, wanted: TransactionFilter, *, limit: int, cursor: str | None
) -> Page:
    """By their own time, which gives their business day, the newest first; and the cursor of the next page.

    Raises:
        CodedError: INVALID_REQUEST for a made-up cursor.
    """
    before = None if cursor is None else read_place(cursor)
    ids = ids_by_time(connection, wanted, before, limit + 1)
    page = _rows(connection, ids[:limit])
    return page, write_place(page[-1].at, page[-1].id) if len(ids) > limit else None


def list_transactions_by_arrival(
    connection: Connection, wanted: TransactionFilter, *, limit: int, cursor: str | None
) -> Page:
    """In the order in which the hub made them, the newest first; and the cursor of the next page.

    Raises:
        CodedError: INVALID_REQUEST for a made-up cursor.
    """
    before = None if cursor is None else read_id(cursor)
    ids = ids_by_arrival(connection, wanted, before, limit + 1)
    page = _rows(connection, ids[:limit])
    return page, write_id(page[-1].id) if len(ids) > limit else None


def _rows(connection: Connection, ids: list[str]) -> list[TransactionRow]:
    rows = transactions_by_id(connection, ids)
    return [rows[transaction_id] for transaction_id in ids]
