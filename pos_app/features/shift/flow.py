"""A shift's screens as a state machine without Qt: open it, look at it, hand it over (design.md 5)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import rooms as words
from pos_app.receipts.content import ShiftTotals


@dataclass(frozen=True, slots=True)
class OpenShift:
    """A shift under way: its id in the journal, the number people say, whose it is and since when."""

    shift_id: str
    number: str
    cashier: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftFigures:
    """What the shift screen shows of the books. `totals` is None where no shift is open."""

    shift: OpenShift | None
    totals: ShiftTotals | None
    waiting: int
    in_doubt: int


class Stage(Enum):
    """Where the shift screen stands. While LOADING nobody knows yet whether a shift is open."""

    LOADING = "loading"
    NOT_OPEN = "not_open"
    OPENING = "opening"
    LOOKING = "looking"
    SURE = "sure"
    CLOSING = "closing"


_NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.LOADING: frozenset({Stage.NOT_OPEN, Stage.LOOKING, Stage.LOADING}),
    Stage.NOT_OPEN: frozenset({Stage.OPENING, Stage.NOT_OPEN, Stage.LOOKING}),
    Stage.OPENING: frozenset({Stage.LOOKING, Stage.NOT_OPEN}),
    Stage.LOOKING: frozenset({Stage.SURE, Stage.LOOKING, Stage.NOT_OPEN}),
    Stage.SURE: frozenset({Stage.LOOKING, Stage.CLOSING, Stage.SURE}),
    Stage.CLOSING: frozenset({Stage.NOT_OPEN, Stage.LOOKING}),
}


class ShiftCommand(Enum):
    """What must be done about a key."""

    OPEN = "open"
    PRINT_X = "print_x"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftScreen:
    """Everything the view draws."""

    stage: Stage
    who: str
    figures: ShiftFigures
    remark: Phrase | None = None

    @property
    def may_close(self) -> bool:
        """A charge that nobody knows the end of blocks the hand-over."""
        return self.figures.in_doubt == 0


_NOT_KNOWN = ShiftFigures(shift=None, totals=None, waiting=0, in_doubt=0)


class ShiftFlow:
    """The shift screen."""

    def __init__(self) -> None:
        self._screen = ShiftScreen(stage=Stage.LOADING, who="", figures=_NOT_KNOWN)

    @property
    def screen(self) -> ShiftScreen:
        """What is shown now."""
        return self._screen

    def begin(self, who: str) -> None:
        """Show the screen; what is known is old until `update`."""
        self._screen = ShiftScreen(stage=Stage.LOADING, who=who, figures=_NOT_KNOWN)

    def update(self, figures: ShiftFigures) -> None:
        """The books as they are now."""
        if self._screen.stage is Stage.LOADING:
            self._go(Stage.NOT_OPEN if figures.shift is None else Stage.LOOKING, None)
        self._screen = replace(self._screen, figures=figures)

    def confirm(self) -> ShiftCommand | None:
        """Enter."""
        match self._screen.stage:
            case Stage.NOT_OPEN:
                self._go(Stage.OPENING, words.SHIFT_OPENING())
                return ShiftCommand.OPEN
            case Stage.SURE:
                self._go(Stage.CLOSING, words.SHIFT_CLOSING())
                return ShiftCommand.CLOSE
        return None

    def print_x(self) -> ShiftCommand | None:
        """1."""
        if self._screen.stage is not Stage.LOOKING:
            return None
        self._go(Stage.LOOKING, words.SHIFT_X_SENT())
        return ShiftCommand.PRINT_X

    def close(self) -> None:
        """2."""
        if self._screen.stage is not Stage.LOOKING:
            return
        if self._screen.may_close:
            self._go(Stage.SURE, words.SHIFT_CLOSE_MEANS())
        else:
            count = str(self._screen.figures.in_doubt)
            self._go(Stage.LOOKING, words.SHIFT_DOUBT_BLOCKS(count=count))

    def back(self) -> bool:
        """Esc: whether it was used here."""
        if self._screen.stage is not Stage.SURE:
            return False
        self._go(Stage.LOOKING, None)
        return True

    def opened(self, figures: ShiftFigures) -> None:
        """The shift is in the journal."""
        self._go(Stage.LOOKING, None)
        self.update(figures)

    def closed(self, figures: ShiftFigures) -> None:
        """The shift is closed; the sign-in says what became of its Z."""
        self._go(Stage.NOT_OPEN, None)
        self.update(figures)

    def failed(self, remark: Phrase) -> None:
        """Reading, opening or closing broke; nothing changed."""
        back = {Stage.LOADING: Stage.LOADING, Stage.OPENING: Stage.NOT_OPEN}
        self._go(back.get(self._screen.stage, Stage.LOOKING), remark)

    def _go(self, to: Stage, remark: Phrase | None) -> None:
        if to not in _NEXT[self._screen.stage]:
            raise ValueError(f"a shift screen does not go from {self._screen.stage} to {to}")
        self._screen = replace(self._screen, stage=to, remark=remark)
