"""Rows of promotions."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, func, insert, select

from hub_server.cards.tables import cards
from hub_server.promotions.rules import RunningFactor
from hub_server.promotions.states import GrantTrigger, PromotionKind
from hub_server.promotions.tables import promotion_grants, promotions
from hub_server.transactions import TransactionKind, TransactionStatus
from hub_server.transactions.tables import transactions

_STANDING = (TransactionStatus.COMPLETED.value, TransactionStatus.REFUNDED.value)
"""What was reversed never was a charge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionTerms:
    """What a promotion gives, from `starts_at` until before `ends_at`.

    Attributes:
        factor: of a factor: on points, in 1/10,000.
        points, trigger: of a grant: how many, and what sets it off.
        merchant_id: whose charges count; none for everybody's.
    """

    name: str
    kind: PromotionKind
    factor: int | None = None
    points: int | None = None
    trigger: GrantTrigger | None = None
    merchant_id: str | None = None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRow:
    """A version of a promotion; `created_by` is an admin's id."""

    id: str
    version: int
    terms: PromotionTerms
    is_withdrawn: bool
    created_at: datetime
    created_by: str


def running_factors(connection: Connection) -> tuple[RunningFactor, ...]:
    """The newest version of each factor that was not withdrawn, over or to come ones too.

    A charge that settles late is judged at its own time, so nothing is left out for its age.
    """
    found = connection.execute(
        select(promotions.c.merchant_id, promotions.c.factor, promotions.c.starts_at, promotions.c.ends_at)
        .where(
            _is_newest(),
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


def running_grants(connection: Connection, trigger: GrantTrigger, at: datetime) -> list[PromotionRow]:
    """The grants that this sets off at that time."""
    found = connection.execute(
        select(promotions)
        .where(
            _is_newest(),
            promotions.c.kind == PromotionKind.GRANT.value,
            promotions.c.trigger == trigger.value,
            promotions.c.is_withdrawn.is_(False),
            promotions.c.starts_at <= at,
            promotions.c.ends_at > at,
        )
        .order_by(promotions.c.id)
    )
    return [_promotion(row) for row in found]


def cards_first_charged(
    connection: Connection, grant: PromotionRow, card_ids: Sequence[str], card_types: Iterable[str]
) -> dict[str, str]:
    """Those of the cards whose first standing charge was made while the grant runs and that were not granted it yet.

    Card id to that charge's id.
    """
    terms = grant.terms
    charge = transactions.alias("charge")
    granted = select(promotion_grants.c.card_id).where(
        promotion_grants.c.promotion_id == grant.id, promotion_grants.c.card_id == cards.c.id
    )
    found = connection.execute(
        select(cards.c.id, charge.c.id.label("charge_id"))
        .select_from(cards)
        .join(charge, charge.c.id == _first_standing_charge(terms.merchant_id))
        .where(
            cards.c.id.in_(card_ids),
            cards.c.card_type.in_(list(card_types)),
            ~granted.exists(),
            charge.c.completed_at >= terms.starts_at,
            charge.c.completed_at < terms.ends_at,
        )
        .order_by(cards.c.id)
    )
    return {row.id: row.charge_id for row in found}


def first_standing_charges(
    connection: Connection, card_ids: Sequence[str], merchant_id: str | None
) -> dict[str, str]:
    """The first charge of each of these cards that was not reversed, at one merchant or at any; by card id."""
    if not card_ids:
        return {}
    first = _first_standing_charge(merchant_id).label("charge_id")
    found = connection.execute(select(cards.c.id, first).where(cards.c.id.in_(card_ids)))
    return {row.id: row.charge_id for row in found if row.charge_id is not None}


def granted_among(
    connection: Connection, promotion_ids: Iterable[str], card_ids: Iterable[str]
) -> set[tuple[str, str]]:
    """Promotion and card of each grant of these that was given."""
    found = connection.execute(
        select(promotion_grants.c.promotion_id, promotion_grants.c.card_id).where(
            promotion_grants.c.promotion_id.in_(set(promotion_ids)),
            promotion_grants.c.card_id.in_(set(card_ids)),
        )
    )
    return {(row.promotion_id, row.card_id) for row in found}


def insert_grant(
    connection: Connection, *, promotion_id: str, card_id: str, points: int, at: datetime
) -> None:
    """A card was granted a promotion's points."""
    row = {"promotion_id": promotion_id, "card_id": card_id, "points": points, "granted_at": at}
    connection.execute(insert(promotion_grants).values(row))


def newest_promotions(
    connection: Connection, *, before: str | None = None, limit: int | None = None
) -> list[PromotionRow]:
    """The newest version of each promotion, the last made first, from after the one with the id `before`."""
    query = select(promotions).where(_is_newest())
    if before is not None:
        query = query.where(promotions.c.id < before)
    found = connection.execute(query.order_by(promotions.c.id.desc()).limit(limit))
    return [_promotion(row) for row in found]


def newest_of_promotion(connection: Connection, promotion_id: str) -> PromotionRow | None:
    """The promotion as it is."""
    row = connection.execute(select(promotions).where(_is_newest(), promotions.c.id == promotion_id)).first()
    return None if row is None else _promotion(row)


def insert_promotion(connection: Connection, made: PromotionRow) -> None:
    """Write a version."""
    values = asdict(made)
    values |= values.pop("terms")
    connection.execute(insert(promotions).values(values))


def _first_standing_charge(merchant_id: str | None) -> ScalarSelect[str]:
    """Of the card whose row is looked at."""
    query = select(transactions.c.id).where(
        transactions.c.card_id == cards.c.id,
        transactions.c.kind == TransactionKind.CHARGE.value,
        transactions.c.status.in_(_STANDING),
    )
    if merchant_id is not None:
        query = query.where(transactions.c.merchant_id == merchant_id)
    order = (transactions.c.completed_at, transactions.c.id)
    return query.order_by(*order).limit(1).correlate(cards).scalar_subquery()


def _is_newest() -> ColumnElement[bool]:
    other = promotions.alias("other")
    newest = select(func.max(other.c.version)).where(other.c.id == promotions.c.id)
    return promotions.c.version == newest.scalar_subquery()


def _promotion(row: Row[tuple[object, ...]]) -> PromotionRow:
    return PromotionRow(
        id=row.id,
        version=row.version,
        terms=PromotionTerms(
            name=row.name,
            kind=PromotionKind(row.kind),
            factor=row.factor,
            points=row.points,
            trigger=None if row.trigger is None else GrantTrigger(row.trigger),
            merchant_id=row.merchant_id,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        ),
        is_withdrawn=row.is_withdrawn,
        created_at=row.created_at,
        created_by=row.created_by,
    )
