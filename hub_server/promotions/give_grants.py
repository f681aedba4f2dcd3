"""Use case: granted points are given, once a card and promotion, by the use case that adjusts points by hand.

A first charge that was reversed before its points were given gives none. Once they are given they stay, whatever
becomes of the charge later: the card never gets them twice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub_server.audit import Actor
from hub_server.foundation.outbox import Handler, OutboxRow
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.loyalty import adjust_points
from hub_server.promotions.queries import first_standing_charges, granted_among, insert_grant
from shared.ids import Uuid7Text

MAX_NAME = 48
"""So that the reason in the point ledger can name the promotion."""


class _Grant(BaseModel):
    """The payload of a `grant` row; `charge_id` of the first charge that set it off, at `merchant_id` or anywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    promotion_id: Uuid7Text
    name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)]
    points: Annotated[int, Field(gt=0)]
    card_id: Uuid7Text
    charge_id: Uuid7Text | None = None
    merchant_id: Uuid7Text | None = None


def grant_handler() -> Handler:
    """Handles the topic `grant`; a row that comes again gives nothing again."""

    def handle(connection: Connection, at: datetime, rows: Sequence[OutboxRow]) -> None:
        grants = [_Grant.model_validate(row.payload) for row in rows]
        lock_rows(connection, "card", [grant.card_id for grant in grants])
        given = granted_among(
            connection, [grant.promotion_id for grant in grants], [grant.card_id for grant in grants]
        )
        for grant in grants:
            place = (grant.promotion_id, grant.card_id)
            if place not in given and _is_due(connection, grant):
                given.add(place)
                _give(connection, grant, at)

    return handle


def _is_due(connection: Connection, grant: _Grant) -> bool:
    """The charge that set it off stands, and is the card's first that does; looked at under the card's lock."""
    if grant.charge_id is None:
        return True
    first = first_standing_charges(connection, [grant.card_id], grant.merchant_id)
    return first.get(grant.card_id) == grant.charge_id


def _give(connection: Connection, grant: _Grant, at: datetime) -> None:
    insert_grant(
        connection, promotion_id=grant.promotion_id, card_id=grant.card_id, points=grant.points, at=at
    )
    adjust_points(
        connection,
        card_id=grant.card_id,
        delta=grant.points,
        reason=f"promotion: {grant.name}",
        at=at,
        actor=Actor("promotion", grant.promotion_id),
    )
