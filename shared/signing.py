"""Ed25519 keys behind two small ports, and their JWK form (protocol.md 2).

The ports let the hub keep a key elsewhere and the simulator fake signatures.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Protocol, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, StringConstraints

MAX_KEY_TEXT: Final = 64
"""Characters of a member of a JWK; a key's 32 bytes take 43."""


class Signer(Protocol):
    """Holds a private key and signs with it."""

    @property
    def public_bytes(self) -> bytes:
        """The raw public key, 32 bytes."""
        ...

    @property
    def kid(self) -> str:
        """Name of the key: lower-case hex of 8 bytes (protocol.md 1)."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes."""
        ...


class Verifier(Protocol):
    """Holds a public key and checks signatures with it."""

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature is this key's over the data."""
        ...


HubKeys = Mapping[str, Verifier]
"""The hub's verification keys by `kid`, as JWKS or the change feed gave them."""


def kid_of(public_bytes: bytes) -> str:
    """Lower-case hex of the first 8 bytes of SHA-256 of the raw public key."""
    return hashlib.sha256(public_bytes).digest()[:8].hex()


class Ed25519Signer:
    """A private key in memory; its representation tells nothing of it."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Wrap a key; nothing is copied out of it."""
        self._key = key
        self.public_bytes = key.public_key().public_bytes_raw()
        self.kid = kid_of(self.public_bytes)

    @classmethod
    def generate(cls) -> Self:
        """A new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """The key of a 32-byte seed.

        Raises:
            ValueError: not 32 bytes.
        """
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def seed(self) -> bytes:
        """The 32 bytes to keep in a key store, and nowhere else."""
        return self._key.private_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes."""
        return self._key.sign(data)

    def verifier(self) -> "Ed25519Verifier":
        """The public half."""
        return Ed25519Verifier(self.public_bytes)


class Ed25519Verifier:
    """A public key."""

    def __init__(self, public_bytes: bytes) -> None:
        """Wrap 32 raw bytes.

        Raises:
            ValueError: not a public key.
        """
        self._key = Ed25519PublicKey.from_public_bytes(public_bytes)
        self.public_bytes = public_bytes
        self.kid = kid_of(public_bytes)

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature is this key's over the data."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class PublicJwk(BaseModel):
    """An Ed25519 public key as a JWK (RFC 8037); `kid` as protocol.md 2 names it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Annotated[str, StringConstraints(max_length=MAX_KEY_TEXT)]
    kid: Annotated[str, StringConstraints(max_length=MAX_KEY_TEXT)] | None = None
    use: Literal["sig"] | None = None
    alg: Literal["EdDSA", "Ed25519"] | None = None

    @classmethod
    def of(cls, public_bytes: bytes) -> Self:
        """The JWK of 32 raw bytes."""
        x = to_base64url(public_bytes)
        return cls(kty="OKP", crv="Ed25519", x=x, kid=kid_of(public_bytes), use="sig", alg="EdDSA")

    def verifier(self) -> Ed25519Verifier:
        """The key itself.

        Raises:
            ValueError: `x` is not 32 bytes of base64url, or no such key.
        """
        return Ed25519Verifier(from_base64url(self.x))


class Jwks(BaseModel):
    """`GET /.well-known/jwks.json` (RFC 7517)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    keys: tuple[PublicJwk, ...]

    def hub_keys(self) -> dict[str, Verifier]:
        """Verification keys by kid.

        Raises:
            ValueError: one of the keys is malformed.
        """
        verifiers = [key.verifier() for key in self.keys]
        return {verifier.kid: verifier for verifier in verifiers}


def to_base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515, appendix C)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Canonical base64url without padding, and nothing else.

    Raises:
        ValueError: padding, foreign characters, or stray bits in the last one.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error
    if to_base64url(data) != text:
        raise ValueError("not canonical base64url")
    return data
