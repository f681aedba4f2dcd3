"""Taking somebody on, with a PIN."""

import re
from datetime import datetime

import bcrypt

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.storage import Connection
from hub_server.staff.queries import StaffRow, insert_staff
from shared.ids import IdSource
from shared.problems import Code, CodedError, FieldError

_PIN = re.compile(r"[0-9]{4,8}")


def hash_pin(pin: str, cost: int) -> str:
    """bcrypt of a PIN of 4 to 8 digits. Slow on purpose: never call it inside a transaction.

    Raises:
        CodedError: INVALID_REQUEST.
    """
    if not _PIN.fullmatch(pin):
        wrong = FieldError(pointer="/pin", detail="4 to 8 digits")
        raise CodedError(Code.INVALID_REQUEST, fields=(wrong,))
    return bcrypt.hashpw(pin.encode("ascii"), bcrypt.gensalt(cost)).decode("ascii")


def create_staff(
    connection: Connection,
    ids: IdSource,
    *,
    merchant_id: str,
    name: str,
    pin_hash: str,
    at: datetime,
    actor: Actor,
) -> StaffRow:
    """Take somebody on; without a post (`post_staff`) nobody stands anywhere."""
    row = StaffRow(id=ids.new(), merchant_id=merchant_id, name=name, pin_hash=pin_hash)
    insert_staff(connection, row, at)
    record(connection, at, [actor.did(AuditName.STAFF_CREATED, "staff", row.id, merchant=merchant_id)])
    return row
