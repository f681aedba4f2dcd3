"""A person's PIN against the hub's bcrypt, with no line; wrong ones make the next one wait (protocol.md 6)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import bcrypt

from pos_app.hub_copy import HubCopy
from pos_app.journal import pin_attempts
from pos_app.storage import Database, Transaction
from shared.api.terminals import StaffMember, StaffRole
from shared.clock import Clock
from shared.problems import Code, Refusal

FREE_TRIES: Final = 3
FIRST_WAIT_S: Final = 5
LONGEST_WAIT_S: Final = 300
MAX_PIN_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class PinAccepted:
    """Who it is."""

    person: StaffMember


@dataclass(frozen=True, slots=True)
class PinRefused:
    """Wrong, not of the role, or too soon after wrong ones: then `wait_s` says how long."""

    refusal: Refusal
    wait_s: int = 0


class PinCheck:
    """Takes about as long as bcrypt does: never on the window's thread."""

    def __init__(self, database: Database, hub_copy: HubCopy, clock: Clock) -> None:
        """`clock` is the estimate of hub time."""
        self._database = database
        self._hub_copy = hub_copy
        self._clock = clock

    def staff(self, role: StaffRole | None = None) -> tuple[StaffMember, ...]:
        """The active people, of one role if asked."""
        everybody = self._hub_copy.facts.staff
        return tuple(p for p in everybody if p.active and role in (None, p.role))

    def check(self, staff_id: str, pin: str, role: StaffRole | None = None) -> PinAccepted | PinRefused:
        """Whether this is that person's PIN, and the person of that role (a manager's approval)."""
        person = self._hub_copy.facts.member_of_staff(staff_id)
        wait_s = self._database.read(lambda tx: self._wait_s(tx, staff_id)).result()
        if wait_s > 0:
            return PinRefused(Refusal(Code.RATE_LIMITED), wait_s)
        if person is None or not _is_pin_of(pin, person):
            return self._wrong(staff_id)
        self._database.write(lambda tx: pin_attempts.forget(tx, staff_id)).result()
        if role is not None and person.role != role:
            return PinRefused(Refusal(Code.MANAGER_APPROVAL_REQUIRED))
        return PinAccepted(person)

    def _wrong(self, staff_id: str) -> PinRefused:
        def note(tx: Transaction) -> int:
            pin_attempts.note_wrong(tx, staff_id, self._clock.now())
            return self._wait_s(tx, staff_id)

        return PinRefused(Refusal(Code.PIN_INVALID), self._database.write(note).result())

    def _wait_s(self, tx: Transaction, staff_id: str) -> int:
        wrong, last = pin_attempts.wrong_in_a_row(tx, staff_id)
        if last is None or wrong < FREE_TRIES:
            return 0
        wait = timedelta(seconds=min(LONGEST_WAIT_S, FIRST_WAIT_S << min(wrong - FREE_TRIES, 10)))
        # A clock set back must not shorten the wait, nor one set forward lengthen it beyond its whole.
        left = min(wait, last + wait - self._clock.now())
        return max(0, -(-left // timedelta(seconds=1)))


def _is_pin_of(pin: str, person: StaffMember) -> bool:
    given = pin.encode()
    if not 0 < len(given) <= MAX_PIN_BYTES:
        return False
    try:
        return bcrypt.checkpw(given, person.pin_hash.encode())
    except ValueError:
        return False  # the hub's hash cannot be read: nobody signs in with it
