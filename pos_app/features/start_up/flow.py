"""The start as a state machine without Qt: opening, opened, or a plain screen that says what is wrong and the ways out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from pos_app.appearance.translations import Phrase, verbatim
from pos_app.appearance.translations import doors as words


class StartUpFault(Enum):
    """Why the terminal cannot open."""

    LOCKED = "locked"
    KEY = "key"
    SETTINGS = "settings"
    NEWER = "newer"
    JOURNAL = "journal"
    DISK = "disk"
    OTHER = "other"


class CannotOpen(Exception):
    """The terminal cannot open; `detail` (English, no secret) is for whoever is called, `seq` the first bad entry."""

    def __init__(self, fault: StartUpFault, detail: str = "", seq: int | None = None) -> None:
        super().__init__(detail or fault.value)
        self.fault = fault
        self.detail = detail
        self.seq = seq


class CarryFault(Enum):
    """Why nothing was carried out."""

    NOT_WRITTEN = "not_written"
    FILE_IS_THERE = "file_is_there"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What an export holds: how many entries, and how many could not be read."""

    file: str
    entries: int
    missing: int
    first_missing: int | None


class Stage(Enum):
    """Where the start stands."""

    OPENING = "opening"
    FAILED = "failed"
    CHOOSING = "choosing"
    CARRYING = "carrying"
    SURE = "sure"
    SETTING_APART = "setting_apart"


_NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.OPENING: frozenset({Stage.FAILED, Stage.OPENING}),
    Stage.FAILED: frozenset({Stage.OPENING, Stage.CHOOSING, Stage.SURE}),
    Stage.CHOOSING: frozenset({Stage.CARRYING, Stage.FAILED}),
    Stage.CARRYING: frozenset({Stage.FAILED, Stage.CHOOSING}),
    Stage.SURE: frozenset({Stage.SETTING_APART, Stage.FAILED}),
    Stage.SETTING_APART: frozenset({Stage.FAILED, Stage.OPENING}),
}


class Way(Enum):
    """A button."""

    RETRY = "retry"
    QUIT = "quit"
    CARRY = "carry"
    ENROL = "enrol"
    GO = "go"
    BACK = "back"


WITH_A_JOURNAL: Final = frozenset({StartUpFault.JOURNAL, StartUpFault.KEY})
"""Here the journal can be carried out, and the place freed for a new terminal."""
_KEYS: Final = {"1": Way.CARRY, "2": Way.ENROL}


@dataclass(frozen=True, slots=True, kw_only=True)
class StartUpScreen:
    """Everything the view draws. `ways` in order, the first is the main one; `path` is None where none is asked for."""

    title: Phrase
    body: Phrase
    remark: Phrase | None = None
    detail: Phrase | None = None
    ways: tuple[tuple[Way, Phrase], ...] = ()
    path: str | None = None
    places: tuple[str, ...] = ()

    @property
    def can_retry(self) -> bool:
        """Whether Enter tries again."""
        return any(way is Way.RETRY for way, _ in self.ways)


