"""What admins say and see of cards."""

from typing import Annotated, Any, Literal

from pydantic import Field

from hub_server.admin_api.promotions import Moment
from hub_server.bindings import BindingRole, BindingRow
from hub_server.cards import CardRow, CardStatus, CardTypeName, NewCard
from hub_server.foundation.web.texts import Reason
from hub_server.members import MemberRow
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.rates import FULL_RATE


class _NewCard(Request):
    expires_at: Moment | None = None


class OwnedCard(_NewCard):
    """A card that only its owner holds."""

    card_type: Literal["standard", "voucher"]
    member_id: Uuid7Text

    @property
    def wanted(self) -> NewCard:
        """As the capability has it."""
        return NewCard(card_type=CardTypeName(self.card_type), expires_at=self.expires_at)


class SharedCard(_NewCard):
    """A card that may be shared; without a member a shared screen's. `fixed_rate` in 1/10,000."""

    card_type: Literal["prepaid", "corporate"]
    member_id: Uuid7Text | None = None
    fixed_rate: Annotated[int, Field(ge=0, le=FULL_RATE)] | None = None

    @property
    def wanted(self) -> NewCard:
        """As the capability has it."""
        return NewCard(
            card_type=CardTypeName(self.card_type), fixed_rate=self.fixed_rate, expires_at=self.expires_at
        )


NewCardRequest = Annotated[OwnedCard | SharedCard, Field(discriminator="card_type")]


class CardChange(Request):
    """Why a card is stopped, freed, replaced or closed."""

    reason: Reason


class CardSummary(Message):
    """A card; `balance` in minor units, below zero while an overdraft is owed; `fixed_rate` in 1/10,000."""

    card_id: str
    card_no: str
    card_type: CardTypeName
    status: CardStatus
    balance: int
    currency: str
    points: int
    tier: int
    fixed_rate: int | None
    expires_at: WireInstant | None
    issued_at: WireInstant

    @classmethod
    def of(cls, card: CardRow) -> "CardSummary":
        """The message of a row."""
        return cls(**summary(card))


class CardList(Message):
    """A page, the newest first."""

    items: tuple[CardSummary, ...]
    next_cursor: str | None = None


class CardHolder(Message):
    """Who is bound to a card, and what an owner lets them spend (minor units)."""

    binding_id: str
    member_id: str
    name: str
    phone: str
    role: BindingRole
    bound_at: WireInstant
    cap_per_charge: int | None
    cap_per_day: int | None

    @classmethod
    def of(cls, binding: BindingRow, member: MemberRow) -> "CardHolder":
        """The message of a binding and whose it is."""
        return cls(
            binding_id=binding.id,
            member_id=member.id,
            name=member.name,
            phone=member.phone,
            role=binding.role,
            bound_at=binding.bound_at,
            cap_per_charge=binding.caps.per_charge,
            cap_per_day=binding.caps.per_day,
        )


class CardDetail(CardSummary):
    """A card, who is bound to it, and the numbers it had before."""

    holders: tuple[CardHolder, ...]
    retired_numbers: tuple[str, ...]


def summary(card: CardRow) -> dict[str, Any]:
    """What a summary and a detail have in common."""
    return {
        "card_id": card.id,
        "card_no": card.card_no,
        "card_type": card.card_type,
        "status": card.status,
        "balance": card.balance,
        "currency": card.currency,
        "points": card.points,
        "tier": card.tier,
        "fixed_rate": card.fixed_rate,
        "expires_at": card.expires_at,
        "issued_at": card.issued_at,
    }
