"""Test vectors made by an independent implementation."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from shared.signing import Ed25519Signer, Jwks, PublicJwk, Verifier, from_base64url

FOLDER = Path(__file__).parents[2] / "vectors"


@cache
def load(name: str) -> dict[str, Any]:
    """One vector file."""
    content: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content


def hub_keys() -> dict[str, Verifier]:
    """The hub's key that signs the vectors."""
    return Jwks(keys=(PublicJwk(**load("keys.json")["hub_signing"]),)).hub_keys()


def signer(name: str) -> Ed25519Signer:
    """A private key of the vectors."""
    return Ed25519Signer.from_seed(from_base64url(load("keys.json")[name]["d"]))
