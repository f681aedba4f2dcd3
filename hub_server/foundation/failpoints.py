"""Places at which a test build kills itself, to prove that a charge is all or nothing (faults.md 14).

Off unless `MPS_TEST_BUILD=1`; `MPS_FAILPOINT` names the place.
"""

import os
import signal
from enum import StrEnum
from typing import Final

TEST_BUILD: Final = "MPS_TEST_BUILD"
CHOSEN: Final = "MPS_FAILPOINT"


class Failpoint(StrEnum):
    """The steps of a batch at the hub, in their order."""

    BEFORE_TRANSACTION = "hub.journal.before_transaction"
    AFTER_LOCKS = "hub.journal.after_locks"
    AFTER_TRANSACTIONS = "hub.journal.after_transactions"
    AFTER_POSTINGS = "hub.journal.after_postings"
    AFTER_ENTRIES = "hub.journal.after_entries"
    BEFORE_COMMIT = "hub.journal.before_commit"
    AFTER_COMMIT = "hub.journal.after_commit"


def reach(failpoint: Failpoint) -> None:
    """Die here, at once and without a word, if the test asked for it."""
    if os.environ.get(TEST_BUILD) == "1" and os.environ.get(CHOSEN) == failpoint.value:
        os.kill(os.getpid(), signal.SIGKILL)
