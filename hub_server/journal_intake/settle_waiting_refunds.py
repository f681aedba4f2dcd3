"""Use case settle_waiting_refunds: refunds whose charge another terminal has brought to its end meanwhile."""

from collections.abc import Collection
from datetime import datetime

from hub_server.foundation.storage import Connection, lock_rows
from hub_server.journal_intake.finish_batch import finish_batch
from hub_server.journal_intake.queries import read_terminal
from hub_server.journal_intake.read_batch import read_batch
from hub_server.journal_intake.tools import IntakeTools


def settle_waiting_refunds(
    connection: Connection, tools: IntakeTools, terminal_id: str, seqs: Collection[int], now: datetime
) -> None:
    """Judge those of a terminal's waiting refunds as if it had sent them again; its feed tells it (`settled`).

    Raises:
        LookupError: there is no such enrolled terminal.
        DatabaseBusy: a lock was not had in time (by `Database.run`).
    """
    lock_rows(connection, "terminal", [terminal_id])
    terminal = read_terminal(connection, terminal_id)
    batch = read_batch(connection, tools, terminal, [], now, again=frozenset(seqs))
    finish_batch(connection, tools, batch, (), batch.through)
