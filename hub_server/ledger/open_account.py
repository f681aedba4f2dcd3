"""Opening accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub_server.foundation.storage import Connection
from hub_server.ledger.queries import find_account, insert_accounts
from hub_server.ledger.states import HUB_OWNER, AccountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to open; `owner` is an id, a gateway's name or `HUB_OWNER`."""

    id: str
    kind: AccountKind
    owner: str
    currency: str


def open_accounts(connection: Connection, new: Sequence[NewAccount], *, at: datetime) -> None:
    """Open accounts in one statement; one whose owner has one of the kind already is left as it is."""
    rows = [
        {"id": each.id, "kind": each.kind, "owner": each.owner, "currency": each.currency, "opened_at": at}
        for each in new
    ]
    insert_accounts(connection, rows)


def open_account(
    connection: Connection, *, kind: AccountKind, owner: str, currency: str, at: datetime, account_id: str
) -> str:
    """Open an account unless the owner has one of the kind; its id either way.

    Raises:
        ValueError: the owner's account is in another currency.
    """
    new = NewAccount(id=account_id, kind=kind, owner=owner, currency=currency)
    open_accounts(connection, [new], at=at)
    return account_id_of(connection, kind, owner, currency)


def account_id_of(connection: Connection, kind: AccountKind, owner: str, currency: str) -> str:
    """The id of an account that is there.

    Raises:
        LookupError: the owner has none of the kind.
        ValueError: the owner's account is in another currency.
    """
    found = find_account(connection, kind, owner)
    if found is None:
        raise LookupError(f"{owner} has no {kind.value} account")
    account_id, own_currency = found
    if own_currency != currency:
        raise ValueError(f"the {kind.value} account of {owner} is in {own_currency}")
    return account_id


def owned_account_id(
    connection: Connection,
    kind: AccountKind,
    owner: str = HUB_OWNER,
    *,
    currency: str,
    at: datetime,
    account_id: str,
) -> str:
    """The id of an account that is opened when first needed: a gateway's, an overdraft, the hub's own.

    `account_id` is used if it is opened now.

    Raises:
        ValueError: the owner's account is in another currency.
    """
    found = find_account(connection, kind, owner)
    if found is None:
        return open_account(
            connection, kind=kind, owner=owner, currency=currency, at=at, account_id=account_id
        )
    return account_id_of(connection, kind, owner, currency)
