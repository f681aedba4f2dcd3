"""One-time passwords, and the member's cards and codes (surface.md)."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.api.messages import Message, Request
from shared.api.transactions import CardTypeName, Transaction
from shared.clock import WireInstant

CardStatus = Literal["active", "frozen", "lost", "expired", "closed"]
BindingRole = Literal["owner", "admin", "member", "viewer"]


class OtpRequest(Request):
    """`phone` in any spelling; kept as E.164."""

    phone: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    purpose: Literal["sign_in"] = "sign_in"


class OtpChallenge(Message):
    """The same whether or not the phone is known. Seconds."""

    challenge_id: str
    expires_in: int
    resend_in: int


class OtpVerifyRequest(Request):
    """The six digits."""

    challenge_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    code: Annotated[str, StringConstraints(min_length=1, max_length=16), Field(repr=False)]


class MemberTokens(Message):
    """A session of a known member, or a registration token of a new phone; seconds.

    `refresh_token` opens the next session (`/auth/refresh`), once.
    """

    access_token: Annotated[str | None, Field(repr=False)] = None
    refresh_token: Annotated[str | None, Field(repr=False)] = None
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int
    registration_token: Annotated[str | None, Field(repr=False)] = None


class RegisterRequest(Request):
    """create_member_profile."""

    registration_token: Annotated[str, StringConstraints(min_length=1, max_length=4096), Field(repr=False)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    email: Annotated[str, StringConstraints(max_length=254)] | None = None


class Member(Message):
    """The signed-in member."""

    id: str
    phone: str
    name: str
    email: str | None = None


class Caps(Message):
    """What a member may spend with a shared card, in minor units of what is paid; none for no cap."""

    cap_per_charge: int | None
    cap_per_day: int | None


class Card(Message):
    """A card the member may see; `balance` in minor units, `caps` the member's own."""

    card_id: str
    card_no: str
    card_type: CardTypeName
    status: CardStatus
    balance: int
    currency: str
    points: int
    tier: int
    rate: int
    role: BindingRole
    caps: Caps


class CardList(Message):
    """A page of cards."""

    items: tuple[Card, ...]
    next_cursor: str | None = None


class SeenTransaction(Transaction):
    """A movement on one of the member's cards; `balance_change` in minor units, below zero when it took money."""

    card_id: str
    balance_change: int
    card_no: str
    status: Literal["completed", "refunded", "reversed", "failed"]


class TransactionList(Message):
    """A page of movements, newest first."""

    items: tuple[SeenTransaction, ...]
    next_cursor: str | None = None


class Registration(Message):
    """A new member, the standard card, and a session."""

    member: Member
    card: Card
    access_token: Annotated[str, Field(repr=False)]


class IssuedCode(Message):
    """A payment code, shown once: the hub keeps no copy."""

    code: Annotated[str, Field(repr=False)]
    code_ref: str
    expires_at: WireInstant
