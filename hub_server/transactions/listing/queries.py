"""Which transactions a list shows, and the sums of a merchant's day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from hub_server.transactions.states import TransactionKind
from hub_server.transactions.tables import transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFilter:
    """Which transactions; what is None is no limit. `begin` ≤ `at` < `end`."""

    merchant_id: str | None = None
    store_id: str | None = None
    card_id: str | None = None
    tx_no: str | None = None
    order_ref: str | None = None
    begin: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSums:
    """How many transactions of a kind there are, and their sum in minor units; `late` were completed only after
    the day was over."""

    count: int = 0
    amount: int = 0
    late_count: int = 0
    late_amount: int = 0


def ids_by_time(
    connection: Connection, wanted: TransactionFilter, before: tuple[datetime, str] | None, limit: int
) -> list[str]:
    """Ids by the transactions' own time, the newest first; `before` is the last one already seen."""
    query = _where(wanted)
    if before is not None:
        moment, identifier = before
        earlier = and_(transactions.c.at == moment, transactions.c.id < identifier)
        query = query.where(or_(transactions.c.at < moment, earlier))
    order = (transactions.c.at.desc(), transactions.c.id.desc())
    return list(connection.execute(query.order_by(*order).limit(limit)).scalars())


def ids_by_arrival(
    connection: Connection, wanted: TransactionFilter, before: str | None, limit: int
) -> list[str]:
    """Ids in the order in which the hub made them, the newest first: there is an index for all of them."""
    query = _where(wanted)
    if before is not None:
        query = query.where(transactions.c.id < before)
    return list(connection.execute(query.order_by(transactions.c.id.desc()).limit(limit)).scalars())


def sums_of_day(
    connection: Connection, merchant_id: str, begin: datetime, end: datetime
) -> dict[str | None, dict[TransactionKind, KindSums]]:
    """The sums of what a merchant's transactions moved in a business day, by store and kind.

    What goes back counts at the store of its charge, wherever it was asked for, so that each store's sums add up;
    None is the store of charges that were made without one, by an API key.
    """
    paid, late = transactions.c.payable, transactions.c.completed_at >= end
    charge = transactions.alias("charge")
    store = case((charge.c.id.is_(None), transactions.c.store_id), else_=charge.c.store_id).label("store")
    rows = connection.execute(
        select(
            store,
            transactions.c.kind,
            func.count().label("count"),
            func.sum(paid).label("amount"),
            func.count().filter(late).label("late_count"),
            func.coalesce(func.sum(paid).filter(late), 0).label("late_amount"),
        )
        .outerjoin(charge, charge.c.id == transactions.c.original_id)
        .where(
            transactions.c.merchant_id == merchant_id,
            transactions.c.at >= begin,
            transactions.c.at < end,
            transactions.c.completed_at.is_not(None),
        )
        .group_by(store, transactions.c.kind)
    )
    sums: defaultdict[str | None, dict[TransactionKind, KindSums]] = defaultdict(dict)
    for row in rows.mappings().all():
        sums[row["store"]][TransactionKind(row["kind"])] = KindSums(
            count=row["count"],
            amount=int(row["amount"]),
            late_count=row["late_count"],
            late_amount=int(row["late_amount"]),
        )
    return dict(sums)


def _where(wanted: TransactionFilter) -> Select[Any]:
    query = select(transactions.c.id)
    for column, value in (
        (transactions.c.merchant_id, wanted.merchant_id),
        (transactions.c.store_id, wanted.store_id),
        (transactions.c.card_id, wanted.card_id),
        (transactions.c.tx_no, wanted.tx_no),
        (transactions.c.order_ref, wanted.order_ref),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.begin is not None:
        query = query.where(transactions.c.at >= wanted.begin)
    if wanted.end is not None:
        query = query.where(transactions.c.at < wanted.end)
    return query
