"""A charge that must not stand: its transaction is reversed, once."""

from collections.abc import Sequence

from hub_server.foundation.storage import Connection
from hub_server.transactions.queries import TransactionRow, give_back
from hub_server.transactions.states import TRANSITIONS, TransactionStatus


def mark_reversed(connection: Connection, charges: Sequence[TransactionRow]) -> None:
    """Set completed or refunded charges, under their cards' locks, to reversed; all was given back."""
    if not charges:
        return
    to = TransactionStatus.REVERSED
    seen = [status for status, nexts in TRANSITIONS.items() if to in nexts]
    rows = [{"the_id": charge.id, "given_back": charge.payable} for charge in charges]
    give_back(connection, seen, to, rows)
