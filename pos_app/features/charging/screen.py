"""What the charge screen shows at one moment, as one frozen value; a view draws it and decides nothing."""

from dataclasses import dataclass
from enum import Enum

from pos_app.appearance.translations import Phrase


class State(Enum):
    """The states of a charge at the counter (design.md 2)."""

    IDLE = "idle"
    AMOUNT_ENTERED = "amount_entered"
    CODE_SEEN = "code_seen"
    CONFIRMING = "confirming"
    WAITING = "waiting"
    CANCELLING = "cancelling"
    MANAGER_NEEDED = "manager_needed"
    APPROVED = "approved"
    APPROVED_OFFLINE = "approved_offline"
    DECLINED = "declined"
    IN_DOUBT = "in_doubt"
    GIVEN_UP = "given_up"


class AmountSize(Enum):
    """Which of design.md 2's sizes the amount has."""

    ENTRY = "entry"
    PAYABLE = "payable"
    KEPT = "kept"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True)
class Amount:
    """The figure: decimal text, its size, whether it is grey, and how many of its last characters nobody typed."""

    text: str
    size: AmountSize
    is_grey: bool = False
    untyped: int = 0


class Tone(Enum):
    """How a notice is meant; the colour follows."""

    PLAIN = "plain"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Notice:
    """A passing remark beside what the screen is about, for example on a code that was refused."""

    phrase: Phrase
    tone: Tone


class ChoiceId(Enum):
    """What can be decided in doubt."""

    APPROVE_OFFLINE = "approve_offline"
    GIVE_UP = "give_up"
    SURE = "sure"
    KEEP_WAITING = "keep_waiting"
    LEAVE_PIN = "leave_pin"
    OTHER_MANAGER = "other_manager"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of the doubt panel; one that cannot be pressed says why beside it."""

    id: ChoiceId
    phrase: Phrase
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class Action:
    """The action button; `None` as phrase leaves it empty."""

    phrase: Phrase | None
    is_enabled: bool = False


@dataclass(frozen=True, slots=True)
class PinEntry:
    """A manager's PIN being entered in place: how many digits, whose, and what is to be said of it."""

    digits: int
    who: Phrase
    remark: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """The waiting bar: how much of the time for an answer has passed."""

    elapsed_ms: int
    total_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Everything the view draws."""

    state: State
    amount: Amount | None = None
    header: Phrase | None = None
    headline: tuple[Phrase, ...] = ()
    headline_pixels: int = 0
    above: Phrase | None = None
    prompt: Phrase | None = None
    details: tuple[Phrase, ...] = ()
    reason: Phrase | None = None
    notice: Notice | None = None
    footer: str = ""
    choices: tuple[Choice, ...] = ()
    pin: PinEntry | None = None
    progress: Progress | None = None
    camera_on: bool = False
    action: Action = Action(None)
    keys_enabled: bool = True
    decimals_enabled: bool = True
