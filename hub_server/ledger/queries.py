"""Reading and writing accounts and postings."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from hub_server.foundation.storage import insert_new_rows
from hub_server.ledger.states import AccountKind
from hub_server.ledger.tables import accounts, postings


def find_accounts(
    connection: Connection, kind: AccountKind, owners: Sequence[str]
) -> dict[str, tuple[str, str]]:
    """Id and currency of those owners' accounts of a kind, by owner."""
    found = connection.execute(
        select(accounts.c.owner, accounts.c.id, accounts.c.currency).where(
            accounts.c.kind == kind, accounts.c.owner.in_(owners)
        )
    )
    return {row.owner: (row.id, row.currency) for row in found}


def insert_accounts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert accounts; an owner's second of one kind is left out."""
    insert_new_rows(connection, accounts, rows)


def insert_postings(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert postings in one statement."""
    connection.execute(insert(postings), list(rows))
