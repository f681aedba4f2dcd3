"""What refunds and reversals gave back of charges, and the status that follows."""

from collections.abc import Sequence

from hub_server.foundation.storage import Connection
from hub_server.transactions.queries import TransactionRow, give_back
from hub_server.transactions.states import TRANSITIONS, TransactionStatus


def record_given_back(connection: Connection, charges: Sequence[TransactionRow]) -> None:
    """Write `given_back` and `status` of charges, as they stand now, under their cards' locks.

    Each comes from a status that leads to its new one; a charge refunded in part stays completed.
    """
    for to in sorted({charge.status for charge in charges}):
        seen = [status for status, nexts in TRANSITIONS.items() if to in nexts]
        if to is TransactionStatus.COMPLETED:
            seen = [to]
        rows = [
            {"the_id": charge.id, "given_back": charge.given_back}
            for charge in charges
            if charge.status is to
        ]
        give_back(connection, seen, to, rows)
