"""Transactions as lists, and as the sums of a merchant's day."""

from hub_server.transactions.listing.list_transactions import (
    list_transactions_by_arrival,
    list_transactions_by_time,
)
from hub_server.transactions.listing.queries import KindSums, TransactionFilter, sums_of_day

__all__ = [
    "KindSums",
    "TransactionFilter",
    "list_transactions_by_arrival",
    "list_transactions_by_time",
    "sums_of_day",
]
