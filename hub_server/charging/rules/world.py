"""What was read before anything is decided. Amounts in minor units, instants aware UTC."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Protocol

from hub_server.charging.rules.spending import Spent
from shared.api.members import CardStatus
from shared.api.transactions import CardTypeName
from shared.payment_code.states import CodeState


class Tiers(Protocol):
    """The tier table in force."""

    def tier_for(self, points: int) -> int:
        """The tier of that many points."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card under its lock. `balance` is below zero while an overdraft is owed."""

    card_id: str
    card_type: CardTypeName
    status: CardStatus
    expires_at: datetime | None
    balance: int
    points: int
    tier: int
    currency: str
    earns_points: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A payment code under its card's lock.

    Attributes:
        member_id: who presents it; None for a shared screen's.
        cap_per_charge, cap_per_day: what an owner set for that member on a shared card; None for no cap.
        live_uses, advised_uses: standing uses, by a live charge and by an advice.
        was_superseded: a newer code of the card exists.
        revoked_at, told_at: when it was revoked, and when the change feed told of it.
        member_is_active: of the member who presents it (a shared screen's code has none: True).
        may_present: that member's binding still lets them pay.
    """

    code_ref: str
    card_id: str
    state: CodeState
    expires_at: datetime
    member_id: str | None = None
    cap_per_charge: int | None = None
    cap_per_day: int | None = None
    live_uses: int = 0
    advised_uses: int = 0
    revoked_at: datetime | None = None
    told_at: datetime | None = None
    was_superseded: bool = False
    member_is_active: bool = True
    may_present: bool = True

    @property
    def uses(self) -> int:
        """All standing uses."""
        return self.live_uses + self.advised_uses

    def was_revoked_at(self, contact: datetime) -> bool:
        """Whether a terminal in contact then had been told; a replaced code is not told of."""
        return self.revoked_at is not None and self.told_at is not None and self.told_at <= contact


@dataclass(frozen=True, slots=True)
class Limits:
    """What any card may pay by live charges, in one and in a day of the hub; None for no limit."""

    per_charge: int | None = None
    per_day: int | None = None


WHOLE_FACTOR = 10_000
"""Factors on points are in 1/10,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything a decision may look at besides the ask itself.

    Attributes:
        cards: by card id.
        codes: by code_ref; a code that the hub does not know is not there.
        exponent: decimals of the hub's currency.
        time_zone: in which the hub counts days.
        factor_for: the factor on points that a merchant's charge has at a time, in 1/10,000.
        spent: by each card for which a limit or cap of a day exists, in the days of the charges that are asked.
        service_is_suspended: nobody may pay at present.
    """

    cards: Mapping[str, Card]
    codes: Mapping[str, Code]
    tiers: Tiers
    currency: str
    exponent: int
    time_zone: tzinfo
    factor_for: Callable[[str, datetime], int]
    limits: Limits = Limits()
    spent: tuple[Spent, ...] = ()
    service_is_suspended: bool = False

    def day_of(self, at: datetime) -> date:
        """The hub's calendar day."""
        return at.astimezone(self.time_zone).date()
