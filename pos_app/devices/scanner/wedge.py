"""A scanner that types: telling its bursts from a person's keys on the charge screen (design.md 7).

A leading letter starts a burst, for no amount begins with one; everything up to Enter or Tab, or to 120 ms of silence,
is eaten. Pure: the caller brings each key with its time (the event's own, not when it got round to it), and a timer.
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


Outcome = ScanStarted | Scan | NotAScan | Mangled


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


class WedgeRecogniser:
    """Follows the keys of one screen. Times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._burst: _Burst | None = None
        self._ended_at = float("-inf")

    @property
    def is_scanning(self) -> bool:
        """Whether keys are being eaten just now."""
        return self._burst is not None

    def feed(self, key: Key, at: float) -> Fed:
        """Take one key."""
        before = self.tick(at)
        fed = self._begin_or_pass(key, at) if self._burst is None else self._go_on(self._burst, key, at)
        return Fed(fed.eaten, before + fed.outcomes)

    def tick(self, now: float) -> tuple[Outcome, ...]:
        """Let time pass: a burst ends when nothing came for 120 ms."""
        if self._burst is None or now - self._burst.last_at < SILENCE_S:
            return ()
        return (self._end(self._burst, now),)

    def reset(self) -> None:
        """Forget a burst under way, for example when the screen changes."""
        self._burst = None

    def _begin_or_pass(self, key: Key, at: float) -> Fed:
        if key.kind is KeyKind.END:
            return Fed(at - self._ended_at < _SUFFIX_WITHIN_S)
        # The letters of an input method begin a burst too: a scanner's M may arrive as ㄩ.
        if key.kind is not KeyKind.TEXT or not folded(key.text)[:1].isalpha():
            return Fed(False)
        self._burst = _Burst(began_at=at, last_at=at, keys=[key.text], chars=len(key.text))
        return Fed(True, (ScanStarted(),))

    def _go_on(self, burst: _Burst, key: Key, at: float) -> Fed:
        if key.kind is KeyKind.OTHER:
            return Fed(False)
        burst.last_at = at
        if key.kind is KeyKind.END:
            return Fed(True, (self._end(burst, at),))
        burst.chars += len(key.text)
        if burst.chars <= MAX_TYPED_CHARS:
            burst.keys.append(key.text)
        return Fed(True)

    def _end(self, burst: _Burst, at: float) -> Outcome:
        self._burst = None
        outcome = _judged(burst)
        if not isinstance(outcome, NotAScan):
            self._ended_at = at
        return outcome


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
