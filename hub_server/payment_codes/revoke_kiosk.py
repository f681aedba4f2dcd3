"""Use case: a shared screen's registration is taken back, and the codes that were made for it."""

from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.payment_codes.queries.kiosks import end_kiosk, kiosk_of
from hub_server.payment_codes.revoke_code import revoke_codes
from shared.ids import is_uuid7
from shared.problems import Code, CodedError


def revoke_kiosk(connection: Connection, *, kiosk_id: str, at: datetime, actor: Actor) -> bool:
    """Its key opens nothing from now on; false if that was so already. A phone's code stays what it is.

    Raises:
        CodedError: NOT_FOUND.
    """
    kiosk = kiosk_of(connection, kiosk_id) if is_uuid7(kiosk_id) else None
    if kiosk is None:
        raise CodedError(Code.NOT_FOUND)
    lock_rows(connection, "card", [kiosk.card_id])
    if not end_kiosk(connection, kiosk_id, at):
        return False
    record(connection, at, [actor.did(AuditName.KIOSK_REVOKED, "kiosk", kiosk_id, card_id=kiosk.card_id)])
    revoke_codes(
        connection,
        card_id=kiosk.card_id,
        at=at,
        actor=actor,
        reason="the screen was revoked",
        kiosk_id=kiosk_id,
    )
    return True
