"""A code's secret and the hash of it that is kept: made before the transaction, since bcrypt takes its time."""

from collections.abc import Callable
from dataclasses import dataclass, field

import bcrypt

from shared.signing import to_base64url

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class FreshSecret:
    """32 random bytes, used as an Ed25519 seed, and bcrypt of their base64url text (protocol.md 1)."""

    secret: bytes = field(repr=False)
    secret_hash: str = field(repr=False)


def fresh_secret(random_bytes: Callable[[int], bytes], bcrypt_cost: int) -> FreshSecret:
    """Draw a secret and hash it.

    The cost may be low: 256 random bits need no stretching, and a high cost is a way to flood the hub.
    """
    secret = random_bytes(SECRET_BYTES)
    text = to_base64url(secret).encode("ascii")
    return FreshSecret(secret, bcrypt.hashpw(text, bcrypt.gensalt(bcrypt_cost)).decode("ascii"))


def is_secret_of(secret: bytes, secret_hash: str) -> bool:
    """Whether the hash is this secret's."""
    return bcrypt.checkpw(to_base64url(secret).encode("ascii"), secret_hash.encode("ascii"))
