"""Named places along a charge at which a test build kills its own process (faults.md 1); elsewhere they do nothing."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

ALL: Final = (
    "before_charge_commit",
    "after_charge_commit",
    "before_send",
    "after_send_before_read",
    "after_answer_before_store",
    "after_decision_commit",
    "before_advice_commit",
    "after_advice_commit",
    "before_reversal_commit",
    "after_reversal_commit",
    "before_receipt",
    "after_receipt",
)
TEST_BUILD: Final = "MPS_TEST_BUILD"
CHOSEN: Final = "MPS_FAILPOINT"


class UnknownFailpoint(ValueError):
    """`MPS_FAILPOINT` names no failpoint: a test that kills nothing would pass."""


def check_choice() -> None:
    """At the program's start: refuse a misspelled failpoint.

    Raises:
        UnknownFailpoint: not one of `ALL`.
    """
    chosen = os.environ.get(CHOSEN)
    if os.environ.get(TEST_BUILD) == "1" and chosen and chosen not in ALL:
        raise UnknownFailpoint(chosen)


_beside = threading.local()


@contextmanager
def beside_charges(is_beside: bool) -> Iterator[None]:
    """What this thread does meanwhile is no step of a charge: it reaches no failpoint."""
    _beside.is_so = is_beside
    try:
        yield
    finally:
        _beside.is_so = False


def reach(name: str) -> None:
    """Die here, as by a power cut, if the test build was told to."""
    if getattr(_beside, "is_so", False):
        return
    if os.environ.get(TEST_BUILD) == "1" and os.environ.get(CHOSEN) == name:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
