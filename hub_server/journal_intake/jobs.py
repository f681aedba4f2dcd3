"""The sweep of refunds that waited for a charge of another terminal."""

import logging
from itertools import groupby

from hub_server.foundation.context import Context
from hub_server.foundation.scheduling import Job
from hub_server.foundation.storage import Connection
from hub_server.journal_intake.queries import refunds_to_settle
from hub_server.journal_intake.settle_waiting_refunds import settle_waiting_refunds
from hub_server.journal_intake.tools import IntakeTools

_log = logging.getLogger("mps.hub.journal")

REFUND_SWEEP_MS = 3_000
"""So long a refund may wait after its charge came to its end; somebody stands at the counter."""
SWEEP_LIMIT = 200


def refunds_job(context: Context, tools: IntakeTools) -> Job:
    """Settles them terminal by terminal, each in a transaction of its own; one that fails holds up no other."""

    def sweep() -> None:
        waiting = context.database.read(lambda connection: refunds_to_settle(connection, SWEEP_LIMIT))
        for terminal_id, refunds in groupby(waiting, key=lambda refund: refund.terminal_id):
            seqs, one = [refund.seq for refund in refunds], terminal_id

            def settle(connection: Connection, one: str = one, seqs: list[int] = seqs) -> None:
                settle_waiting_refunds(connection, tools, one, seqs, context.clock.now())

            try:
                context.database.run(settle)
            except Exception:  # noqa: BLE001 - a boundary: logged, and tried again at the next sweep
                _log.exception("waiting refunds were not settled", extra={"terminal": terminal_id})

    return Job("journal_intake.refunds", REFUND_SWEEP_MS, sweep)
