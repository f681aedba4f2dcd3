"""What a committed batch adds to the figures: entries decided by it, not those it only repeated."""

from hub_server.foundation.observability import Figures
from hub_server.journal_intake.submission import EntryOutcome, Submission
from hub_server.transactions import TransactionKind
from shared.journal_entries import Status
from shared.problems import Code


def measure(figures: Figures, submission: Submission) -> None:
    """Count refusals and what moved, once it is committed; and an answer that the database was busy."""
    if any(_is_busy(outcome) for outcome in submission.outcomes):
        figures.told_busy()
    numbers: set[str] = set()  # a charge's advice tells of the same movement as the charge
    for outcome in submission.outcomes:
        # A batch's own decisions are as new as its answer.
        if outcome.decided_at is None or outcome.decided_at < submission.hub_time:
            continue
        moved, number = outcome.transaction, outcome.reversal_tx_no
        if outcome.refusal is not None:
            figures.refused(outcome.refusal.code)
        elif number is not None:
            if number not in numbers:
                figures.moved(TransactionKind.REVERSAL.value)
                numbers.add(number)
        elif moved is not None and moved.completed_at == outcome.decided_at and moved.tx_no not in numbers:
            figures.moved(moved.kind.value, is_offline=moved.offline)
            numbers.add(moved.tx_no)


def _is_busy(outcome: EntryOutcome) -> bool:
    refusal = outcome.refusal
    return outcome.status is Status.RETRY and refusal is not None and refusal.code is Code.SYSTEM_BUSY
