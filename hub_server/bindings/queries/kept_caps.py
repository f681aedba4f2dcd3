"""Caps of bindings that have ended, kept for the day the member comes back to the card."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from hub_server.bindings.queries import BindingRow, Caps
from hub_server.bindings.tables import kept_caps


def keep_caps(connection: Connection, ended: Sequence[BindingRow]) -> None:
    """Keep the caps of these bindings as they are, none included; the caller holds their cards' locks."""
    if not ended:
        return
    connection.execute(
        delete(kept_caps).where(
            kept_caps.c.card_id == bindparam("the_card"), kept_caps.c.member_id == bindparam("the_member")
        ),
        [{"the_card": row.card_id, "the_member": row.member_id} for row in ended],
    )
    kept = [
        {
            "card_id": row.card_id,
            "member_id": row.member_id,
            "cap_per_charge": row.caps.per_charge,
            "cap_per_day": row.caps.per_day,
        }
        for row in ended
        if row.caps != Caps()
    ]
    if kept:
        connection.execute(insert(kept_caps), kept)


def caps_kept_of(connection: Connection, card_ids: Sequence[str], member_id: str) -> dict[str, Caps]:
    """The caps under which the member left those cards, by card; cards without any are left out."""
    rows = connection.execute(
        select(kept_caps).where(kept_caps.c.card_id.in_(card_ids), kept_caps.c.member_id == member_id)
    )
    return {row.card_id: Caps(row.cap_per_charge, row.cap_per_day) for row in rows}
