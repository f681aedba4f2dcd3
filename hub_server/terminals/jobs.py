"""Forgetting what is no longer needed."""

from datetime import timedelta

from hub_server.foundation.context import Context
from hub_server.foundation.scheduling import Job
from hub_server.terminals.queries import sweep

SWEEP_INTERVAL_MS = 60_000


def sweep_job(context: Context) -> Job:
    """Forgets used assertions that have expired, and old wrong enrolment codes."""

    def work() -> None:
        now = context.clock.now()
        window = timedelta(seconds=context.settings.enrolment_window_s)
        context.database.run(lambda connection: sweep(connection, now, now - window))

    return Job("terminals.sweep", SWEEP_INTERVAL_MS, work)
