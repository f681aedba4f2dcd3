"""Terminals' entries along their chains."""

from sqlalchemy import Connection, select

from hub_server.consistency.queries.streams import Rows, stream
from hub_server.journal_intake.tables import journal_entries
from hub_server.terminals.tables import terminals
from hub_server.transactions.tables import transactions


def entries_in_order(connection: Connection) -> Rows:
    """Every entry of every terminal along its chain, with the terminal's key and the transaction's number."""
    return stream(
        connection,
        select(
            journal_entries,
            terminals.c.public_key,
            terminals.c.verified_through,
            terminals.c.verified_hash,
            transactions.c.tx_no,
        )
        .join(terminals, terminals.c.id == journal_entries.c.terminal_id)
        .outerjoin(transactions, transactions.c.id == journal_entries.c.transaction_id)
        .order_by(journal_entries.c.terminal_id, journal_entries.c.seq),
    )
