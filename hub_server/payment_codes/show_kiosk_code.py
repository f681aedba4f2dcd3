"""Use case: a shared screen fetches the code that it is to show."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub_server.audit import Actor
from hub_server.bindings import cards_of_inactive_owners
from hub_server.cards import read_card
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.payment_codes.code_shelf import CodeShelf
from hub_server.payment_codes.issue_code import NewCode, issue_codes
from hub_server.payment_codes.queries import CodeRow, live_codes_of
from hub_server.payment_codes.queries.kiosks import KioskRow, kiosk_of_card
from hub_server.payment_codes.refuse_card import refuse_card
from hub_server.payment_codes.rotate_kiosk_codes import is_of_a_phone, order_for
from hub_server.signing_keys import HubSigningKeys
from shared.problems import Code, CodedError


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The screen shows the live code already."""

    code_ref: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A member's phone has the card's live code, for so many seconds at most."""

    seconds: int


def show_kiosk_code(
    context: Context, keys: HubSigningKeys, shelf: CodeShelf, kiosk: KioskRow, seen: str | None
) -> NewCode | Unchanged | Waiting:
    """The card's live code: `seen` by the screen already, on this process's shelf, or made on the spot.

    No text of a code is ever stored, so that what another process made, or this one before a restart, cannot be
    had again.

    Raises:
        CodedError: CARD_NOT_ACTIVE, CARD_EXPIRED, MEMBER_NOT_ACTIVE (none of the card's owners is active),
            UNAUTHENTICATED (the screen was revoked meanwhile).
    """
    at = context.clock.now()
    live = context.database.read(lambda connection: _live_code(connection, kiosk, at))
    if live is not None and live.expires_at >= at:
        if is_of_a_phone(live, at):
            return _wait(live, at)
        if seen == live.code_ref:
            return Unchanged(live.code_ref)
        shown = shelf.find(kiosk.card_id, live.code_ref)
        if shown is not None:
            return shown
    order = order_for(context, kiosk)

    def issue(connection: Connection) -> NewCode | Waiting:
        lock_rows(connection, "card", [kiosk.card_id])
        meanwhile = _live_code(connection, kiosk, at)
        if meanwhile is not None and is_of_a_phone(meanwhile, at):
            return _wait(meanwhile, at)
        actor = Actor("kiosk", kiosk.id)
        return issue_codes(connection, keys, context.settings, [order], at=at, actor=actor)[0]

    made = context.database.run(issue)
    if isinstance(made, NewCode):
        shelf.put(made)
    return made


def _live_code(connection: Connection, kiosk: KioskRow, at: datetime) -> CodeRow | None:
    if kiosk_of_card(connection, kiosk.card_id) != kiosk:
        raise CodedError(Code.UNAUTHENTICATED, "the screen was revoked")
    card = read_card(connection, kiosk.card_id)
    refusal = None if card is None else refuse_card(card, at)
    if refusal is not None:
        raise CodedError(refusal.code)
    if cards_of_inactive_owners(connection, [kiosk.card_id]):
        raise CodedError(Code.MEMBER_NOT_ACTIVE, "none of the card's owners is active")
    return live_codes_of(connection, [kiosk.card_id]).get(kiosk.card_id)


def _wait(live: CodeRow, at: datetime) -> Waiting:
    second = timedelta(seconds=1)
    return Waiting(max(1, -((at - live.expires_at) // second)))
