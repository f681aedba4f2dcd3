"""Numbers that people read. Pure."""

from hub_server.transactions.states import TransactionKind

_PREFIXES = {
    TransactionKind.CHARGE: "PAY",
    TransactionKind.REFUND: "REF",
    TransactionKind.REVERSAL: "REV",
    TransactionKind.TOP_UP: "RCG",
    TransactionKind.ADJUSTMENT: "ADJ",
}


def number_of(kind: TransactionKind, number: int) -> str:
    """`PAY`, `REF`, `REV`, `RCG` or `ADJ` and ten digits (domain.md, Numbers people read)."""
    return f"{_PREFIXES[kind]}{number:010d}"
