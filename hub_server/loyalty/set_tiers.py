"""Use case: the tier table gets its next version, and every card the tier that its points have now."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.loyalty.queries import (
    TIERS_LOCK,
    TierVersion,
    assign_tiers,
    insert_tier_version,
    tier_versions,
)
from hub_server.loyalty.rules import TierTable


def set_tiers(connection: Connection, table: TierTable, *, at: datetime, actor: Actor) -> TierVersion:
    """The version in force from now on; what is in force already changes nothing.

    Cards follow in the same transaction: whoever writes a card's tier meanwhile waits (`hold_tier_table`), so
    that no card keeps a tier of the table before. A code that is signed keeps its rate; the next one has the new.
    """
    kind, name = TIERS_LOCK
    lock_rows(connection, kind, [name])
    newest = tier_versions(connection, below=None, limit=1)
    if newest and newest[0].table == table:
        return newest[0]
    version = newest[0].version + 1 if newest else 1
    made = TierVersion(version=version, table=table, created_at=at, created_by=actor.id)
    insert_tier_version(connection, made)
    moved = assign_tiers(connection, table)
    event = actor.did(AuditName.TIERS_SET, "tiers", str(version), tiers=table.rows(), cards_moved=moved)
    record(connection, at, [event])
    return made
