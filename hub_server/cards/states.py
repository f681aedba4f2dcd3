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
    CardStatus.LOST: frozenset({CardStatus.CLOSED}),
    CardStatus.EXPIRED: frozenset({CardStatus.CLOSED}),
    CardStatus.CLOSED: frozenset(),
}

ON_WIRE: dict[CardTypeName, CardTypeOnWire] = {
    CardTypeName.STANDARD: "standard",
    CardTypeName.PREPAID: "prepaid",
    CardTypeName.CORPORATE: "corporate",
    CardTypeName.VOUCHER: "voucher",
}
"""The types as messages and rules spell them."""
