"""Rows of adjustments."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from hub_server.adjusting.states import AdjustmentState
from hub_server.adjusting.tables import adjustments
from hub_server.payment_codes.tables import payment_codes
from hub_server.transactions.tables import transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentRow:
    """An adjustment of a card's balance; `amount` in minor units, not zero, above zero to the card.

    Attributes:
        proposed_by, decided_by: ids of two admins' logins.
        proposer_hands: ids of the logins whose holders could have proposed it.
        request_hash: of the key that the proposal was sent under, if it was.
        tx_no: the number of the transaction that moved it, once approved.
    """

    id: str
    card_id: str
    amount: int
    currency: str
    reason: str
    state: AdjustmentState
    proposed_by: str
    proposed_at: datetime
    proposer_hands: tuple[str, ...]
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str | None = None
    transaction_id: str | None = None
    request_hash: bytes | None = None
    tx_no: str | None = None


_WITH_NUMBER = select(adjustments, transactions.c.tx_no).outerjoin(
    transactions, transactions.c.id == adjustments.c.transaction_id
)


def insert_adjustment(connection: Connection, row: AdjustmentRow) -> None:
    """Write a proposal."""
    values = asdict(row)
    del values["tx_no"]
    connection.execute(
        insert(adjustments).values(
            **values | {"state": row.state.value, "proposer_hands": list(row.proposer_hands)}
        )
    )


def find_adjustment(connection: Connection, adjustment_id: str) -> AdjustmentRow | None:
    """An adjustment by id."""
    row = connection.execute(_WITH_NUMBER.where(adjustments.c.id == adjustment_id)).first()
    return None if row is None else _adjustment(row)


def adjustment_of_request(connection: Connection, request_hash: bytes) -> AdjustmentRow | None:
    """What was proposed under this key."""
    row = connection.execute(_WITH_NUMBER.where(adjustments.c.request_hash == request_hash)).first()
    return None if row is None else _adjustment(row)


def twins_of(connection: Connection, adjustment_ids: Sequence[str], since: datetime) -> list[tuple[str, str]]:
    """Pairs of one of these and another of the same card and amount that is open, or of `since` or later."""
    other = adjustments.alias("other")
    rows = connection.execute(
        select(adjustments.c.id, other.c.id.label("other_id"))
        .join(
            other,
            and_(
                other.c.card_id == adjustments.c.card_id,
                other.c.amount == adjustments.c.amount,
                other.c.id != adjustments.c.id,
            ),
        )
        .where(
            adjustments.c.id.in_(adjustment_ids),
            or_(
                other.c.state == AdjustmentState.PROPOSED.value,
                other.c.proposed_at >= since,
                other.c.decided_at >= since,
            ),
        )
        .order_by(adjustments.c.id, other.c.proposed_at.desc(), other.c.id.desc())
    )
    return [(row.id, row.other_id) for row in rows]


def adjustments_before(
    connection: Connection, state: AdjustmentState | None, before: tuple[datetime, str] | None, limit: int
) -> list[AdjustmentRow]:
    """Those in a state, or all, the newest first; `before` is the last one already seen."""
    query = _WITH_NUMBER
    if state is not None:
        query = query.where(adjustments.c.state == state.value)
    if before is not None:
        moment, identifier = before
        earlier = and_(adjustments.c.proposed_at == moment, adjustments.c.id < identifier)
        query = query.where(or_(adjustments.c.proposed_at < moment, earlier))
    order = (adjustments.c.proposed_at.desc(), adjustments.c.id.desc())
    return [_adjustment(row) for row in connection.execute(query.order_by(*order).limit(limit))]


def has_open_adjustment(connection: Connection, card_id: str) -> bool:
    """Whether one waits for the second admin."""
    found = connection.execute(
        select(adjustments.c.id).where(
            adjustments.c.card_id == card_id, adjustments.c.state == AdjustmentState.PROPOSED.value
        )
    )
    return found.first() is not None


def last_expiry_counted(connection: Connection, card_id: str, since: datetime) -> datetime | None:
    """When the last of the card's codes expires that expired at `since` or later and may be paid by offline.

    Those are the codes that count against the card's offline allowance (protocol.md 1): whatever became of them
    here, a terminal that has not heard of it may have taken one.
    """
    found: datetime | None = connection.execute(
        select(func.max(payment_codes.c.expires_at)).where(
            payment_codes.c.card_id == card_id,
            payment_codes.c.offline_limit > 0,
            payment_codes.c.expires_at >= since,
            payment_codes.c.allowance_released.is_(False),
        )
    ).scalar_one()
    return found


def advance_adjustment(connection: Connection, seen: AdjustmentState, decided: AdjustmentRow) -> bool:
    """Compare and set: the decision; false if the adjustment is no longer in the state that was seen."""
    done = connection.execute(
        update(adjustments)
        .where(adjustments.c.id == decided.id, adjustments.c.state == seen.value)
        .values(
            state=decided.state.value,
            decided_by=decided.decided_by,
            decided_at=decided.decided_at,
            note=decided.note,
            transaction_id=decided.transaction_id,
        )
    )
    return done.rowcount == 1


def _adjustment(row: Row[tuple[object, ...]]) -> AdjustmentRow:
    values = dict(row._mapping)
    values |= {"state": AdjustmentState(row.state), "proposer_hands": tuple(row.proposer_hands)}
    return AdjustmentRow(**values)
