"""Forgetting what is no longer needed."""

from datetime import timedelta

from hub_server.access.queries import forget_ended_sessions, forget_windows_before
from hub_server.access.rules import PLACE_KNOWN
from hub_server.foundation.context import Context
from hub_server.foundation.scheduling import Job
from hub_server.foundation.storage import Connection

SWEEP_INTERVAL_MS = 3_600_000
KEPT_AFTER_THE_END = timedelta(days=30)
"""A stolen refresh token is still told from one that never was."""


def sweep_job(context: Context) -> Job:
    """Forgets counted tries that count no more, and sessions and refresh tokens that ended long ago."""

    def work() -> None:
        now = context.clock.now()

        def forget(connection: Connection) -> None:
            forget_windows_before(connection, now - PLACE_KNOWN)
            forget_ended_sessions(connection, now - KEPT_AFTER_THE_END)

        context.database.run(forget)

    return Job("access.sweep", SWEEP_INTERVAL_MS, work)
