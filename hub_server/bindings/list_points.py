"""Use case: a card's points as those who hold it see them: what moved them, and how far the next tier is."""

from hub_server.bindings.queries import binding_of
from hub_server.cards import CardRow, read_card
from hub_server.foundation.storage import Connection
from hub_server.foundation.web.paging import read_serial, write_serial
from hub_server.loyalty import TierTable, current_tier_table, earns_points, point_rows_of, rate_for
from shared.api.points import NextTier, PointChange, PointList
from shared.ids import is_uuid7
from shared.problems import Code, CodedError


def list_points(
    connection: Connection, member_id: str, card_id: str, *, limit: int, cursor: str | None
) -> PointList:
    """What moved the card's points, newest first; whoever may see the card may see it.

    Raises:
        CodedError: CARD_NOT_FOUND (no such card, or no binding to it), CARD_TYPE_HAS_NO_POINTS, INVALID_REQUEST
            for a made-up cursor.
    """
    binding = binding_of(connection, card_id, member_id) if is_uuid7(card_id) else None
    card = None if binding is None else read_card(connection, card_id)
    if card is None:
        raise CodedError(Code.CARD_NOT_FOUND)
    if not earns_points(card.type_on_wire):
        raise CodedError(Code.CARD_TYPE_HAS_NO_POINTS)
    below = None if cursor is None else read_serial(cursor)
    found = point_rows_of(connection, card_id, below=below, limit=limit + 1)
    table = current_tier_table(connection)
    page = found[:limit]
    return PointList(
        points=card.points,
        tier=card.tier,
        rate=rate_for(card.type_on_wire, card.tier, card.fixed_rate, table),
        next_tier=_next_tier(card, table),
        items=tuple(
            PointChange(
                change=row.change,
                before=row.before,
                after=row.after,
                reason=row.reason,
                tx_no=row.tx_no,
                at=row.at,
            )
            for row in page
        ),
        next_cursor=write_serial(page[-1].id) if len(found) > limit else None,
    )


def _next_tier(card: CardRow, table: TierTable) -> NextTier | None:
    step = table.next_after(card.points)
    if step is None:
        return None
    return NextTier(
        tier=step.tier,
        from_points=step.from_points,
        rate=rate_for(card.type_on_wire, step.tier, card.fixed_rate, table),
        missing=step.from_points - card.points,
    )
