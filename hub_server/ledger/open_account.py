"""Opening accounts."""

from datetime import datetime

from hub_server.foundation.storage import Connection
from hub_server.ledger.open_accounts import NewAccount, open_accounts
from hub_server.ledger.queries import find_account
from hub_server.ledger.states import HUB_OWNER, AccountKind


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
