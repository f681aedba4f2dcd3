"""The sweep of codes that nobody used."""

from hub_server.foundation.context import Context
from hub_server.foundation.scheduling import Job
from hub_server.payment_codes.expire_codes import SWEEP_LIMIT, expire_codes


def sweep_job(context: Context) -> Job:
    """Marks expired codes, batch by batch, so that no transaction is long."""

    def sweep() -> None:
        at = context.clock.now()
        while context.database.run(lambda connection: expire_codes(connection, at)) == SWEEP_LIMIT:
            continue

    return Job("payment_codes.sweep", context.settings.code_sweep_s * 1_000, sweep)
