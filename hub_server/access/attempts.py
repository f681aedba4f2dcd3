"""Counting tries of passwords before they are compared, so that many at once get no more than one by one.

Two counts hold the guessing down (docs/decisions/0007-guessing-and-theft.md). An address has so many tries an hour, of
whatever logins. A login has so many wrong ones: from addresses that are strangers to it all share one count; an
address from which it signed in lately has a count of its own, so that no stranger can lock the owner out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hub_server.access.queries import (
    LoginRow,
    clear_login_tries,
    count_try,
    forget_window,
    forget_windows_of,
    login_by_email,
    take_login_try,
    window_of,
)
from hub_server.access.rules import HOUR, PLACE_KNOWN, place_digest
from hub_server.foundation.storage import Connection
from hub_server.settings import Settings
from shared.problems import Code, CodedError

_ADDRESS = "login_address"
_PLACE = "login_place"
_TRIES = "login_tries"
_PROOF = "login_proof"


class Standing(StrEnum):
    """What a try may come to: the last one that is allowed locks the login unless it is right."""

    ALLOWED = "allowed"
    LAST = "last"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was counted; `login` is whose it is, if anybody's, `is_known` whether it signed in from there."""

    login: LoginRow | None
    address: str
    standing: Standing
    is_known: bool = False


def take_attempt(
    connection: Connection, settings: Settings, *, email: str, address: str, at: datetime
) -> Attempt:
    """Count a try of an address (`counted_address`) at the login with this e-mail address, if there is one.

    Raises:
        CodedError: RATE_LIMITED; the address has used up its tries, whoever's logins they were.
    """
    count_or_refuse(connection, _ADDRESS, address, settings.logins_per_address_per_hour, HOUR, at)
    login = login_by_email(connection, email)
    if login is None:
        return Attempt(None, address, Standing.LOCKED)
    lock = timedelta(seconds=settings.login_lock_s)
    place = place_digest(login.id, address)
    is_known = window_of(connection, _PLACE, place, window=PLACE_KNOWN, at=at) is not None
    if is_known:
        count: int | None = count_try(connection, _TRIES, place, window=lock, at=at).count
    else:
        count = take_login_try(connection, login.id, tries=settings.login_tries, lock=lock, at=at)
    return Attempt(login, address, _standing(count, settings.login_tries), is_known)


def remember_success(connection: Connection, login_id: str, attempt: Attempt, at: datetime) -> None:
    """Forget the wrong tries that this one was counted with, and know the address from now on."""
    place = place_digest(login_id, attempt.address)
    if attempt.is_known:
        forget_window(connection, _TRIES, place)
    else:
        clear_login_tries(connection, login_id)
    forget_window(connection, _PLACE, place)
    count_try(connection, _PLACE, place, window=PLACE_KNOWN, at=at)


def _standing(count: int | None, most: int) -> Standing:
    if count is None or count > most:
        return Standing.LOCKED
    return Standing.LAST if count == most else Standing.ALLOWED


def forget_tries(connection: Connection, login_id: str) -> None:
    """Unlock: wrong tries of strangers, and those from every address that it signed in from."""
    clear_login_tries(connection, login_id)
    forget_windows_of(connection, _TRIES, f"{login_id}:")


def count_proof(connection: Connection, settings: Settings, login_id: str, at: datetime) -> None:
    """Count a try of the password by somebody signed in already: a stolen session guesses no faster.

    Raises:
        CodedError: RATE_LIMITED.
    """
    lock = timedelta(seconds=settings.login_lock_s)
    count_or_refuse(connection, _PROOF, login_id, settings.login_tries, lock, at)


def forget_proofs(connection: Connection, login_id: str) -> None:
    """The password was right."""
    forget_window(connection, _PROOF, login_id)


def count_or_refuse(
    connection: Connection, kind: str, subject: str, limit: int, window: timedelta, at: datetime
) -> None:
    """Count a try; `kind` (32 characters) and `subject` (64) name the count.

    Raises:
        CodedError: RATE_LIMITED, with how long to wait; nothing was counted.
    """
    # Looked at first, so that a flood of what is refused anyway writes nothing.
    counted = window_of(connection, kind, subject, window=window, at=at)
    if counted is None or counted.count < limit:
        counted = count_try(connection, kind, subject, window=window, at=at)
        if counted.count <= limit:
            return
    wait_s = -((at - counted.began_at - window) // timedelta(seconds=1))
    raise CodedError(Code.RATE_LIMITED, "too many tries", retry_after_s=max(1, wait_s))
