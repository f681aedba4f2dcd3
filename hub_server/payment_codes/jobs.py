"""The sweep of codes and cards whose time is over."""

from hub_server.foundation.context import Context
from hub_server.foundation.scheduling import Job
from hub_server.payment_codes.expire_cards import expire_cards
from hub_server.payment_codes.expire_codes import SWEEP_LIMIT, expire_codes
from hub_server.payment_codes.release_allowances import release_allowances


def sweep_job(context: Context) -> Job:
    """Marks expired codes, batch by batch, so that no transaction is long, releases allowances, expires cards."""

    def sweep() -> None:
        at = context.clock.now()
        while context.database.run(lambda connection: expire_codes(connection, at)) == SWEEP_LIMIT:
            continue
        release_allowances(context, at)
        expire_cards(context, at)

    return Job("payment_codes.sweep", context.settings.code_sweep_s * 1_000, sweep)
