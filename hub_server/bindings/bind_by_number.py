"""Use case bind_member_to_card by the card's number (the seed's 1.4).

With a password set on the card it must be given; with none, the member becomes a viewer and an owner confirms
the wished role. Since card numbers can be guessed, a member and an address have so many tries an hour, and who
gives a password learns nothing of a number that no card has.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub_server.access import Passwords, count_or_refuse
from hub_server.audit import Actor, AuditName, record
from hub_server.bindings.bind_card import bind_card
from hub_server.bindings.owned_card import require_binding_card, require_shareable
from hub_server.bindings.queries import BindingRow, binding_of, count_owners
from hub_server.bindings.queries.sharing import (
    RequestRow,
    Tries,
    insert_request,
    tries_of,
    waiting_request_of,
    write_tries,
)
from hub_server.bindings.rules import is_fit_password, role_named
from hub_server.bindings.states import BindingRole, RequestState
from hub_server.cards import (
    SHAREABLE,
    CardRow,
    binding_password_hash,
    card_by_number,
    read_card,
    type_of_number,
)
from hub_server.foundation.addresses import counted_address
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.members import require_active
from hub_server.settings import Settings
from shared.problems import Code, CodedError, Refusal

_BY_MEMBER = "binding_member"
_BY_ADDRESS = "binding_address"
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bound:
    """A member's binding, and the role that waits for an owner; `is_new` if there was none before."""

    card: CardRow
    binding: BindingRow
    requested: BindingRole | None = None
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberGiven:
    """What the member typed or scanned: a card's number, the wished role, the card's password."""

    card_no: str
    role: str
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Compared:
    """The hash that the password was compared with before the transaction, and whether it fits."""

    password_hash: str | None = field(repr=False)
    fits: bool


@dataclass(frozen=True, slots=True)
class _Wait:
    """Binding on the card is locked for so long."""

    seconds: int


def bind_by_number(
    context: Context, passwords: Passwords, member_id: str, given: NumberGiven, address: str
) -> Bound:
    """Bind the member, who asks from that network address, or give the binding there is.

    A wrong password is counted and committed before it is refused, however many try at once.

    Raises:
        CodedError: RATE_LIMITED (the member's numbers of this hour, or the address's), MEMBER_NOT_ACTIVE,
            CARD_NOT_FOUND, CARD_TYPE_NOT_SHAREABLE, CARD_NOT_ACTIVE, BINDING_LOCKED, INVALID_BINDING_PASSWORD
            (also with a number that no card has), INVALID_ROLE; SYSTEM_BUSY (too many passwords at once).
    """
    at = context.clock.now()
    context.database.run(lambda c: _count(c, context.settings, member_id, address, at))
    compared = _compare(context, passwords, given, at)
    answer = context.database.run(lambda c: _bind(c, context, member_id, given, compared, at))
    if isinstance(answer, _Wait):
        raise CodedError(Code.BINDING_LOCKED, retry_after_s=answer.seconds)
    if isinstance(answer, Refusal):
        raise CodedError(answer.code, answer.detail)
    return answer


def _count(connection: Connection, settings: Settings, member_id: str, address: str, at: datetime) -> None:
    count_or_refuse(connection, _BY_MEMBER, member_id, settings.bindings_per_member_per_hour, _HOUR, at)
    counted = counted_address(address)
    count_or_refuse(connection, _BY_ADDRESS, counted, settings.bindings_per_address_per_hour, _HOUR, at)


def _compare(context: Context, passwords: Passwords, given: NumberGiven, at: datetime) -> _Compared:
    """bcrypt, outside the transaction. It takes as long where there is no card or no password: time tells nothing."""
    password_hash, tries = context.database.read(lambda c: _look(c, given.card_no))
    is_locked = tries.locked_until is not None and tries.locked_until > at
    is_shared_kind = type_of_number(given.card_no) in SHAREABLE
    if given.password is None or not is_fit_password(given.password) or is_locked or not is_shared_kind:
        return _Compared(password_hash, fits=False)
    with passwords.in_line():
        return _Compared(password_hash, passwords.check(given.password, password_hash))


def _look(connection: Connection, card_no: str) -> tuple[str | None, Tries]:
    card = card_by_number(connection, card_no)
    if card is None:
        return None, Tries()
    return binding_password_hash(connection, card.id), tries_of(connection, card.id)


