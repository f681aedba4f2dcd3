"""What the charge's flow holds and asks for: the sale on the screen, and the commands that the presenter carries out."""

from dataclasses import dataclass, field
from enum import Enum

from pos_app.appearance.translations import Phrase
from pos_app.features.charging.amount_entry import AmountEntry
from pos_app.features.charging.outcomes import CodeSeen, NotWritten, Outcome, Paid, PaidOffline
from pos_app.features.charging.screen import Notice, State


@dataclass(frozen=True, slots=True)
class StartCharge:
    """Write the charge and ask the hub."""

    amount: int
    code_ref: str
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class ApproveOffline:
    """Write the advice of a charge in doubt."""

    entry_id: str
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Write the reversal of a charge in doubt."""

    entry_id: str


@dataclass(frozen=True, slots=True)
class ForgetCode:
    """Wipe the code that was read."""


@dataclass(frozen=True, slots=True)
class CheckManager:
    """Check a manager's PIN."""

    staff_id: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Print the receipt of an approval."""

    outcome: Paid | PaidOffline


Command = StartCharge | ApproveOffline | GiveUp | ForgetCode | CheckManager | PrintReceipt
Commands = tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Manager:
    """Somebody whose PIN can approve."""

    staff_id: str
    name: str


class Stage(Enum):
    """Where the cashier stands inside doubt or beside a manager's PIN."""

    ASKING = "asking"
    SURE = "sure"
    PIN = "pin"
    CHECKING_PIN = "checking_pin"
    APPROVING = "approving"
    GIVING_UP = "giving_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """Everything about the charge on the screen. `shown` is what became of it; `failed` that our own work broke."""

    state: State = State.IDLE
    since_ms: int = 0
    entry: AmountEntry = field(default_factory=AmountEntry)
    code: CodeSeen | None = None
    code_at_ms: int = 0
    shown: Outcome | NotWritten | None = None
    stage: Stage = Stage.ASKING
    pin: str = field(default="", repr=False)
    pin_remark: Phrase | None = None
    manager: int = 0
    approver: str | None = None
    notice: Notice | None = None
    notice_at_ms: int = 0
