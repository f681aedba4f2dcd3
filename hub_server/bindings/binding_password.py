"""Use case: an owner sets the password by which others bind themselves to the card, or takes it away."""

from datetime import datetime

from hub_server.access import Passwords
from hub_server.audit import Actor, AuditName, record
from hub_server.bindings.owned_card import owned_card, require_owner, require_shareable
from hub_server.bindings.queries.sharing import Tries, write_tries
from hub_server.bindings.rules import MAX_PASSWORD_BYTES, MIN_PASSWORD_BYTES, is_fit_password
from hub_server.cards import set_binding_password_hash
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from shared.problems import Code, CodedError, FieldError


def set_binding_password(
    context: Context, passwords: Passwords, *, owner_id: str, card_id: str, password: str | None
) -> None:
    """Hash it outside the transaction, then keep the hash; wrong tries and a lock on the card are forgotten.

    Raises:
        CodedError: INVALID_REQUEST, CARD_NOT_FOUND, FORBIDDEN, MEMBER_NOT_ACTIVE, CARD_TYPE_NOT_SHAREABLE;
            SYSTEM_BUSY (too many passwords at once).
    """
    context.database.read(lambda connection: require_owner(connection, card_id, owner_id))
    password_hash = None if password is None else _hash(passwords, password)
    at = context.clock.now()
    context.database.run(lambda connection: _keep(connection, owner_id, card_id, password_hash, at))


def _hash(passwords: Passwords, password: str) -> str:
    if not is_fit_password(password):
        detail = f"{MIN_PASSWORD_BYTES} to {MAX_PASSWORD_BYTES} bytes"
        raise CodedError(Code.INVALID_REQUEST, fields=(FieldError(pointer="/password", detail=detail),))
    with passwords.in_line():
        return passwords.hash(password)


def _keep(
    connection: Connection, owner_id: str, card_id: str, password_hash: str | None, at: datetime
) -> None:
    card = owned_card(connection, card_id, owner_id)
    require_shareable(card)
    set_binding_password_hash(connection, card.id, password_hash)
    write_tries(connection, card.id, Tries())
    is_set = password_hash is not None
    changed = Actor("member", owner_id).did(AuditName.BINDING_PASSWORD, "card", card.id, is_set=is_set)
    record(connection, at, [changed])
