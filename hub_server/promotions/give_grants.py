"""Use case: granted points are given, once a card and promotion, by the use case that adjusts points by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub_server.audit import Actor
from hub_server.foundation.outbox import Handler, OutboxRow
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.loyalty import adjust_points
from hub_server.promotions.queries import granted_among, insert_grant
from shared.ids import Uuid7Text

MAX_NAME = 48
"""So that the reason in the point ledger can name the promotion."""


class _Grant(BaseModel):
    """The payload of a `grant` row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    promotion_id: Uuid7Text
    name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)]
    points: Annotated[int, Field(gt=0)]
    card_id: Uuid7Text


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
            if place not in given:
                given.add(place)
                _give(connection, grant, at)

    return handle


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
