"""A card's types and states, and which state may follow which."""

from enum import StrEnum

from shared.api.transactions import CardTypeName as CardTypeOnWire


class CardTypeName(StrEnum):
    """domain.md, Cards."""

    STANDARD = "standard"
    PREPAID = "prepaid"
    CORPORATE = "corporate"
    VOUCHER = "voucher"


class CardStatus(StrEnum):
    """Only `active` pays, tops up or binds."""

    ACTIVE = "active"
    FROZEN = "frozen"
    LOST = "lost"
    EXPIRED = "expired"
    CLOSED = "closed"


TRANSITIONS: dict[CardStatus, frozenset[CardStatus]] = {
    CardStatus.ACTIVE: frozenset({CardStatus.FROZEN, CardStatus.LOST, CardStatus.EXPIRED, CardStatus.CLOSED}),
    CardStatus.FROZEN: frozenset({CardStatus.ACTIVE, CardStatus.LOST, CardStatus.EXPIRED, CardStatus.CLOSED}),
    CardStatus.LOST: frozenset({CardStatus.ACTIVE, CardStatus.CLOSED}),
    CardStatus.EXPIRED: frozenset({CardStatus.CLOSED}),
    CardStatus.CLOSED: frozenset(),
}
"""A lost card becomes active again by its replacement alone."""

REPLACEABLE = frozenset({CardStatus.ACTIVE, CardStatus.LOST})
"""Which cards may get a new number. A frozen one is unfrozen first: somebody stopped it for a reason."""

SHAREABLE = frozenset({CardTypeName.PREPAID, CardTypeName.CORPORATE})
"""Which cards others than the owner may be bound to; they alone may have a rate of their own."""

ON_WIRE: dict[CardTypeName, CardTypeOnWire] = {
    CardTypeName.STANDARD: "standard",
    CardTypeName.PREPAID: "prepaid",
    CardTypeName.CORPORATE: "corporate",
    CardTypeName.VOUCHER: "voucher",
}
"""The types as messages and rules spell them."""
