"""Enrolment: a code and a public key become a terminal (protocol.md 3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.addresses import counted_address
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, current_incarnation, lock_rows
from hub_server.merchants import find_merchant, find_store, merchant_profile, policy_in_force, store_profile
from hub_server.signing_keys import HubSigningKeys
from hub_server.staff import staff_of_store
from hub_server.terminals.contact import touch_contact
from hub_server.terminals.create_terminal import hash_code
from hub_server.terminals.queries import (
    TerminalIdentity,
    Tries,
    enrol,
    find_code,
    find_tries,
    insert_status_change,
    store_tries,
    use_code,
)
from hub_server.terminals.rules import read_enrolment_code
from hub_server.terminals.states import TerminalStatus
from shared.api.terminals import Enrolment, EnrolRequest
from shared.clock import to_wire
from shared.jws import sign_jws
from shared.problems import Code, CodedError, FieldError, Refusal
from shared.signing import to_base64url
from shared.strict_json import dumps_object

CERTIFICATE_TYP = "mps-terminal+jws"


@dataclass(frozen=True, slots=True)
class EnrolmentDesk:
    """What enrolment needs; `feed_start` tells the feed's cursor and time (it lies above this floor)."""

    context: Context
    keys: HubSigningKeys
    feed_start: Callable[[Connection, datetime], tuple[str, datetime]]


def enrol_terminal(
    connection: Connection, desk: EnrolmentDesk, request: EnrolRequest, *, address: str, at: datetime
) -> Enrolment | Refusal:
    """Enrol; the same code with the same key again is given the same answer, for the first may have been lost.

    That holds while the code has not expired and the terminal is active: the answer has the PINs' hashes in it.
    A wrong code is a value, so that its count is committed.

    Raises:
        CodedError: RATE_LIMITED (too many wrong codes from the address), INVALID_REQUEST (no such key).
    """
    public_key, address = _public_key(request), counted_address(address)
    lock_rows(connection, "enrolment", [address])
    tries = _tries(connection, desk.context, address, at)
    code = read_enrolment_code(request.enrolment_code)
    terminal = None if code is None else _use(connection, desk, code, request, public_key, at)
    if terminal is None:
        store_tries(connection, address, Tries(tries.window_start, tries.wrong + 1))
        return Refusal(Code.ENROLMENT_CODE_INVALID)
    return _answer(connection, desk, *terminal, at)


def _public_key(request: EnrolRequest) -> bytes:
    try:
        return request.public_key.verifier().public_bytes
    except ValueError as error:
        wrong = FieldError(pointer="/public_key/x", detail="not an Ed25519 public key")
        raise CodedError(Code.INVALID_REQUEST, fields=(wrong,)) from error


def _tries(connection: Connection, context: Context, address: str, at: datetime) -> Tries:
    window = timedelta(seconds=context.settings.enrolment_window_s)
    tries = find_tries(connection, address)
    if tries is None or at - tries.window_start >= window:
        return Tries(at, 0)
    if tries.wrong >= context.settings.enrolment_wrong_tries:
        wait_s = -((at - tries.window_start - window) // timedelta(seconds=1))
        raise CodedError(Code.RATE_LIMITED, "too many wrong enrolment codes", retry_after_s=wait_s)
    return tries


def _use(
    connection: Connection,
    desk: EnrolmentDesk,
    code: str,
    request: EnrolRequest,
    public_key: bytes,
    at: datetime,
) -> tuple[TerminalIdentity, str] | None:
    """The terminal of a code with its certificate, enrolled now or before by this key; else None."""
    code_hash = hash_code(desk.keys, code)
    found = find_code(connection, code_hash)
    if found is None or at >= found.expires_at:
        return None
    terminal = found.terminal
    if found.used_at is not None:
        is_same = terminal.status is TerminalStatus.ACTIVE and terminal.public_key == public_key
        return (terminal, found.certificate) if is_same and found.certificate else None
    if not use_code(connection, code_hash, at):
        return None
    certificate = _certificate(desk.keys, terminal, public_key, at)
    is_new = enrol(
        connection,
        terminal.terminal_id,
        public_key=public_key,
        certificate=certificate,
        name=request.name,
        app_version=request.app_version,
        at=at,
    )
    if not is_new:
        return None
    insert_status_change(connection, terminal.terminal_id, TerminalStatus.ACTIVE, at, "enrolled", told_at=at)
    actor = Actor("terminal", terminal.terminal_id)
    event = actor.did(AuditName.TERMINAL_ENROLLED, "terminal", terminal.terminal_id, name=request.name)
    record(connection, at, [event])
    return terminal, certificate


def _certificate(keys: HubSigningKeys, terminal: TerminalIdentity, public_key: bytes, at: datetime) -> str:
    """The hub's word for a terminal: re-registers it at a hub restored from before it was enrolled."""
    payload: dict[str, object] = {
        "terminal": terminal.terminal_id,
        "terminal_no": terminal.terminal_no,
        "public_key": to_base64url(public_key),
        "merchant": terminal.merchant_id,
        "store": terminal.store_id,
        "enrolled_at": to_wire(at),
    }
    return sign_jws(CERTIFICATE_TYP, keys.signer.kid, dumps_object(payload), keys.signer)


def _answer(
    connection: Connection, desk: EnrolmentDesk, terminal: TerminalIdentity, certificate: str, at: datetime
) -> Enrolment:
    merchant = find_merchant(connection, terminal.merchant_id)
    store = find_store(connection, terminal.store_id)
    assert merchant is not None, "held by a foreign key"
    assert store is not None, "held by a foreign key"
    # The cursor before what it stands for: an event told twice is harmless, one that is skipped is not.
    cursor, hub_time = desk.feed_start(connection, at)
    touch_contact(connection, terminal.terminal_id, hub_time)
    return Enrolment(
        terminal_id=terminal.terminal_id,
        terminal_no=terminal.terminal_no,
        hub=desk.context.settings.base_url,
        merchant=merchant_profile(merchant),
        store=store_profile(store),
        staff=staff_of_store(connection, terminal.store_id),
        policy=policy_in_force(connection, terminal.merchant_id),
        jwks=desk.keys.jwks(),
        hub_time=hub_time,
        incarnation=current_incarnation(connection),
        cursor=cursor,
        certificate=certificate,
    )
