"""What another incarnation of the hub asks of the terminal: to say again what a restored hub has lost (protocol.md 5)."""

import logging
from datetime import datetime, timedelta
from typing import Final

from pos_app.journal import waiting
from pos_app.storage import Transaction
from shared.clock import from_wire

logger = logging.getLogger("mps.pos.syncing")

_WIRE_LENGTH: Final = len("2026-11-22T10:00:00.123Z")
NODES_DIFFER: Final = timedelta(seconds=5)
"""The clocks of two hub nodes may differ by so much; what is said again without need is answered as ever."""


def data_reach(incarnation: str) -> datetime | None:
    """The time that the hub's data reach, which an incarnation begins with; None where it says no time."""
    try:
        return from_wire(incarnation[:_WIRE_LENGTH])
    except ValueError:
        return None


def mark_lost(tx: Transaction, incarnation: str, verified_through: int) -> None:
    """Mark each decided entry that the restored hub may not have, in the commit that stores the new incarnation.

    A crash later finds the marks: each goes when its entry has a signed answer again.
    """
    reach = data_reach(incarnation)
    marked = waiting.mark_again(tx, verified_through, reach - NODES_DIFFER if reach else None)
    logger.warning(
        "the hub's data reach %s and entry %d: %d decided entries are sent again",
        reach or "an unknown time",
        verified_through,
        marked,
    )
