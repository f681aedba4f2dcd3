"""Use case extend_chain: link a page of committed events that are in no link yet, and sign the chain's end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub_server.audit.queries import (
    chain_end,
    insert_head,
    insert_links,
    last_head,
    unlinked_events,
)
from hub_server.audit.rules import FIRST_LINK, Head, chain, sign_head
from hub_server.foundation.storage import Connection, try_lock
from shared.signing import Signer


@dataclass(frozen=True, slots=True)
class Extension:
    """What one page did: how many were linked, the last one's id, and when the first was written."""

    count: int
    last_id: int
    oldest_at: datetime | None


def extend_chain(connection: Connection, after_id: int, limit: int) -> Extension | None:
    """Link up to `limit` events with higher ids; None while another node is at it."""
    if not try_lock(connection, "audit", "chain"):
        return None
    events = unlinked_events(connection, after_id, limit)
    if not events:
        return Extension(0, after_id, None)
    end = chain_end(connection)
    previous, first = (FIRST_LINK, 0) if end is None else (end.hash, end.position + 1)
    insert_links(connection, first, events, chain(previous, events))
    return Extension(len(events), events[-1].id, min(event.at for event in events))


def sign_end(
    connection: Connection, signer: Signer, *, through_id: int, at: datetime, every: timedelta
) -> str | None:
    """Sign where the chain ends, if it grew and the last head is so old, or of a clock that went back since.

    Returns the signed head, or None.

    Args:
        through_id: every event up to it is linked or never comes.
    """
    if not try_lock(connection, "audit", "chain"):
        return None
    end, last = chain_end(connection), last_head(connection)
    if end is None:
        return None
    if last is not None and (end.position <= last.position or last.at <= at < last.at + every):
        return None
    reached = through_id if last is None else max(through_id, last.through_id)
    head = Head(end.position, end.hash, reached, at)
    jws = sign_head(head, signer)
    insert_head(connection, head, jws)
    return jws
