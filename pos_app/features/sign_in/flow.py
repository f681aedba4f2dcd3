"""Choosing a name and entering a PIN, as a state machine without Qt. PINs are checked elsewhere, off the window's thread."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import rooms as words

MIN_PIN: Final = 4
MAX_PIN: Final = 12


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may stand at the terminal."""

    staff_id: str
    name: str
    is_manager: bool


@dataclass(frozen=True, slots=True)
class PinAnswer:
    """Right, wrong, or wait `wait_s` seconds before the next attempt."""

    is_right: bool
    wait_s: int = 0


class Stage(Enum):
    """Where the sign-in stands."""

    ENTERING = "entering"
    CHECKING = "checking"
    HELD_BACK = "held_back"


_NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.ENTERING: frozenset({Stage.CHECKING, Stage.ENTERING}),
    Stage.CHECKING: frozenset({Stage.ENTERING, Stage.HELD_BACK}),
    Stage.HELD_BACK: frozenset({Stage.ENTERING, Stage.HELD_BACK}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInScreen:
    """Everything the view draws."""

    title: Phrase
    people: tuple[Person, ...]
    chosen: int
    digits: int
    remark: Phrase | None
    notice: Phrase | None
    can_go: bool
    keys_enabled: bool


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Check this PIN."""

    person: Person
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    stage: Stage = Stage.ENTERING
    chosen: int = 0
    pin: str = field(default="", repr=False)
    remark: Phrase | None = None
    held_until_ms: int = 0


class SignInFlow:
    """One sign-in. `is_lock` when the terminal was locked and not left."""

    def __init__(self) -> None:
        self._people: tuple[Person, ...] = ()
        self._is_lock = False
        self._entry = _Entry()
        self._notice: Phrase | None = None

    def begin(self, people: Sequence[Person], *, is_lock: bool, last: str | None = None) -> None:
        """Start afresh, with the one who was here last chosen."""
        self._people = tuple(people)
        self._is_lock = is_lock
        ids = [person.staff_id for person in self._people]
        self._entry = _Entry(chosen=ids.index(last) if last in ids else 0)

    def notify(self, notice: Phrase) -> None:
        """Say how the last one left; it stands until somebody is in."""
        self._notice = notice

    def update_people(self, people: Sequence[Person]) -> None:
        """The hub told of other people; what is being typed stays if its person does."""
        chosen = self.chosen
        self._people = tuple(people)
        ids = [person.staff_id for person in self._people]
        if chosen is not None and chosen.staff_id in ids:
            self._entry = replace(self._entry, chosen=ids.index(chosen.staff_id))
        else:
            self._entry = _Entry()

    @property
    def chosen(self) -> Person | None:
        """Whose PIN is being entered."""
        return self._people[self._entry.chosen] if self._entry.chosen < len(self._people) else None

    def press(self, key: str) -> None:
        """A digit, `back` or `clear`."""
        if self._entry.stage is not Stage.ENTERING:
            return
        if key == "back":
            self._entry = replace(self._entry, pin=self._entry.pin[:-1])
        elif key == "clear":
            self._entry = replace(self._entry, pin="")
        elif key.isdecimal() and len(key) == 1 and len(self._entry.pin) < MAX_PIN:
            self._entry = replace(self._entry, pin=self._entry.pin + key, remark=None)

    def digits_scanned(self) -> None:
        """The last digits were a barcode's and no PIN's: the PIN starts afresh, and no attempt was made."""
        if self._entry.stage is Stage.ENTERING:
            self._entry = replace(self._entry, pin="", remark=words.SIGN_IN_BARCODE())

    def choose(self, place: int) -> None:
        """Another person: the PIN starts afresh."""
        if self._entry.stage is Stage.ENTERING and 0 <= place < len(self._people):
            self._entry = _Entry(chosen=place)

    def move(self, step: int) -> None:
        """↑ or ↓."""
        if self._people:
            self.choose((self._entry.chosen + step) % len(self._people))

    def confirm(self) -> CheckPin | None:
        """Enter."""
        person, pin = self.chosen, self._entry.pin
        if self._entry.stage is not Stage.ENTERING or person is None or len(pin) < MIN_PIN:
            return None
        self._go(Stage.CHECKING, pin="", remark=words.SIGN_IN_CHECKING())
        return CheckPin(person, pin)

    def answered(self, answer: PinAnswer, now_ms: int) -> Person | None:
        """The PIN was checked: the person who is in now, or None."""
        if answer.is_right:
            person = self.chosen
            self._notice = None
            self._go(Stage.ENTERING, remark=None)
            return person
        if answer.wait_s > 0:
            self._go(Stage.HELD_BACK, held_until_ms=now_ms + answer.wait_s * 1000)
            self.tick(now_ms)
        else:
            self._go(Stage.ENTERING, remark=words.SIGN_IN_WRONG())
        return None

    def failed(self, remark: Phrase) -> None:
        """The check itself broke."""
        self._go(Stage.ENTERING, remark=remark)

    def tick(self, now_ms: int) -> None:
        """Count down what is left of the wait."""
        if self._entry.stage is not Stage.HELD_BACK:
            return
        left_ms = self._entry.held_until_ms - now_ms
        if left_ms <= 0:
            self._go(Stage.ENTERING, remark=None)
        else:
            self._go(Stage.HELD_BACK, remark=words.SIGN_IN_WAIT(seconds=str(-(-left_ms // 1000))))

    @property
    def screen(self) -> SignInScreen:
        """What is shown now."""
        entry = self._entry
        enters = entry.stage is Stage.ENTERING and bool(self._people)
        return SignInScreen(
            title=words.SIGN_IN_LOCKED_TITLE() if self._is_lock else words.SIGN_IN_TITLE(),
            people=self._people,
            chosen=entry.chosen,
            digits=len(entry.pin),
            remark=entry.remark if self._people else words.SIGN_IN_NOBODY(),
            notice=self._notice,
            can_go=enters and len(entry.pin) >= MIN_PIN,
            keys_enabled=enters,
        )

    def _go(self, to: Stage, **changes: object) -> None:
        if to not in _NEXT[self._entry.stage]:
            raise ValueError(f"a sign-in does not go from {self._entry.stage} to {to}")
        self._entry = replace(self._entry, stage=to, **changes)  # type: ignore[arg-type]
