"""Reading and writing accounts and postings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPosting:
    """A posting with whose accounts it moved between; `amount` in minor units, from debit to credit."""

    id: int
    debit_kind: AccountKind
    debit_owner: str
    credit_kind: AccountKind
    credit_owner: str
    amount: int
    currency: str
    posted_at: datetime


def postings_of(connection: Connection, transaction_id: str) -> list[SeenPosting]:
    """What a transaction moved, in the order in which it was posted."""
    debit, credit = accounts.alias("debit"), accounts.alias("credit")
    rows = connection.execute(
        select(
            postings.c.id,
            debit.c.kind.label("debit_kind"),
            debit.c.owner.label("debit_owner"),
            credit.c.kind.label("credit_kind"),
            credit.c.owner.label("credit_owner"),
            postings.c.amount,
            postings.c.currency,
            postings.c.posted_at,
        )
        .join(debit, debit.c.id == postings.c.debit_account)
        .join(credit, credit.c.id == postings.c.credit_account)
        .where(postings.c.transaction_id == transaction_id)
        .order_by(postings.c.id)
    )
    return [
        SeenPosting(
            id=row.id,
            debit_kind=AccountKind(row.debit_kind),
            debit_owner=row.debit_owner,
            credit_kind=AccountKind(row.credit_kind),
            credit_owner=row.credit_owner,
            amount=row.amount,
            currency=row.currency,
            posted_at=row.posted_at,
        )
        for row in rows
    ]


def insert_accounts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert accounts; an owner's second of one kind is left out."""
    insert_new_rows(connection, accounts, rows)


def insert_postings(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert postings in one statement."""
    connection.execute(insert(postings), list(rows))
