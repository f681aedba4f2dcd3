"""What each type of journal entry says (protocol.md 4), as frozen, strict models.

Field order is the order on the wire.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from shared.ids import Uuid7Text
from shared.money import MAX_AMOUNT

MAX_ORDER_REF = 64
_PLAIN = r"^[^\x00-\x1f\x7f-\x9f]+$"
"""No control characters (C0, DEL, C1): not every database, printer and screen takes them."""
_Name = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_PLAIN)]
OrderRef = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ORDER_REF, pattern=_PLAIN)]
"""A merchant's own label of a charge."""
_ORDER_REF: TypeAdapter[str] = TypeAdapter(OrderRef)
_Amount = Annotated[int, Field(ge=1, le=MAX_AMOUNT)]
_Sum = Annotated[int, Field(ge=0, lt=1 << 53)]
_Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
_Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=2048)]


def is_order_ref(text: str) -> bool:
    """Whether a charge may bear this label: 1 to 64 characters, none of them a control character."""
    try:
        _ORDER_REF.validate_python(text, strict=True)
    except ValidationError:
        return False
    return True


class EntryType(StrEnum):
    """The types of entries."""

    GENESIS = "genesis"
    CHARGE = "charge"
    ADVICE = "advice"
    REVERSAL = "reversal"
    REFUND = "refund"
    SHIFT_OPEN = "shift_open"
    SHIFT_CLOSE = "shift_close"


class AdviceReason(StrEnum):
    """Why the terminal approved by itself."""

    OFFLINE = "offline"
    TIMEOUT = "timeout"


class ReversalReason(StrEnum):
    """Why a charge must not stand."""

    CANCELLED = "cancelled"
    TIMEOUT = "timeout"
    CRASH = "crash"
    VOID = "void"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class GenesisData(_Data):
    """Entry 0 of a journal."""

    terminal_id: Uuid7Text
    app_version: _Name


class ChargeData(_Data):
    """Asks the hub to decide. `amount` in minor units; `certificate` and `proof` in base64url."""

    amount: _Amount
    currency: _Currency
    certificate: _Base64Url
    proof: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{86}$")]
    cashier: _Name
    shift: _Name
    order_ref: OrderRef | None = None
    training: bool | None = None


class AdviceData(_Data):
    """The terminal approved the charge; the goods are handed over. `policy` is the version it applied."""

    charge: Uuid7Text
    payable: Annotated[int, Field(ge=0, le=MAX_AMOUNT)]
    reason: Annotated[AdviceReason, Field(strict=False)]
    policy: Annotated[int, Field(ge=0, lt=1 << 31)]
    approved_by: _Name | None = None


class ReversalData(_Data):
    """The charge must not stand; final."""

    charge: Uuid7Text
    reason: Annotated[ReversalReason, Field(strict=False)]
    approved_by: _Name | None = None


class RefundData(_Data):
    """A request to give back `amount` of what was paid, for exactly one of `tx_no` and `charge`."""

    tx_no: _Name | None = None
    charge: Uuid7Text | None = None
    amount: _Amount
    reason: _Name
    cashier: _Name
    approved_by: _Name

    @model_validator(mode="after")
    def _names_one_charge(self) -> Self:
        if (self.tx_no is None) == (self.charge is None):
            raise ValueError("exactly one of tx_no and charge")
        return self


class ShiftOpenData(_Data):
    """A cashier begins on this terminal."""

    cashier: _Name
    shift: _Name


class ShiftCloseData(_Data):
    """Counts and payable sums (minor units) of what this terminal ever approved in the shift.

    `in_doubt`: ids of charges still unknown, outside the sums.
    """

    cashier: _Name
    shift: _Name
    charges: _Sum
    charged: _Sum
    reversals: _Sum
    reversed: _Sum
    refunds: _Sum
    refunded: _Sum
    in_doubt: Annotated[tuple[Uuid7Text, ...], Field(strict=False)] | None = None


EntryData = GenesisData | ChargeData | AdviceData | ReversalData | RefundData | ShiftOpenData | ShiftCloseData

DATA_OF: dict[EntryType, type[EntryData]] = {
    EntryType.GENESIS: GenesisData,
    EntryType.CHARGE: ChargeData,
    EntryType.ADVICE: AdviceData,
    EntryType.REVERSAL: ReversalData,
    EntryType.REFUND: RefundData,
    EntryType.SHIFT_OPEN: ShiftOpenData,
    EntryType.SHIFT_CLOSE: ShiftCloseData,
}
