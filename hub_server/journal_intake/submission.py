"""What is answered to a batch of a terminal's journal. Pure values."""

from dataclasses import dataclass
from datetime import datetime

from hub_server.journal_intake.incoming import Unreadable
from hub_server.transactions import TransactionRow
from shared.journal_entries import Status
from shared.problems import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOutcome:
    """What is answered about one entry; `seq` and `entry_id` are None for what cannot be read."""

    seq: int | None = None
    entry_id: str | None = None
    status: Status
    refusal: Refusal | None = None
    transaction: TransactionRow | None = None
    reversal_tx_no: str | None = None
    decision: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The answer to a batch, in its order. `hub_time` is recorded as contact before it is told."""

    outcomes: tuple[EntryOutcome, ...]
    verified_through: int
    hub_time: datetime
    incarnation: str


def unreadable(item: Unreadable) -> EntryOutcome:
    """What is answered to what cannot be read."""
    return EntryOutcome(status=Status.REJECTED, refusal=Refusal(item.code, item.detail))