class StartUpFlow:
    """Opening, until it succeeds."""

    def __init__(self) -> None:
        self.stage = Stage.OPENING
        self.path = ""
        self.places: tuple[str, ...] = ()
        self.is_carried = False
        self._fault: CannotOpen | None = None
        self._remark: Phrase | None = None

    def begin(self) -> None:
        """Try, or try again."""
        self._go(Stage.OPENING)

    def failed(self, error: Exception) -> None:
        """It did not open."""
        self._fault = (
            error if isinstance(error, CannotOpen) else CannotOpen(StartUpFault.OTHER, type(error).__name__)
        )
        self._go(Stage.FAILED)

    def way_of(self, key: str) -> Way | None:
        """What a key does here."""
        offered = [way for way, _ in self.screen.ways]
        wanted = _KEYS.get(key)
        if key == "enter" and offered and offered[0] in (Way.RETRY, Way.GO):
            wanted = offered[0]
        elif key == "esc":
            wanted = Way.BACK if Way.BACK in offered else Way.QUIT
        return wanted if wanted in offered else None

    def choose_place(self, places: Sequence[str]) -> None:
        """1: where to?"""
        if self.stage is not Stage.FAILED:
            return
        self._go(Stage.CHOOSING)
        self.places = tuple(places)
        self.path = self.places[0] if self.places else ""

    def typed(self, path: str) -> None:
        """The person typed a path."""
        if self.stage is Stage.CHOOSING:
            self.path, self._remark = path, None

    def move(self, step: int) -> None:
        """↑ or ↓: another of the places that are offered."""
        if self.stage is Stage.CHOOSING and self.places:
            at = self.places.index(self.path) if self.path in self.places else -1 if step > 0 else 0
            self.path, self._remark = self.places[(at + step) % len(self.places)], None

    def carry(self) -> str | None:
        """Enter beside a path."""
        if self.stage is not Stage.CHOOSING or not self.path.strip():
            return None
        self._go(Stage.CARRYING, words.CARRYING())
        return self.path.strip()

    def carried(self, answer: Carried | CarryFault) -> None:
        """It is written, or not."""
        if isinstance(answer, CarryFault):
            said = {
                CarryFault.NOT_WRITTEN: words.NOT_WRITTEN,
                CarryFault.FILE_IS_THERE: words.FILE_IS_THERE,
                CarryFault.NOTHING: words.NOTHING_TO_CARRY,
            }
            self._go(Stage.CHOOSING, said[answer]())
            return
        self.is_carried = True
        count = f"{answer.entries:,}"
        if answer.first_missing is None:
            self._go(Stage.FAILED, words.CARRIED(count=count, file=answer.file))
        else:
            missing, seq = f"{answer.missing:,}", str(answer.first_missing)
            said_missing = words.CARRIED_MISSING(count=count, file=answer.file, missing=missing, seq=seq)
            self._go(Stage.FAILED, said_missing)

    def ask_again(self) -> None:
        """2: are you sure?"""
        if self.stage is not Stage.FAILED:
            return
        self._go(Stage.SURE, None if self.is_carried else words.SURE_NOT_CARRIED())

    def set_apart(self) -> bool:
        """Enter beside the question."""
        if self.stage is not Stage.SURE:
            return False
        self._go(Stage.SETTING_APART, words.SETTING_APART())
        return True

    def not_apart(self) -> None:
        """The disk took no copy."""
        self._go(Stage.FAILED, words.NOT_APART())

    def back(self) -> None:
        """Esc inside one of the two ways out."""
        if self.stage in (Stage.CHOOSING, Stage.SURE):
            self._go(Stage.FAILED)

    def broke(self, remark: Phrase) -> None:
        """Work of ours failed; nothing changed."""
        if self.stage is not Stage.FAILED:
            self._go(Stage.FAILED)
        self._remark = remark

    @property
    def screen(self) -> StartUpScreen:
        """What is shown now."""
        match self.stage:
            case Stage.OPENING:
                return StartUpScreen(title=words.LOADING(), body=words.CHECKING())
            case Stage.CHOOSING | Stage.CARRYING:
                return self._choosing()
            case Stage.SURE | Stage.SETTING_APART:
                ways = ((Way.GO, words.SURE_GO()), (Way.BACK, words.BACK()))
                return StartUpScreen(
                    title=words.SURE_TITLE(),
                    body=words.SURE_MEANS(),
                    remark=self._remark,
                    ways=ways if self.stage is Stage.SURE else (),
                )
        return self._failed()

    def _choosing(self) -> StartUpScreen:
        is_choosing = self.stage is Stage.CHOOSING
        return StartUpScreen(
            title=words.CARRY_TITLE(),
            body=words.CARRY_MEANS(),
            remark=self._remark,
            ways=((Way.GO, words.CARRY_GO()), (Way.BACK, words.BACK())) if is_choosing else (),
            path=self.path,
            places=self.places,
        )

    def _failed(self) -> StartUpScreen:
        fault = self._fault or CannotOpen(StartUpFault.OTHER)
        body = words.FAULTS[fault.fault.value]()
        if fault.fault is StartUpFault.JOURNAL and fault.seq is not None:
            body = words.DAMAGED_AT(seq=str(fault.seq))
        if self.is_carried:
            body = words.AFTER_CARRYING()
        ways = [(Way.RETRY, words.RETRY())]
        if fault.fault in WITH_A_JOURNAL:
            ways += [(Way.CARRY, words.CARRY()), (Way.ENROL, words.ENROL_AGAIN())]
        return StartUpScreen(
            title=words.DAMAGED() if fault.fault is StartUpFault.JOURNAL else words.FAILED(),
            body=body,
            remark=self._remark,
            detail=verbatim(fault.detail) if fault.detail else None,
            ways=(*ways, (Way.QUIT, words.QUIT())),
        )

    def _go(self, to: Stage, remark: Phrase | None = None) -> None:
        """The one setter of the stage."""
        if to not in _NEXT[self.stage]:
            raise ValueError(f"a start does not go from {self.stage} to {to}")
        self.stage, self._remark = to, remark
