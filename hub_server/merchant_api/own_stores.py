"""A merchant's own stores and terminals; those of others are as unknown as those of nobody."""

from hub_server.access import MerchantSession
from hub_server.foundation.storage import Connection
from hub_server.merchants import StoreRow, find_store, stores_of
from hub_server.terminals import TerminalStanding, terminal_standing
from shared.problems import Code, CodedError


def own_store(
    connection: Connection, store_id: str, *, merchant_id: str, held_to: str | None = None
) -> StoreRow:
    """The store, if it is the merchant's and, where somebody is held to one store, that one.

    Raises:
        CodedError: NOT_FOUND.
    """
    store = find_store(connection, store_id)
    if store is None or store.merchant_id != merchant_id or held_to not in (None, store.id):
        raise CodedError(Code.NOT_FOUND, "no such store")
    return store


def own_stores(connection: Connection, merchant_id: str, held_to: str | None) -> list[StoreRow]:
    """The stores that may be seen, the oldest first."""
    return [store for store in stores_of(connection, merchant_id) if held_to in (None, store.id)]


def store_of_session(connection: Connection, session: MerchantSession, store_id: str) -> StoreRow:
    """As `own_store`, for somebody who is signed in."""
    return own_store(connection, store_id, merchant_id=session.merchant_id, held_to=session.store_id)


def terminal_of_session(
    connection: Connection, session: MerchantSession, terminal_id: str
) -> TerminalStanding:
    """The terminal, if it is the merchant's and, where somebody is held to one store, that store's.

    Raises:
        CodedError: NOT_FOUND.
    """
    found = terminal_standing(connection, terminal_id)
    if (
        found is None
        or found.merchant_id != session.merchant_id
        or session.store_id not in (None, found.store_id)
    ):
        raise CodedError(Code.NOT_FOUND, "no such terminal")
    return found


def seen_stores(
    connection: Connection, session: MerchantSession, *, after: str | None, limit: int
) -> list[StoreRow]:
    """A page of the stores that somebody who is signed in may see, the oldest first, from after an id."""
    if session.store_id is not None:
        return [] if after is not None else own_stores(connection, session.merchant_id, session.store_id)
    return stores_of(connection, session.merchant_id, after=after, limit=limit)
