"""Rows of promotions."""

from sqlalchemy import Connection, func, select

from hub_server.promotions.rules import RunningFactor
from hub_server.promotions.states import PromotionKind
from hub_server.promotions.tables import promotions


def running_factors(connection: Connection) -> tuple[RunningFactor, ...]:
    """The newest version of each factor that was not withdrawn, over or to come ones too.

    A charge that settles late is judged at its own time, so nothing is left out for its age.
    """
    other = promotions.alias("other")
    newest = select(func.max(other.c.version)).where(other.c.id == promotions.c.id).scalar_subquery()
    found = connection.execute(
        select(promotions.c.merchant_id, promotions.c.factor, promotions.c.starts_at, promotions.c.ends_at)
        .where(
            promotions.c.version == newest,
            promotions.c.kind == PromotionKind.FACTOR.value,
            promotions.c.is_withdrawn.is_(False),
        )
        .order_by(promotions.c.id)
    )
    return tuple(
        RunningFactor(
            merchant_id=row.merchant_id, factor=row.factor, starts_at=row.starts_at, ends_at=row.ends_at
        )
        for row in found
    )
