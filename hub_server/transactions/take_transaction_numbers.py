"""Numbers for new transactions."""

from hub_server.foundation.storage import Connection, NumberSequence, take_numbers
from hub_server.transactions.rules import number_of
from hub_server.transactions.states import TransactionKind


def take_transaction_numbers(connection: Connection, kind: TransactionKind, count: int) -> list[str]:
    """The next numbers of a kind, in order; never given again."""
    if count == 0:
        return []
    sequence = NumberSequence(kind.value)
    return [number_of(kind, number) for number in take_numbers(connection, sequence, count)]
