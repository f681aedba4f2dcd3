"""What the terminal knows of its line and its room to act alone, as one frozen value for the screen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from shared.problems import Refusal


class LineState(Enum):
    """Whether the hub answers. A change of state never moves anything on the screen but the line row."""

    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineRoom:
    """How far the terminal may still go by itself, at one moment; amounts in minor units.

    Attributes:
        soft_left: until each approval needs a manager's PIN.
        is_locked: the clock is not to be trusted until the next contact.
        why: why nothing can be approved offline at present.
    """

    count_left: int
    total_left: int
    soft_left: int
    time_left_s: int
    is_locked: bool
    why: Refusal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineMeter:
    """What is left of the offline limits since the last contact; amounts in minor units.

    Attributes:
        refusal: why nothing can be approved offline at present (limits used up, disabled, clock locked).
        needs_manager: over the soft limit, each approval needs a manager's PIN.
        until: when the last contact will be too long ago.
        left_soft: of the sum below which no manager is asked.
        clock_is_locked: the clock is not to be trusted until the next contact; charges online go on.
    """

    left_total: int
    max_total: int
    left_count: int
    max_amount: int
    until: datetime
    needs_manager: bool
    refusal: Refusal | None
    left_soft: int = 0
    clock_is_locked: bool = False

    def room(self, now: datetime) -> OfflineRoom:
        """What is left at `now`, the estimate of hub time."""
        return OfflineRoom(
            count_left=self.left_count,
            total_left=self.left_total,
            soft_left=self.left_soft,
            time_left_s=max(0, (self.until - now) // timedelta(seconds=1)),
            is_locked=self.clock_is_locked,
            why=self.refusal,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStatus:
    """The line row.

    Attributes:
        since: when the present state began.
        waiting: entries without a signed answer yet, and those that a restored hub must hear again.
        oldest_waiting_at: `at` of the oldest of them.
        contact: newest hub time with all events before it stored.
        is_read_only: the journal or its file is damaged: nothing is written any more, what verifies can be exported.
    """

    state: LineState
    since: datetime
    waiting: int
    oldest_waiting_at: datetime | None
    contact: datetime
    meter: OfflineMeter
    is_read_only: bool = False
