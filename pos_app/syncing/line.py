"""What the terminal knows of its line and its room to act alone, as one frozen value for the screen."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from shared.problems import Refusal


class LineState(Enum):
    """Whether the hub answers. A change of state never moves anything on the screen but the line row."""

    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineMeter:
    """What is left of the offline limits since the last contact; amounts in minor units.

    Attributes:
        refusal: why nothing can be approved offline at present (limits used up, disabled, clock locked).
        needs_manager: over the soft limit, each approval needs a manager's PIN.
        until: when the last contact will be too long ago.
    """

    left_total: int
    max_total: int
    left_count: int
    max_amount: int
    until: datetime
    needs_manager: bool
    refusal: Refusal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStatus:
    """The line row.

    Attributes:
        since: when the present state began.
        waiting: entries without a signed answer yet.
        oldest_waiting_at: `at` of the oldest of them.
        contact: newest hub time with all events before it stored.
    """

    state: LineState
    since: datetime
    waiting: int
    oldest_waiting_at: datetime | None
    contact: datetime
    meter: OfflineMeter
