"""Use case register_again: a terminal that a restored hub does not know shows its certificate (protocol.md 3, 5)."""

from dataclasses import dataclass
from datetime import datetime
from string import ascii_uppercase
from typing import Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.outbox import ALERT, News, enqueue
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.merchants import find_store
from hub_server.terminals.enrol_terminal import CERTIFICATE_TYP
from hub_server.terminals.queries import (
    TerminalIdentity,
    find_terminal,
    insert_returning,
    insert_status_change,
    is_number_taken,
    return_created,
)
from hub_server.terminals.states import TerminalStatus
from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.jws import BadSignature, MalformedJws, payload_by_known_key
from shared.signing import HubKeys, from_base64url
from shared.strict_json import loads_object

KEY_BYTES = 32


class _Certificate(BaseModel):
    """What the hub said of a terminal when it enrolled it."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    terminal: Uuid7Text
    terminal_no: str
    public_key: str
    merchant: Uuid7Text
    store: Uuid7Text
    enrolled_at: WireInstant


class KeyProof(Protocol):
    """That somebody has a terminal's key: a client assertion, or a journal that was proven."""

    @property
    def terminal_id(self) -> str:
        """Whose key."""
        ...

    def holds(self, public_key: bytes) -> bool:
        """Whether it was made with that key."""
        ...


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """A certificate of this hub's own, and its text."""

    text: str
    terminal: TerminalIdentity
    enrolled_at: datetime


def read_certificate(text: str, keys: HubKeys) -> ShownCertificate | None:
    """Read what a terminal shows; None for what this hub did not sign as a terminal's certificate."""
    try:
        told = _Certificate.model_validate(loads_object(payload_by_known_key(text, CERTIFICATE_TYP, keys)))
        public_key = from_base64url(told.public_key)
    except (BadSignature, MalformedJws, ValidationError, ValueError):
        return None
    if len(public_key) != KEY_BYTES:
        return None
    terminal = TerminalIdentity(
        terminal_id=told.terminal,
        terminal_no=told.terminal_no,
        merchant_id=told.merchant,
        store_id=told.store,
        status=TerminalStatus.ACTIVE,
        public_key=public_key,
    )
    return ShownCertificate(text, terminal, told.enrolled_at)


def register_again(
    connection: Connection, shown: ShownCertificate, proof: KeyProof, *, at: datetime
) -> TerminalIdentity | None:
    """The terminal as it was enrolled, active; None unless its own key made the proof and its store is there.

    A terminal that the hub knows as enrolled, suspended or retired stays what it is. Its number is given a letter where
    another terminal of the store has it by now.
    """
    terminal = shown.terminal
    if proof.terminal_id != terminal.terminal_id or not proof.holds(terminal.public_key):
        return None
    lock_rows(connection, "store", [terminal.store_id])
    store = find_store(connection, terminal.store_id)
    if store is None or store.merchant_id != terminal.merchant_id:
        return None
    known = find_terminal(connection, terminal.terminal_id)
    if known is None:
        _insert(connection, shown, at)
    elif (known.status, known.store_id) != (TerminalStatus.CREATED, terminal.store_id):
        return None
    else:
        return_created(connection, terminal, certificate=shown.text, enrolled_at=shown.enrolled_at)
    insert_status_change(
        connection, terminal.terminal_id, TerminalStatus.ACTIVE, at, "registered again", told_at=at
    )
    event = Actor("terminal", terminal.terminal_id).did(
        AuditName.TERMINAL_REGISTERED_AGAIN, "terminal", terminal.terminal_id, store=terminal.store_id
    )
    record(connection, at, [event])
    # It may have been suspended or retired since the copy was made: somebody has to look.
    told = {"terminal_no": terminal.terminal_no, "store": terminal.store_id}
    news = News(ALERT, {"kind": "terminal_registered_again", "subject": terminal.terminal_id, "detail": told})
    enqueue(connection, at, [news])
    return find_terminal(connection, terminal.terminal_id)


def _insert(connection: Connection, shown: ShownCertificate, at: datetime) -> None:
    terminal = shown.terminal
    number = next(
        each
        for suffix in ("", *ascii_uppercase)
        if not is_number_taken(connection, terminal.store_id, each := terminal.terminal_no + suffix)
    )
    insert_returning(
        connection, terminal, number, certificate=shown.text, enrolled_at=shown.enrolled_at, at=at
    )
