"""What merchants' own systems send and are told (protocol.md 8). Amounts in minor units, rates in 1/10,000."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.api.messages import Message, Request
from shared.api.transactions import CardTypeName
from shared.clock import WireInstant
from shared.journal_entries import OrderRef
from shared.money import MAX_AMOUNT, MIN_AMOUNT

_Code = Annotated[
    str, Field(repr=False, description="the whole text of the payment code", examples=["MPS1:…"])
]
_Amount = Annotated[
    int,
    Field(description="before any rate", json_schema_extra={"minimum": MIN_AMOUNT, "maximum": MAX_AMOUNT}),
]
"""Its bounds are judged by the route: INVALID_AMOUNT."""


class ChargeRequest(Request):
    """A charge by a whole payment code; `order_ref` is a label to search by, never a key."""

    code: _Code
    amount: _Amount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    order_ref: OrderRef | None = None


class ValidateRequest(Request):
    """A whole payment code."""

    code: _Code


class ValidCode(Message):
    """A code that would be charged at present, and what a charge by it would go by."""

    valid: Literal[True] = True
    card_type: CardTypeName
    tier: int
    rate: int
    currency: str
    card_last4: str
    expires_at: WireInstant
