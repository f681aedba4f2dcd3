"""What merchants' own systems send to refund (protocol.md 8). Amounts in minor units."""

from typing import Annotated

from pydantic import Field, StringConstraints

from shared.api.messages import Request
from shared.journal_entries import OrderRef
from shared.money import MAX_AMOUNT, MIN_AMOUNT

_TxNo = Annotated[OrderRef, Field(description="of the charge", examples=["PAY0000000001"])]
"""Whatever a cashier typed: what is no number of a charge is TX_NOT_FOUND."""
_Amount = Annotated[
    int,
    Field(description="of what was paid", json_schema_extra={"minimum": MIN_AMOUNT, "maximum": MAX_AMOUNT}),
]
"""Its bounds are judged by the route: INVALID_AMOUNT."""


class RefundRequest(Request):
    """A part or all of a charge is to go back; `currency`, if it is told, must be the hub's."""

    tx_no: _TxNo
    amount: _Amount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    reason: OrderRef | None = None
    order_ref: OrderRef | None = None
