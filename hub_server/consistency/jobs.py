"""The check every quarter of an hour."""

from hub_server.consistency.watch import ConsistencyWatch
from hub_server.foundation.context import Context
from hub_server.foundation.scheduling import Job


def check_job(context: Context, watch: ConsistencyWatch) -> Job:
    """Checks every `consistency_check_s`."""
    return Job("consistency.check", context.settings.consistency_check_s * 1_000, watch.run_when_due)
