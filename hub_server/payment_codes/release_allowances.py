"""Use case: codes that nobody can have taken in secret give their part of the offline allowance back early."""

from datetime import datetime, timedelta
from functools import partial

from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.payment_codes.queries import release, terminal_standings, waiting_codes
from hub_server.payment_codes.rules import releasable
from hub_server.settings import Settings

RELEASE_BATCH = 5_000


def release_allowances(context: Context, at: datetime) -> int:
    """Release what can be released of the codes that have expired and still count; how many there were.

    What may be released stays so for ever, hence it is found on one snapshot and written in short transactions.
    The longest time that a code counts ends at `exp + max_duration`, which `counted_offline` sees to.
    """
    found = context.database.read(lambda connection: _releasable(connection, context.settings, at))
    for begin in range(0, len(found), RELEASE_BATCH):
        context.database.run(partial(release, code_refs=found[begin : begin + RELEASE_BATCH]))
    return len(found)


def _releasable(connection: Connection, settings: Settings, at: datetime) -> list[str]:
    skew = timedelta(seconds=settings.skew_s)
    max_duration = timedelta(seconds=settings.offline_max_duration_s)
    waiting = waiting_codes(connection, at - max_duration, at)
    if not waiting:
        return []
    since = min(code.issued_at for code in waiting) - skew - max_duration
    return releasable(waiting, terminal_standings(connection, since), skew=skew, max_duration=max_duration)
