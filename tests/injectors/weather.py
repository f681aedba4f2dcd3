"""What a line may do to what is sent over it. Pure values."""

from dataclasses import dataclass
from enum import Enum


class LineFault(Enum):
    """What the line does with what is sent over it.

    `REFUSE`: connections are reset and new ones refused. `SWALLOW`: connections are accepted and every
    byte disappears, both ways. `LOSE_REPLIES`: requests arrive, answers do not. `LOSE_ENTRIES` and `LOSE_DECISIONS`:
    of the requests to the journal alone, they or their answers disappear; all else passes.
    """

    NONE = "none"
    REFUSE = "refuse"
    SWALLOW = "swallow"
    LOSE_REPLIES = "lose_replies"
    LOSE_ENTRIES = "lose_entries"
    LOSE_DECISIONS = "lose_decisions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What bytes meet on their way.

    Attributes:
        delay_s: each way, so a round trip takes twice that.
        bits_per_s: each connection's, each way; None: as fast as the machine.
        request_bytes: so many bytes of what a connection sends arrive, then both sides see its end.
        reply_bytes: so many bytes of what a connection is answered arrive, then likewise.
        copy_to: a second port that each connection's requests reach too; what it answers, see `wait_for_copies`.
    """

    fault: LineFault = LineFault.NONE
    delay_s: float = 0.0
    bits_per_s: int | None = None
    request_bytes: int | None = None
    reply_bytes: int | None = None
    copy_to: int | None = None


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """A request that began at the proxy: method and path, and when (monotonic seconds)."""

    what: str
    at_s: float
