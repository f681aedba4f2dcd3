"""What sets a grant off tells of it by the outbox; the points are given after the commit (`give_grants`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from hub_server.foundation.outbox import News
from hub_server.foundation.storage import Connection
from hub_server.loyalty import earns_points
from hub_server.promotions.queries import PromotionRow, cards_first_charged, running_grants
from hub_server.promotions.states import GrantTrigger
from shared.api.transactions import CardTypeName

GRANT = "grant"
"""The outbox topic: `{promotion_id, name, points, card_id}`, as promised when it was set off; by a first charge also
`charge_id`, and `merchant_id` where it had to be that merchant's first."""


def news_of_registration(connection: Connection, card_id: str, at: datetime) -> list[News]:
    """A new member's card is granted what runs for registrations at that time."""
    return [_news(grant, card_id) for grant in running_grants(connection, GrantTrigger.REGISTRATION, at)]


def news_of_first_charges(connection: Connection, card_ids: Sequence[str], at: datetime) -> list[News]:
    """Those of the cards that have been charged for the first time, by charges that stand, are granted what runs for it.

    Called after the charges are written, in their transaction; one cheap look while no such grant runs.
    """
    if not card_ids:
        return []
    types = [name for name in get_args(CardTypeName) if earns_points(name)]
    return [
        _news(grant, card_id, charge_id=charge_id, merchant_id=grant.terms.merchant_id)
        for grant in running_grants(connection, GrantTrigger.FIRST_CHARGE, at)
        for card_id, charge_id in cards_first_charged(connection, grant, card_ids, types).items()
    ]


def _news(grant: PromotionRow, card_id: str, **first_charge: str | None) -> News:
    return News(
        GRANT,
        {
            "promotion_id": grant.id,
            "name": grant.terms.name,
            "points": grant.terms.points,
            "card_id": card_id,
            **first_charge,
        },
    )
