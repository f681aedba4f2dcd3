"""Posting: the only way money moves."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from hub_server.foundation.storage import Connection
from hub_server.ledger.queries import insert_postings


@dataclass(frozen=True, slots=True)
class Posting:
    """One row moves `amount` minor units from the debited account to the credited one; never changed."""

    transaction_id: str
    debit_account: str
    credit_account: str
    amount: int
    currency: str
    posted_at: datetime


def post(connection: Connection, postings: Sequence[Posting]) -> None:
    """Write postings in one statement; each is balanced by its form."""
    if postings:
        insert_postings(connection, [asdict(posting) for posting in postings])
