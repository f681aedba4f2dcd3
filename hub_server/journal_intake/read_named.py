"""Read what refunds name besides the charges of the terminal's own journal."""

from collections.abc import Collection, Sequence

from hub_server.foundation.storage import Connection
from hub_server.journal_intake.facts import ChargeElsewhere, NamedCharges
from hub_server.journal_intake.incoming import Incoming
from hub_server.journal_intake.queries import TerminalRow, charges_elsewhere, has_other_terminals
from hub_server.shifts import shift_marks
from hub_server.transactions import transactions_by_entry, transactions_by_number
from shared.journal_entries import RefundData


def read_named(
    connection: Connection, terminal: TerminalRow, refunds: Sequence[Incoming], own_ids: Collection[str]
) -> NamedCharges:
    """What those refunds name that is not among `own_ids`, read before any card is locked.

    No other terminal is locked for it: a charge whose status was final when it was read stays so, and what it
    moved is read again under its card's lock; any other leaves the refund waiting.
    """
    asked = [(item.entry.seq, item.data) for item in refunds if isinstance(item.data, RefundData)]
    if not asked:
        return NamedCharges()
    numbers = sorted({data.tx_no for _, data in asked if data.tx_no is not None})
    absent = sorted({data.charge for _, data in asked if data.charge is not None} - set(own_ids))
    elsewhere = _elsewhere(connection, terminal, absent)
    return NamedCharges(
        by_number={
            tx_no: row.id
            for tx_no, row in transactions_by_number(connection, terminal.merchant_id, numbers).items()
        },
        elsewhere=elsewhere,
        may_be_elsewhere=len(elsewhere) < len(absent)
        and has_other_terminals(connection, terminal.merchant_id, terminal.terminal_id),
        shift_marks=tuple(shift_marks(connection, terminal.terminal_id, [seq for seq, _ in asked])),
    )


def _elsewhere(
    connection: Connection, terminal: TerminalRow, charge_ids: Sequence[str]
) -> dict[str, ChargeElsewhere]:
    """Each charge with its status, read first, and what it moved."""
    rows = charges_elsewhere(connection, terminal.merchant_id, terminal.terminal_id, charge_ids)
    found: dict[str, ChargeElsewhere] = {}
    for other_id in sorted({row.terminal_id for row in rows}):
        statuses = {row.entry_id: row.status for row in rows if row.terminal_id == other_id}
        moved = transactions_by_entry(connection, other_id, sorted(statuses))
        for charge_id, status in statuses.items():
            transaction = moved.get(charge_id)
            found.setdefault(
                charge_id, ChargeElsewhere(status, transaction.id if transaction is not None else None)
            )
    return found
