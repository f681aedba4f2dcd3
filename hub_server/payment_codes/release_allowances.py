"""Use case: codes that nobody can have taken in secret give their part of the offline allowance back early."""

from datetime import datetime, timedelta
from functools import partial

from hub_server.foundation.context import Context
from hub_server.payment_codes.queries.allowances import release, terminal_standings, waiting_codes
from hub_server.payment_codes.rules import releasable

RELEASE_BATCH = 5_000
LONGEST_LIFE = timedelta(seconds=3_600)
"""Of any code (protocol.md 1)."""


def release_allowances(context: Context, at: datetime, *, batch: int = RELEASE_BATCH) -> int:
    """Release what can be released of the codes that have expired and still count; how many there were.

    The terminals are looked at once, then the codes page by page, in short transactions: what may be released
    stays so for ever. The longest time that a code counts ends at `exp + max_duration`, which
    `counted_offline` sees to.
    """
    skew = timedelta(seconds=context.settings.skew_s)
    max_duration = timedelta(seconds=context.settings.offline_max_duration_s)
    place, released = (at - max_duration, ""), 0
    earliest_contact = place[0] - LONGEST_LIFE - skew - max_duration
    standings = context.database.read(lambda c: terminal_standings(c, earliest_contact))
    while page := context.database.read(partial(waiting_codes, after=place, at=at, limit=batch)):
        found = releasable(page, standings, skew=skew, max_duration=max_duration)
        context.database.run(partial(release, code_refs=found))
        released += len(found)
        place = (page[-1].expires_at, page[-1].code_ref)
    return released
