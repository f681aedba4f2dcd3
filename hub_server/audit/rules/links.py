"""One link of the chain: a hash over the link before and the whole event (protocol.md, invariant 6)."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.signing import to_base64url

FIRST_LINK = "mps-audit-v1"
"""What stands in the place of the hash before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An audit event as it stands in the database; `data` is the JSON text as stored."""

    id: int
    name: str
    at: datetime
    actor_kind: str
    actor_id: str
    subject_kind: str
    subject_id: str
    data: str


@dataclass(frozen=True, slots=True)
class Link:
    """A row of the chain with its event; None when that is gone."""

    position: int
    event_id: int
    hash: str
    event: StoredEvent | None


def link_hash(previous: str, event: StoredEvent) -> str:
    """base64url SHA-256 over the hash before, a newline, and the event's canonical JSON."""
    return to_base64url(hashlib.sha256(f"{previous}\n".encode("ascii") + canonical(event)).digest())


def chain(previous: str, events: Sequence[StoredEvent]) -> list[str]:
    """The hash of each event's link, in order."""
    hashes: list[str] = []
    for event in events:
        previous = link_hash(previous, event)
        hashes.append(previous)
    return hashes


def canonical(event: StoredEvent) -> bytes:
    """ASCII JSON with names in order and no spaces, the same whatever database gave the event."""
    whole = {
        "id": event.id,
        "name": event.name,
        "at": event.at.isoformat(timespec="microseconds"),
        "actor_kind": event.actor_kind,
        "actor_id": event.actor_id,
        "subject_kind": event.subject_kind,
        "subject_id": event.subject_id,
        "data": _value(event.data),
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":")).encode("ascii")


def _value(text: str) -> Any:
    """What a JSON text says; a text that is none (somebody changed it) stands for itself."""
    try:
        return json.loads(text)
    except ValueError:
        return f"not JSON: {text}"
