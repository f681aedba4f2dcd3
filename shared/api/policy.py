"""The merchant's policy for its terminals, versioned (protocol.md 6). Amounts in minor units."""

from typing import Annotated, Literal

from pydantic import Field

from shared.api.messages import Message

_Amount = Annotated[int, Field(ge=0)]


class OfflinePolicy(Message):
    """How far a terminal may go by itself between two contacts."""

    enabled: bool = True
    max_amount: _Amount = 50_000
    soft_total: _Amount = 300_000
    max_total: _Amount = 500_000
    max_count: Annotated[int, Field(ge=0)] = 30
    max_duration_s: Annotated[int, Field(ge=0)] = 14_400


class ShiftPolicy(Message):
    """`blind_count`: slips are counted before the expected figure is shown."""

    blind_count: bool = False


class ReceiptPolicy(Message):
    """Lines that the merchant puts on paper, and the paper's width."""

    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    width_mm: Literal[58, 80] = 58


class Policy(Message):
    """The whole policy."""

    version: Annotated[int, Field(ge=0)] = 1
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "TWD"
    exponent: Annotated[int, Field(ge=0, le=4)] = 2
    offline: OfflinePolicy = OfflinePolicy()
    live_window_s: Annotated[int, Field(ge=1)] = 60
    response_timeout_ms: Annotated[int, Field(ge=100)] = 3_000
    skew_s: Annotated[int, Field(ge=0)] = 60
    shift: ShiftPolicy = ShiftPolicy()
    receipt: ReceiptPolicy = ReceiptPolicy()
