"""Spells of contact: while the hub told a terminal its time (protocol.md 5, rule 4)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from hub_server.foundation.storage import Connection, lost_times
from hub_server.terminals.queries import extend_spells, insert_spells, spells_between

SPELL_GAP = timedelta(seconds=60)
"""A silence up to this long does not end a spell: it is the skew that a contact is allowed anyway."""


def touch_contact(connection: Connection, terminal_id: str, at: datetime) -> None:
    """Record that the terminal is about to be told `at` as the hub's time. Commit before telling it."""
    touch_contacts(connection, [terminal_id], at)


def touch_contacts(connection: Connection, terminal_ids: Collection[str], at: datetime) -> None:
    """The same for many terminals, in three statements at most."""
    wanted = sorted(set(terminal_ids))
    if not wanted:
        return
    within = extend_spells(connection, wanted, at, SPELL_GAP)
    insert_spells(connection, [terminal_id for terminal_id in wanted if terminal_id not in within], at)


def was_in_contact(
    connection: Connection, terminal_id: str, contacts: Collection[datetime], skew: timedelta
) -> frozenset[datetime]:
    """Those of the contacts that lie in a recorded spell of the terminal, give or take `skew`.

    Between a copy and its restore nothing was kept of any contact: there every terminal is believed.
    """
    if not contacts:
        return frozenset()
    spells = spells_between(connection, terminal_id, min(contacts) - skew, max(contacts) + skew)
    spells += lost_times(connection)
    return frozenset(
        contact
        for contact in contacts
        if any(began - skew <= contact <= ended + skew for began, ended in spells)
    )
