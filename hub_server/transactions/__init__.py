"""Owns transactions: their numbers, their states, and how they are told."""

from hub_server.transactions.listing import (
    KindSums,
    TransactionFilter,
    list_transactions_by_arrival,
    list_transactions_by_time,
    sums_of_day,
)
from hub_server.transactions.queries import (
    TransactionRow,
    insert_transactions,
    points_clawed_back,
    repeated_order_refs,
    taken_numbers,
    transactions_by_entry,
    transactions_by_id,
    transactions_by_number,
)
from hub_server.transactions.record_given_back import record_given_back
from hub_server.transactions.rules import number_of
from hub_server.transactions.states import TRANSITIONS, TransactionKind, TransactionStatus
from hub_server.transactions.take_transaction_numbers import take_transaction_numbers

__all__ = [
    "TRANSITIONS",
    "KindSums",
    "TransactionFilter",
    "TransactionKind",
    "TransactionRow",
    "TransactionStatus",
    "insert_transactions",
    "list_transactions_by_arrival",
    "list_transactions_by_time",
    "number_of",
    "points_clawed_back",
    "record_given_back",
    "repeated_order_refs",
    "sums_of_day",
    "take_transaction_numbers",
    "taken_numbers",
    "transactions_by_entry",
    "transactions_by_id",
    "transactions_by_number",
]
