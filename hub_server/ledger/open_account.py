"""Opening accounts."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hub_server.foundation.storage import Connection
from hub_server.ledger.open_accounts import NewAccount, open_accounts
from hub_server.ledger.queries import find_accounts
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
    found = find_accounts(connection, kind, [owner])
    if not found:
        raise LookupError(f"{owner} has no {kind.value} account")
    return _in_currency(found, kind, currency)[owner]


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
    new = NewAccount(id=account_id, kind=kind, owner=owner, currency=currency)
    return owned_account_ids(connection, kind, [new], currency=currency, at=at)[owner]


def owned_account_ids(
    connection: Connection, kind: AccountKind, wanted: Sequence[NewAccount], *, currency: str, at: datetime
) -> dict[str, str]:
    """The ids of many owners' accounts of one kind, by owner; those that are missing are opened as wanted.

    Raises:
        ValueError: an owner's account is in another currency.
    """
    if not wanted:
        return {}
    owners = [account.owner for account in wanted]
    found = find_accounts(connection, kind, owners)
    missing = [account for account in wanted if account.owner not in found]
    if missing:
        open_accounts(connection, missing, at=at)
        found = find_accounts(connection, kind, owners)
    return _in_currency(found, kind, currency)


def _in_currency(found: Mapping[str, tuple[str, str]], kind: AccountKind, currency: str) -> dict[str, str]:
    for owner, (_, own_currency) in found.items():
        if own_currency != currency:
            raise ValueError(f"the {kind.value} account of {owner} is in {own_currency}")
    return {owner: account_id for owner, (account_id, _) in found.items()}
