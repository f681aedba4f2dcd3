"""Use case: a shared screen is registered for a card, and is shown its key once."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.cards import CardTypeName
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.payment_codes.move_card import locked_card
from hub_server.payment_codes.queries.kiosks import KioskRow, insert_kiosk, kiosk_of_card, kiosk_of_key
from shared.problems import Code, CodedError, FieldError
from shared.signing import to_base64url

KEY_BYTES = 32
SHAREABLE = frozenset({CardTypeName.PREPAID, CardTypeName.CORPORATE})
"""Cards that a shared screen may show (domain.md, Payment code)."""


@dataclass(frozen=True, slots=True)
class NewKiosk:
    """The screen, and its key, which is kept nowhere."""

    kiosk: KioskRow
    key: str = field(repr=False)


def register_kiosk(
    connection: Connection, context: Context, *, card_id: str, name: str, at: datetime, actor: Actor
) -> NewKiosk:
    """Register a screen that will show the card's codes.

    Raises:
        CodedError: CARD_NOT_FOUND, CARD_TYPE_NOT_SHAREABLE, INVALID_REQUEST (the card has a screen already: it
            has one live code, which two screens would take from each other).
    """
    card = locked_card(connection, card_id)
    if card.card_type not in SHAREABLE:
        raise CodedError(Code.CARD_TYPE_NOT_SHAREABLE)
    other = kiosk_of_card(connection, card_id)
    if other is not None:
        field_error = FieldError(pointer="/card_id", detail=f"shown by {other.name}; revoke that first")
        raise CodedError(Code.INVALID_REQUEST, "the card has a screen already", fields=(field_error,))
    key = f"mps_kiosk_{to_base64url(context.random_bytes(KEY_BYTES))}"
    kiosk = KioskRow(id=context.ids.new(), name=name, card_id=card_id, created_at=at)
    insert_kiosk(connection, kiosk, _key_hash(key))
    record(connection, at, [actor.did(AuditName.KIOSK_REGISTERED, "kiosk", kiosk.id, card_id=card_id)])
    return NewKiosk(kiosk, key)


def kiosk_with_key(connection: Connection, key: str) -> KioskRow | None:
    """Whose key it is, unless the screen was revoked."""
    return kiosk_of_key(connection, _key_hash(key))


def _key_hash(key: str) -> bytes:
    """256 random bits need no stretching."""
    return hashlib.sha256(key.encode("utf-8")).digest()
