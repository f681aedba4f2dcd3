"""The sweep of codes and cards whose time is over, and the rotation of shared screens' codes."""

from datetime import timedelta

from hub_server.audit import SYSTEM
from hub_server.foundation.context import Context
from hub_server.foundation.scheduling import Job
from hub_server.payment_codes.code_shelf import CodeShelf
from hub_server.payment_codes.expire_cards import expire_cards
from hub_server.payment_codes.expire_codes import SWEEP_LIMIT, expire_codes
from hub_server.payment_codes.release_allowances import release_allowances
from hub_server.payment_codes.rotate_kiosk_codes import rotate_kiosk_codes
from hub_server.signing_keys import HubSigningKeys


def sweep_job(context: Context) -> Job:
    """Marks expired codes, batch by batch, so that no transaction is long, releases allowances, expires cards."""

    def sweep() -> None:
        at = context.clock.now()
        while context.database.run(lambda connection: expire_codes(connection, at)) == SWEEP_LIMIT:
            continue
        release_allowances(context, at)
        expire_cards(context, at)

    return Job("payment_codes.sweep", context.settings.code_sweep_s * 1_000, sweep)


def rotation_job(context: Context, keys: HubSigningKeys, shelf: CodeShelf) -> Job:
    """Makes anew what shared screens show and would not last to the next round, whoever made it."""
    interval_s = context.settings.kiosk_rotation_s

    def rotate() -> None:
        rotate_kiosk_codes(context, keys, shelf, actor=SYSTEM, lasting=timedelta(seconds=interval_s))

    return Job("payment_codes.kiosks", interval_s * 1_000, rotate)
