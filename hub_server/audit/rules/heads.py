"""Signed heads: where the chain ended at a time, so that nobody can cut or rewrite it unseen."""

from dataclasses import dataclass
from datetime import datetime

from shared.clock import from_wire, to_wire
from shared.jws import payload_by_known_key, sign_jws
from shared.signing import HubKeys, Signer
from shared.strict_json import dumps_object, loads_object

HEAD_TYPE = "mps-audit-head+jws"


@dataclass(frozen=True, slots=True)
class Head:
    """The chain ended at `position` with `hash`; every event up to `through_id` is in it or never comes."""

    position: int
    hash: str
    through_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class KeptHead:
    """A signed head where it is kept: `place` says where, `columns` what the database shows beside it."""

    place: str
    jws: str
    columns: tuple[int, int] | None = None


def sign_head(head: Head, signer: Signer) -> str:
    """The head as a compact JWS."""
    payload = dumps_object(
        {
            "position": head.position,
            "hash": head.hash,
            "through_id": head.through_id,
            "at": to_wire(head.at),
        }
    )
    return sign_jws(HEAD_TYPE, signer.kid, payload, signer)


def read_head(jws: str, keys: HubKeys) -> Head:
    """The head, once its signature holds.

    Raises:
        MalformedJws: not such a JWS.
        BadSignature: not signed by one of the hub's keys.
        ValueError: signed, and yet no head.
    """
    told = loads_object(payload_by_known_key(jws, HEAD_TYPE, keys))
    position, digest, through_id, at = (told.get(name) for name in ("position", "hash", "through_id", "at"))
    if not (isinstance(position, int) and isinstance(through_id, int)):
        raise ValueError("a head has a position and the id it goes through")
    if not (isinstance(digest, str) and isinstance(at, str)):
        raise ValueError("a head has a hash and a time")
    return Head(position, digest, through_id, from_wire(at))
