"""Use case: an admin or one of a merchant's people signs in with a password, and digits where they are set."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub_server.access.attempts import Attempt, Standing, remember_success, take_attempt
from hub_server.access.passwords import Passwords
from hub_server.access.queries import LoginRow, login_of, use_totp_step
from hub_server.access.sessions import Family, OpenedSession, hold_sessions, open_session
from hub_server.access.states import LoginStatus
from hub_server.access.totp import TotpSecrets, matching_step
from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.addresses import counted_address
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection

NOBODY = "unknown"


@dataclass(frozen=True, slots=True)
class SignInDesk:
    """What signing in needs, made once."""

    context: Context
    passwords: Passwords
    secrets: TotpSecrets


def sign_in(
    desk: SignInDesk, *, email: str, password: str, totp: str | None, address: str
) -> OpenedSession | None:
    """A session, or none: for an unknown address, a wrong password, wrong or missing digits, a login that is
    locked or disabled. Whoever asks cannot tell which, and each takes the same work.

    Raises:
        CodedError: RATE_LIMITED (the address's tries), SYSTEM_BUSY (too many at once).
    """
    context = desk.context
    at = context.clock.now()
    counted = counted_address(address)
    with desk.passwords.in_line():
        attempt = context.database.run(
            lambda c: take_attempt(c, context.settings, email=email, address=counted, at=at)
        )
        kept = None if attempt.login is None else attempt.login.password_hash
        is_right = desk.passwords.check(password, kept)
    return context.database.run(lambda c: _decide(c, desk, attempt, is_right=is_right, totp=totp, at=at))


def _decide(
    connection: Connection,
    desk: SignInDesk,
    attempt: Attempt,
    *,
    is_right: bool,
    totp: str | None,
    at: datetime,
) -> OpenedSession | None:
    login = _who(connection, attempt) if is_right and attempt.standing is not Standing.LOCKED else None
    if login is None or not use_digits(connection, desk.secrets, login, totp, at):
        _record_refusal(connection, attempt, at)
        return None
    remember_success(connection, login.id, attempt, at)
    settings = desk.context.settings
    actor = Actor(login.kind.value, login.id)
    record(connection, at, [actor.did(AuditName.SIGN_IN, "login", login.id, address=attempt.address)])
    return open_session(
        connection,
        desk.context.random_bytes,
        kind=login.session_kind,
        subject=login.id,
        life_s=settings.login_session_ttl_s,
        at=at,
        family=Family(desk.context.ids.new(), at + timedelta(seconds=settings.login_refresh_ttl_s)),
    )


def _who(connection: Connection, attempt: Attempt) -> LoginRow | None:
    """The login as it is now, if it may still sign in with the password that was compared."""
    if attempt.login is None:
        return None
    hold_sessions(connection, attempt.login.id)
    login = login_of(connection, attempt.login.id)
    if login is None or login.status is not LoginStatus.ACTIVE:
        return None
    return login if login.password_hash == attempt.login.password_hash else None


def use_digits(
    connection: Connection, secrets: TotpSecrets, login: LoginRow, totp: str | None, at: datetime
) -> bool:
    """Whether the digits are right, and used now; without a second factor none are asked for."""
    if login.totp_sealed is None or login.totp_last_step is None:
        return True
    secret = secrets.open(login.totp_sealed, login.id)
    if secret is None or totp is None:
        return False
    step = matching_step(secret, totp, at, login.totp_last_step)
    return step is not None and use_totp_step(connection, login.id, login.totp_sealed, step)


def _record_refusal(connection: Connection, attempt: Attempt, at: datetime) -> None:
    """Never with the e-mail address that was given: people type passwords into the wrong field."""
    actor = Actor("address", attempt.address)
    subject = NOBODY if attempt.login is None else attempt.login.id
    events = [actor.did(AuditName.SIGN_IN_REFUSED, "login", subject)]
    if attempt.standing is Standing.LAST:
        events.append(actor.did(AuditName.LOGIN_LOCKED, "login", subject))
    record(connection, at, events)
