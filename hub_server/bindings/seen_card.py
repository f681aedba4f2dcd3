"""A card as its holder sees it."""

from hub_server.bindings.queries import Caps
from hub_server.bindings.states import BindingRole
from hub_server.cards import CardRow, CardStatus
from hub_server.loyalty import TierTable, rate_for
from shared.api import members as api

_STATUS: dict[CardStatus, api.CardStatus] = {
    CardStatus.ACTIVE: "active",
    CardStatus.FROZEN: "frozen",
    CardStatus.LOST: "lost",
    CardStatus.EXPIRED: "expired",
    CardStatus.CLOSED: "closed",
}
ROLES_ON_WIRE: dict[BindingRole, api.BindingRole] = {
    BindingRole.OWNER: "owner",
    BindingRole.ADMIN: "admin",
    BindingRole.MEMBER: "member",
    BindingRole.VIEWER: "viewer",
}


def seen_card(card: CardRow, role: BindingRole, table: TierTable, caps: Caps | None = None) -> api.Card:
    """The message; `rate` is what the card's next code will carry, `caps` are the holder's own."""
    return api.Card(
        card_id=card.id,
        card_no=card.card_no,
        card_type=card.type_on_wire,
        status=_STATUS[card.status],
        balance=card.balance,
        currency=card.currency,
        points=card.points,
        tier=card.tier,
        rate=rate_for(card.type_on_wire, card.tier, card.fixed_rate, table),
        role=ROLES_ON_WIRE[role],
        caps=seen_caps(caps or Caps()),
    )


def seen_caps(caps: Caps) -> api.Caps:
    """The message."""
    return api.Caps(cap_per_charge=caps.per_charge, cap_per_day=caps.per_day)
