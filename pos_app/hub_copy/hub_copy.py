"""Keeps the picture: each event is stored with its cursor in one transaction, and only then seen by anybody."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar, assert_never

from pydantic import ValidationError

from pos_app.hub_copy import rows
from pos_app.hub_copy.facts import HubFacts
from pos_app.storage import Database, Transaction
from shared.api import changes
from shared.clock import to_wire
from shared.signing import Jwks

logger = logging.getLogger("mps.pos.hub_copy")

T = TypeVar("T")
REVOKED_KEPT: Final = timedelta(hours=24)
"""After `exp` a code is refused for its age; the day's grace covers a clock that is wrong."""

Change = (
    changes.PolicyChanged
    | changes.StoreChanged
    | changes.StaffChanged
    | changes.TerminalChanged
    | changes.KeysChanged
    | changes.CodeRevoked
    | changes.Covered
    | changes.Settled
    | changes.MerchantChanged
    | changes.Notice
)
_MODELS: Final[dict[str, type[Change]]] = {
    "policy": changes.PolicyChanged,
    "store": changes.StoreChanged,
    "staff": changes.StaffChanged,
    "terminal": changes.TerminalChanged,
    "keys": changes.KeysChanged,
    "code_revoked": changes.CodeRevoked,
    "covered": changes.Covered,
    "settled": changes.Settled,
    "merchant": changes.MerchantChanged,
    "notice": changes.Notice,
}


class NotEnrolled(Exception):
    """This data directory holds no terminal yet."""


class HubCopy:
    """The newest picture in memory, and the only way to change it."""

    def __init__(self, database: Database) -> None:
        """Read what is stored.

        Raises:
            NotEnrolled: nothing is.
        """
        self._database = database
        facts = database.read(rows.read_facts).result()
        if facts is None:
            raise NotEnrolled
        self._facts = facts
        self._writing = threading.Lock()

    @property
    def facts(self) -> HubFacts:
        """The newest picture; frozen, from any thread."""
        return self._facts

    def take_event(self, kind: str, data: str, cursor: str) -> Change | None:
        """Store a change with its cursor; what it was, or None for one that this program cannot read.

        A malformed or unknown change is set aside, loudly, and the rest flows (faults.md 31).
        """
        change = _read(kind, data)

        def store(tx: Transaction) -> None:
            if change is not None:
                _store(tx, change, self._facts)
            rows.write_fact(tx, "cursor", cursor)

        self._change(store)
        return change

    def take_contact(self, hub_time: datetime) -> None:
        """Every change up to `hub_time` has been stored: it is the newest contact, and mends the clock. It never goes
        back."""
        facts = self._facts
        if hub_time <= facts.contact and not facts.clock_locked:
            return

        def store(tx: Transaction) -> None:
            rows.write_fact(tx, "clock_locked", False)
            if hub_time > facts.contact:
                rows.write_fact(tx, "contact", to_wire(hub_time))
                rows.cover_policies(tx, hub_time)
                rows.forget_expired(tx, hub_time - REVOKED_KEPT)

        self._change(store)

    def lock_clock(self) -> None:
        """The clock is not to be trusted until the next contact: kept, so that a restart does not forget it."""
        if not self._facts.clock_locked:
            self._change(lambda tx: rows.write_fact(tx, "clock_locked", True))

    def take_answer(
        self, store: Callable[[Transaction, bool], T], verified_through: int, incarnation: str
    ) -> T:
        """Run `store` and keep what every answer to a submission tells of the hub's own state, in one commit.

        `store` is told whether the hub has another incarnation than it had. Answers may overtake each other, so within
        one incarnation `verified_through` never falls; in another it does, and no backup covers more than it.

        Raises:
            StorageError, or what `store` raises: nothing was kept.
        """
        with self._writing:
            known = self._facts
            is_new = incarnation != known.incarnation
            told = _told(known, verified_through, incarnation)

            def both(tx: Transaction) -> T:
                result = store(tx, is_new)
                for name, value in told.items():
                    rows.write_fact(tx, name, value)
                return result

            result = self._database.write(both).result()
            if told:
                self._facts = known.model_copy(update=told)
        if is_new:
            logger.warning("the hub has another incarnation: it was restored from a backup")
        return result

    def take_keys(self, jwks: Jwks) -> None:
        """The hub's keys as it publishes them; those known already stay, since decisions do not expire."""
        known = {key.kid: key for key in self._facts.jwks.keys}
        merged = Jwks(keys=tuple({**known, **{key.kid: key for key in jwks.keys}}.values()))
        if merged != self._facts.jwks:
            self._change(lambda tx: rows.write_fact(tx, "jwks", merged.model_dump(mode="json")))

    def _change(self, store: Callable[[Transaction], None]) -> None:
        def both(tx: Transaction) -> HubFacts:
            store(tx)
            facts = rows.read_facts(tx)
            if facts is None:
                raise NotEnrolled
            return facts

        with self._writing:
            self._facts = self._database.write(both).result()


def _told(known: HubFacts, verified_through: int, incarnation: str) -> dict[str, str | int]:
    """What an answer changes of the facts."""
    told: dict[str, str | int] = {}
    if incarnation != known.incarnation:
        covered = min(known.covered_through, verified_through)
        return {
            "incarnation": incarnation,
            "verified_through": verified_through,
            "covered_through": covered,
        }
    if verified_through > known.verified_through:
        told["verified_through"] = verified_through
    return told


def _read(kind: str, data: str) -> Change | None:
    model = _MODELS.get(kind)
    if model is None:
        logger.info("the feed tells of %r, which this version does not know", kind[:32])
        return None
    try:
        change = model.model_validate_json(data)
        if isinstance(change, changes.KeysChanged):
            change.jwks.hub_keys()
    except (ValidationError, ValueError):
        logger.exception("a change of kind %s cannot be read and is set aside", kind)
        return None
    return change


def _store(tx: Transaction, change: Change, known: HubFacts) -> None:
    match change:
        case changes.PolicyChanged(policy=policy):
            rows.write_policy(tx, policy)
        case changes.StoreChanged(store=store):
            rows.write_fact(tx, "store", store.model_dump(mode="json"))
        case changes.StaffChanged(staff=staff):
            rows.write_fact(tx, "staff", [person.model_dump(mode="json") for person in staff])
        case changes.TerminalChanged(status=status):
            rows.write_fact(tx, "terminal_status", status)
        case changes.KeysChanged(jwks=jwks):
            rows.write_fact(tx, "jwks", jwks.model_dump(mode="json"))
        case changes.CodeRevoked():
            rows.write_revoked(tx, change)
        case changes.Covered(seq=seq):
            # It falls with a new incarnation alone (`take_answer`).
            rows.write_fact(tx, "covered_through", max(seq, known.covered_through))
        case changes.MerchantChanged(merchant=merchant):
            rows.write_fact(tx, "merchant", merchant.model_dump(mode="json"))
        case changes.Notice(texts=texts):
            rows.write_fact(tx, "notice", texts)
        case changes.Settled():
            pass  # nothing to keep: the submitter asks again, and after a crash every start asks
        case _:
            assert_never(change)
