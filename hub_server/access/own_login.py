"""Use cases of somebody signed in with a password, about the own login: another password, a second factor."""

from dataclasses import dataclass, field

from hub_server.access.attempts import count_proof, forget_proofs
from hub_server.access.queries import (
    LoginRow,
    confirm_totp,
    login_of,
    set_own_password_hash,
    set_totp,
)
from hub_server.access.rules import password_fault
from hub_server.access.sessions import hold_sessions, revoke_sessions
from hub_server.access.sign_in import SignInDesk, use_digits
from hub_server.access.totp import matching_step, otpauth_uri, secret_text
from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.storage import Connection
from shared.problems import Code, CodedError, FieldError


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A second factor's secret, shown once: in base 32, and as the address that authenticators scan."""

    secret: str = field(repr=False)
    otpauth_uri: str = field(repr=False)


def change_password(desk: SignInDesk, login: LoginRow, token: str, *, old: str, new: str) -> None:
    """Set another password; every session but the one that asks ends, and nobody else knows it any more.

    Raises:
        CodedError: INVALID_REQUEST (the old one is wrong, the new one does not do), RATE_LIMITED, SYSTEM_BUSY.
    """
    fault = password_fault(new, login.email)
    if fault is None and new == old:
        fault = "not the present password"
    if fault is not None:
        raise _refused("/new_password", fault)
    with desk.passwords.in_line():
        _prove_password(desk, login, old, "/old_password")
        new_hash = desk.passwords.hash(new)
    at = desk.context.clock.now()

    def change(connection: Connection) -> None:
        if not set_own_password_hash(connection, login.id, login.password_hash, new_hash):
            raise _refused("/old_password", "not the present password")
        forget_proofs(connection, login.id)
        revoke_sessions(connection, login.session_kind, login.id, at, spared_token=token)
        record(connection, at, [_actor(login).did(AuditName.PASSWORD_CHANGED, "login", login.id)])

    desk.context.database.run(change)


def begin_totp(desk: SignInDesk, login: LoginRow, *, password: str) -> NewSecret:
    """A secret that signing in asks for once its first digits have confirmed it; one that waits is replaced.

    It takes the password: a stolen session cannot shut the owner out by a second factor of the thief's. Confirming it
    takes digits of this secret, which whoever gave the password alone was shown.

    Raises:
        CodedError: INVALID_REQUEST (a second factor is set already, the password is wrong), RATE_LIMITED,
            SYSTEM_BUSY.
    """
    if login.has_totp:
        raise CodedError(Code.INVALID_REQUEST, "a second factor is set; remove it first")
    secret = desk.secrets.make()
    sealed = desk.secrets.seal(secret, login.id)
    with desk.passwords.in_line():
        _prove_password(desk, login, password, "/password")

    def begin(connection: Connection) -> bool:
        hold_sessions(connection, login.id)
        seen = login_of(connection, login.id)
        if seen is None or seen.password_hash != login.password_hash:
            return False
        forget_proofs(connection, login.id)
        return set_totp(connection, login.id, login.totp_sealed, sealed)

    if not desk.context.database.run(begin):
        raise CodedError(Code.INVALID_REQUEST, "the login was changed meanwhile")
    return NewSecret(secret_text(secret), otpauth_uri(secret, login.email))


def finish_totp(desk: SignInDesk, login: LoginRow, token: str, totp: str) -> None:
    """The first digits: from now on signing in asks for them; every session but the one that asks ends.

    Raises:
        CodedError: INVALID_REQUEST (no secret waits), OTP_INVALID.
    """
    at = desk.context.clock.now()
    sealed = login.totp_sealed
    if sealed is None or login.has_totp:
        raise CodedError(Code.INVALID_REQUEST, "no second factor waits to be confirmed")
    secret = desk.secrets.open(sealed, login.id)
    step = None if secret is None else matching_step(secret, totp, at, None)
    if step is None:
        raise CodedError(Code.OTP_INVALID)
    confirmed = step

    def confirm(connection: Connection) -> None:
        if not confirm_totp(connection, login.id, sealed, confirmed):
            raise CodedError(Code.OTP_INVALID)
        revoke_sessions(connection, login.session_kind, login.id, at, spared_token=token)
        record(connection, at, [_actor(login).did(AuditName.TOTP_SET, "login", login.id)])

    desk.context.database.run(confirm)


def remove_totp(desk: SignInDesk, login: LoginRow, *, password: str, totp: str) -> None:
    """Sign in by password alone again.

    Raises:
        CodedError: INVALID_REQUEST (none is set, the password is wrong), OTP_INVALID, RATE_LIMITED, SYSTEM_BUSY.
    """
    if not login.has_totp:
        raise CodedError(Code.INVALID_REQUEST, "no second factor is set")
    at = desk.context.clock.now()
    with desk.passwords.in_line():
        _prove_password(desk, login, password, "/password")

    def remove(connection: Connection) -> bool:
        is_good = use_digits(connection, desk.secrets, login, totp, at)
        if is_good and set_totp(connection, login.id, login.totp_sealed, None):
            forget_proofs(connection, login.id)
            record(connection, at, [_actor(login).did(AuditName.TOTP_REMOVED, "login", login.id)])
            return True
        return False

    if not desk.context.database.run(remove):
        raise CodedError(Code.OTP_INVALID)


def _prove_password(desk: SignInDesk, login: LoginRow, password: str, pointer: str) -> None:
    """Count first, compare then; the count is forgotten with what the proof is for."""
    context = desk.context
    at = context.clock.now()
    context.database.run(lambda c: count_proof(c, context.settings, login.id, at))
    if not desk.passwords.check(password, login.password_hash):
        raise _refused(pointer, "not the present password")


def _refused(pointer: str, detail: str) -> CodedError:
    return CodedError(Code.INVALID_REQUEST, fields=(FieldError(pointer=pointer, detail=detail),))


def _actor(login: LoginRow) -> Actor:
    return Actor(login.kind.value, login.id)
