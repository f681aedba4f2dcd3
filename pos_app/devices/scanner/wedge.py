"""A scanner that types: telling its bursts from a person's keys on the charge screen (design.md 7).

A leading letter starts a burst, for no amount begins with one; everything up to Enter or Tab, or to 120 ms of silence,
is eaten. Digits are what a person types, so they are let through at once; but many at a machine's speed with Enter on
their heels were a product's barcode: its Enter is eaten and its digits are to be taken back. Pure: the caller brings each
key with its time (the event's own, not when it got round to it), and a timer.
"""

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final

from pos_app.devices.scanner.typed import MAX_TYPED_CHARS, folded, is_mangled, text_of_typed

SILENCE_S: Final = 0.120
_SUFFIX_WITHIN_S: Final = 0.300
"""A scanner's second Enter, or one that comes late, within this time of a burst's end confirms nothing."""
_SHORTEST_SCAN_CHARS: Final = 6
_SLOWEST_SCANNER_S: Final = 0.060
"""Mean time between a scanner's keys; people type slower, but for a moment."""
_FASTEST_PERSON_S: Final = 0.030
"""Between two digits. Two fingers that roll may be quicker once or twice, never over a whole barcode and its Enter."""
_OUR_PREFIX: Final = "MPS"


class KeyKind(Enum):
    """What a key is to the recogniser. Modifiers alone (Shift, Caps Lock) are not fed at all."""

    TEXT = "text"
    END = "end"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the window saw it: the text it makes (an input method may give several characters), or Enter and Tab
    (END), or a key without text such as F3 (OTHER)."""

    kind: KeyKind
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ScanStarted:
    """A letter came: perhaps a scanner."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A whole code, cleaned. A payment code holds a secret, so no repr shows keys or text."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotAScan:
    """A person typed: hand these keys to whatever has the focus. Never an Enter."""

    keys: tuple[str, ...] = field(repr=False)


class Damage(StrEnum):
    """What spoilt a burst."""

    INPUT_METHOD = "input_method"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Mangled:
    """A scanner typed, but what arrived is not what the code says."""

    damage: Damage


@dataclass(frozen=True, slots=True)
class DigitsScanned:
    """The last `count` digits, which came through as typed, were a scanner's: take them back."""

    count: int


Outcome = ScanStarted | Scan | NotAScan | Mangled | DigitsScanned


@dataclass(frozen=True, slots=True)
class Fed:
    """What became of a key: whether it is eaten (shown to no widget), and what came to be known."""

    eaten: bool
    outcomes: tuple[Outcome, ...] = ()


@dataclass(slots=True)
class _Burst:
    began_at: float
    last_at: float
    keys: list[str] = field(default_factory=list, repr=False)
    chars: int = 0
    digits_before: int = 0


@dataclass(slots=True)
class _Digits:
    """Digits in a row, each on the heels of the one before."""

    last_at: float = float("-inf")
    count: int = 0

    def take(self, count: int, at: float) -> None:
        self.count = count + (self.count if self.are_followed(at) else 0)
        self.last_at = at

    def are_followed(self, at: float) -> bool:
        return at - self.last_at <= _FASTEST_PERSON_S

    def forget(self) -> None:
        self.count = 0


class WedgeRecogniser:
    """Follows the keys of one screen. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._burst: _Burst | None = None
        self._digits = _Digits()
        self._ended_at = float("-inf")

    @property
    def is_scanning(self) -> bool:
        """Whether keys are being eaten just now."""
        return self._burst is not None

    def has_digits(self, at: float) -> bool:
        """Whether a digit now would follow others at a machine's speed."""
        return self._digits.count > 0 and self._digits.are_followed(at)

    def feed(self, key: Key, at: float) -> Fed:
        """Take one key."""
        before = self.tick(at)
        fed = self._begin_or_pass(key, at) if self._burst is None else self._go_on(self._burst, key, at)
        return Fed(fed.eaten, before + fed.outcomes)

    def tick(self, now: float) -> tuple[Outcome, ...]:
        """Let time pass: a burst ends when nothing came for 120 ms."""
        if self._burst is None or now - self._burst.last_at < SILENCE_S:
            return ()
        return self._end(self._burst, now)

    def reset(self) -> None:
        """Forget a burst under way, for example when the screen changes."""
        self._burst = None
        self.forget_digits()

    def forget_digits(self) -> None:
        """What comes now follows no digit, for example in another window."""
        self._digits.forget()

    def _begin_or_pass(self, key: Key, at: float) -> Fed:
        if key.kind is KeyKind.END:
            return self._end_digits(at)
        text = folded(key.text) if key.kind is KeyKind.TEXT else ""
        if text.isdecimal():
            self._digits.take(len(text), at)
            return Fed(False)
        before = self._digits.count if self._digits.are_followed(at) else 0
        self._digits.forget()
        # The letters of an input method begin a burst too: a scanner's M may arrive as ㄩ.
        if not text[:1].isalpha():
            return Fed(False)
        self._burst = _Burst(
            began_at=at, last_at=at, keys=[key.text], chars=len(key.text), digits_before=before
        )
        return Fed(True, (ScanStarted(),))

    def _end_digits(self, at: float) -> Fed:
        """Enter where no letter began a burst: a person's, unless a barcode's digits came just before."""
        count = self._digits.count if at - self._digits.last_at < SILENCE_S else 0
        self._digits.forget()
        if count < _SHORTEST_SCAN_CHARS:
            return Fed(at - self._ended_at < _SUFFIX_WITHIN_S)
        self._ended_at = at
        return Fed(True, (DigitsScanned(count),))

    def _go_on(self, burst: _Burst, key: Key, at: float) -> Fed:
        if key.kind is KeyKind.OTHER:
            return Fed(False)
        burst.last_at = at
        if key.kind is KeyKind.END:
            return Fed(True, self._end(burst, at))
        burst.chars += len(key.text)
        if burst.chars <= MAX_TYPED_CHARS:
            burst.keys.append(key.text)
        return Fed(True)

    def _end(self, burst: _Burst, at: float) -> tuple[Outcome, ...]:
        self._burst = None
        outcome = _judged(burst)
        if isinstance(outcome, NotAScan):
            return (outcome,)
        self._ended_at = at
        # A barcode of digits and letters: what came through before its first letter belongs to it. A code of ours begins
        # with a letter: digits before it are an amount.
        is_ours = isinstance(outcome, Scan) and outcome.text.upper().startswith(_OUR_PREFIX)
        taken_back = () if is_ours or not burst.digits_before else (DigitsScanned(burst.digits_before),)
        return (*taken_back, outcome)


def _judged(burst: _Burst) -> Outcome:
    if burst.chars > MAX_TYPED_CHARS:
        return Mangled(Damage.TOO_LONG)
    text = text_of_typed("".join(burst.keys))
    ours = text.upper().startswith(_OUR_PREFIX) and len(text) >= _SHORTEST_SCAN_CHARS
    mean_s = (burst.last_at - burst.began_at) / max(1, len(burst.keys) - 1)
    machine = burst.chars >= _SHORTEST_SCAN_CHARS and mean_s <= _SLOWEST_SCANNER_S
    if not ours and not machine:
        return NotAScan(tuple(burst.keys))
    return Mangled(Damage.INPUT_METHOD) if is_mangled(text) else Scan(text)
