"""Use case: cards whose time is over are marked so, and their codes revoked."""

from datetime import datetime
from functools import partial

from hub_server.audit import SYSTEM, AuditName, record
from hub_server.cards import CardStatus, overdue_cards
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.payment_codes.move_card import locked_card, move_card
from hub_server.payment_codes.revoke_code import revoke_codes

_BATCH = 200


def expire_cards(context: Context, at: datetime) -> int:
    """Mark every card that expired by `at`, each in a transaction of its own; how many there were."""
    expired = 0
    while True:
        overdue = context.database.read(lambda connection: overdue_cards(connection, at, _BATCH))
        for card_id in overdue:
            expired += context.database.run(partial(_expire, card_id=card_id, at=at))
        if len(overdue) < _BATCH:
            return expired


def _expire(connection: Connection, card_id: str, at: datetime) -> bool:
    card = locked_card(connection, card_id)
    is_over = card.expires_at is not None and card.expires_at <= at
    may_expire = card.status in (CardStatus.ACTIVE, CardStatus.FROZEN)
    # Between the look and the lock somebody may have closed it, or reported it lost.
    if not (is_over and may_expire and move_card(connection, card, CardStatus.EXPIRED)):
        return False
    record(connection, at, [SYSTEM.did(AuditName.CARD_EXPIRED, "card", card_id)])
    revoke_codes(connection, card_id=card_id, at=at, actor=SYSTEM, reason="card expired")
    return True