def _bind(
    connection: Connection,
    context: Context,
    member_id: str,
    given: NumberGiven,
    compared: _Compared,
    at: datetime,
) -> Bound | Refusal | _Wait:
    require_active(connection, member_id)
    card = _locked_card(connection, given, member_id)
    require_binding_card(card, at)
    there = binding_of(connection, card.id, member_id)
    wished = role_named(given.role)
    if there is not None:
        if wished is None:
            raise CodedError(Code.INVALID_ROLE)
        waiting = waiting_request_of(connection, card.id, member_id)
        return Bound(card, there, None if waiting is None else waiting.role)
    require_shareable(card)
    if count_owners(connection, card.id) == 0:
        raise CodedError(Code.CARD_NOT_ACTIVE, "nobody owns the card, so nobody may answer")
    password_hash = binding_password_hash(connection, card.id)
    if password_hash is not None:
        refused = _judge(connection, context, member_id, card, given, compared, password_hash, at)
        if refused is not None:
            return refused
    if wished is None or wished is BindingRole.OWNER:
        raise CodedError(Code.INVALID_ROLE)
    role = BindingRole.VIEWER if password_hash is None else wished
    binding = bind_card(
        connection,
        context.ids,
        card_id=card.id,
        member_id=member_id,
        role=role,
        at=at,
        actor=Actor("member", member_id),
    )
    if role is wished:
        return Bound(card, binding, is_new=True)
    _ask_owner(connection, context, binding, wished, at)
    return Bound(card, binding, wished, is_new=True)


def _locked_card(connection: Connection, given: NumberGiven, member_id: str) -> CardRow:
    """The card of this number, under its lock.

    Of a card that only its owner may hold, nobody else learns whether it exists. A number that no card has is
    refused as a wrong password is, if one was given.
    """
    card_no = given.card_no
    card_type = type_of_number(card_no)
    found = None if card_type is None else card_by_number(connection, card_no)
    if found is not None:
        lock_rows(connection, "card", [found.id])
        found = read_card(connection, found.id)
    if found is not None and found.card_no != card_no:
        found = None
    is_shared_kind = card_type is None or card_type in SHAREABLE
    is_own = found is not None and binding_of(connection, found.id, member_id) is not None
    if not is_shared_kind and not is_own:
        raise CodedError(Code.CARD_TYPE_NOT_SHAREABLE)
    if found is None:
        may_be_one = card_type is not None and given.password is not None
        raise CodedError(Code.INVALID_BINDING_PASSWORD if may_be_one else Code.CARD_NOT_FOUND)
    return found


def _judge(
    connection: Connection,
    context: Context,
    member_id: str,
    card: CardRow,
    given: NumberGiven,
    compared: _Compared,
    password_hash: str,
    at: datetime,
) -> Refusal | _Wait | None:
    """None if the password fits; a value otherwise, so that the counted try is committed."""
    settings, tries = context.settings, tries_of(connection, card.id)
    if tries.locked_until is not None and tries.locked_until > at:
        left = tries.locked_until - at
        return _Wait(-(-left // timedelta(seconds=1)))
    if given.password is None:
        return Refusal(Code.INVALID_BINDING_PASSWORD, "this card needs its password")
    if compared.password_hash != password_hash:
        return Refusal(Code.INVALID_BINDING_PASSWORD, "the password has just been changed")
    if compared.fits:
        if tries != Tries():
            write_tries(connection, card.id, Tries())
        return None
    wrong = tries.wrong + 1
    if wrong < settings.binding_tries:
        write_tries(connection, card.id, Tries(wrong))
    else:
        until = at + timedelta(seconds=settings.binding_lock_s)
        write_tries(connection, card.id, Tries(0, until))
        locked = Actor("member", member_id).did(AuditName.BINDING_LOCKED, "card", card.id, tries=wrong)
        record(connection, at, [locked])
    return Refusal(Code.INVALID_BINDING_PASSWORD)


def _ask_owner(
    connection: Connection, context: Context, binding: BindingRow, wished: BindingRole, at: datetime
) -> None:
    request = RequestRow(
        id=context.ids.new(),
        card_id=binding.card_id,
        member_id=binding.member_id,
        role=wished,
        state=RequestState.WAITING,
        asked_at=at,
    )
    insert_request(connection, request)
    actor = Actor("member", binding.member_id)
    asked = actor.did(AuditName.BINDING_REQUESTED, "card", binding.card_id, role=wished.value)
    record(connection, at, [asked])
