"""Cards by the standing of who owns them."""

from collections.abc import Collection

from sqlalchemy import Connection, case, func, select

from hub_server.bindings.states import BindingRole
from hub_server.bindings.tables import bindings
from hub_server.members.tables import MemberStatus, members


def cards_of_inactive_owners(connection: Connection, card_ids: Collection[str]) -> set[str]:
    """Those of the cards that have owners, none of whom is active. A card that nobody owns is none of them."""
    is_active = members.c.status == MemberStatus.ACTIVE.value
    found = connection.execute(
        select(bindings.c.card_id)
        .join(members, members.c.id == bindings.c.member_id)
        .where(bindings.c.card_id.in_(card_ids), bindings.c.role == BindingRole.OWNER.value)
        .group_by(bindings.c.card_id)
        .having(func.sum(case((is_active, 1), else_=0)) == 0)
    )
    return set(found.scalars())
