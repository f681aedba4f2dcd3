"""A journal entry: a compact JWS signed by the terminal and chained to the one before (protocol.md 4).

Reading goes in two steps, since the hub stores every verified entry, also one whose data it refuses:
`verify_entry` proves who wrote it and where in the chain it stands; `Entry.data` says what it asks.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from pydantic import ValidationError

from shared.clock import from_wire, to_wire
from shared.ids import is_uuid7
from shared.journal_entries.data import DATA_OF, EntryData, EntryType
from shared.jws import MalformedJws, read_jws, sign_jws
from shared.signing import Signer, Verifier, to_base64url
from shared.strict_json import dumps_object, loads_object

TYP = "mps-journal+jws"
MAX_ENTRY = 4096
VERSION = 1
MAX_SEQ = (1 << 53) - 1
_TYPE = re.compile(r"[a-z0-9_]{1,32}", re.ASCII)
_HASH = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""No clock of a terminal is so far off; in between, a span may be added to any instant."""


class InvalidEntry(ValueError):
    """The entry is malformed (`INVALID_ENTRY`)."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A verified entry; made by `verify_entry` and `sign_entry` alone.

    Attributes:
        jws: the compact text as signed, stored and sent.
        prev: hash of the entry before, base64url.
        id: UUIDv7, the idempotency key.
        at: the terminal's estimate of hub time.
        contact: the newest hub time it had from the change feed.
        type_name: as spelled; `data` refuses an unknown one.
    """

    jws: str
    terminal_id: str
    seq: int
    prev: str
    id: str
    at: datetime
    contact: datetime
    type_name: str
    _data: dict[str, object]

    @property
    def hash(self) -> str:
        """base64url SHA-256 of the compact text: the next entry's `prev`."""
        return entry_hash(self.jws)

    @cached_property
    def data(self) -> EntryData:
        """What the entry asks.

        Raises:
            InvalidEntry: unknown type, or fields that are not that type's.
        """
        try:
            model = DATA_OF[EntryType(self.type_name)]
            return model.model_validate(self._data)
        except ValidationError as error:
            raise InvalidEntry(_first(error)) from error
        except ValueError as error:
            raise InvalidEntry("unknown type") from error

    @property
    def type(self) -> EntryType:
        """The type; read `data` first to know that it is one.

        Raises:
            ValueError: unknown type.
        """
        return EntryType(self.type_name)


def entry_hash(jws: str) -> str:
    """base64url SHA-256 of an entry's compact text."""
    return to_base64url(hashlib.sha256(jws.encode("ascii")).digest())


def first_prev(terminal_id: str) -> str:
    """What entry 0 is chained to."""
    return to_base64url(hashlib.sha256(f"mps-journal-v1:{terminal_id}".encode()).digest())


def sign_entry(
    *,
    terminal_id: str,
    seq: int,
    prev: str,
    entry_id: str,
    at: datetime,
    contact: datetime,
    data: EntryData,
    signer: Signer,
) -> Entry:
    """Write an entry: the terminal's only way to say anything.

    Raises:
        InvalidEntry: it would be longer than 4,096 characters, or `at` or `contact` is not of this age.
    """
    entry_type = next(kind for kind, model in DATA_OF.items() if type(data) is model)
    fields = data.model_dump(mode="json", exclude_none=True)
    payload = {
        "v": VERSION,
        "seq": seq,
        "prev": prev,
        "id": entry_id,
        "at": to_wire(at),
        "contact": to_wire(contact),
        "type": entry_type.value,
        "data": fields,
    }
    jws = sign_jws(TYP, terminal_id, dumps_object(payload), signer)
    if len(jws) > MAX_ENTRY:
        raise InvalidEntry(f"longer than {MAX_ENTRY} characters")
    return _entry(jws, terminal_id, payload)


def terminal_of(jws: str) -> str:
    """The terminal that an entry names as its writer, unverified: to find the key.

    Raises:
        MalformedJws: not an entry's form.
    """
    return read_jws(jws, TYP).kid


def verify_entry(jws: str, terminal_id: str, verifier: Verifier) -> Entry:
    """Check length, form, writer, signature and envelope.

    Raises:
        InvalidEntry: too long, or signed but not an envelope of version 1.
        MalformedJws: not an entry's form.
        BadSignature: not signed by that terminal's key.
    """
    if len(jws) > MAX_ENTRY:
        raise InvalidEntry(f"longer than {MAX_ENTRY} characters")
    unverified = read_jws(jws, TYP)
    if unverified.kid != terminal_id:
        raise MalformedJws("another terminal's entry")
    payload = unverified.verified_payload(verifier)
    try:
        return _entry(jws, terminal_id, loads_object(payload))
    except ValueError as error:
        raise InvalidEntry(str(error)) from error


def _entry(jws: str, terminal_id: str, payload: dict[str, object]) -> Entry:
    match payload:
        case {
            "v": 1,
            "seq": int() as seq,
            "prev": str() as prev,
            "id": str() as entry_id,
            "at": str() as at,
            "contact": str() as contact,
            "type": str() as type_name,
            "data": dict() as data,
        } if len(payload) == 8 and type(payload["v"]) is int and type(seq) is int:
            if not 0 <= seq <= MAX_SEQ or not is_uuid7(entry_id):
                raise InvalidEntry("seq or id is out of bounds")
            if not _TYPE.fullmatch(type_name) or not _HASH.fullmatch(prev):
                raise InvalidEntry("prev or type is out of form")
            return Entry(
                jws=jws,
                terminal_id=terminal_id,
                seq=seq,
                prev=prev,
                id=entry_id,
                at=_instant(at),
                contact=_instant(contact),
                type_name=type_name,
                _data=data,
            )
    raise InvalidEntry("not an envelope of version 1")


def _instant(text: str) -> datetime:
    instant = from_wire(text)
    if not _EARLIEST <= instant < _LATEST:
        raise InvalidEntry("at or contact is out of bounds")
    return instant


def _first(error: ValidationError) -> str:
    """What is wrong, fit to be stored and printed: a field's name is whatever the writer made it."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    place = ".".join(str(part) for part in details[0]["loc"])
    told = f"{place}: {details[0]['msg']}" if place else details[0]["msg"]
    return "".join(letter if letter.isprintable() else "?" for letter in told)
