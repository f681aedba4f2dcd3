"""The second factor: six digits of an authenticator (RFC 6238), and its secret as the database keeps it."""

from base64 import b32encode
from collections.abc import Callable
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hub_server.access.rules import same_secret

STEP_S = 30
STEPS_ASIDE = 1
"""Clocks of phones may be off by one step."""
ISSUER = "MPS"
_SECRET_BYTES = 20
_NONCE_BYTES = 12
_KEY_BYTES = 32
_PURPOSE = b"mps-totp-v1"


class TotpSecrets:
    """Makes, seals and opens secrets: AES-256-GCM under a key of the hub's pepper, bound to the login."""

    def __init__(self, pepper: bytes, random_bytes: Callable[[int], bytes]) -> None:
        """The key is derived by HKDF, so that it is used for nothing else."""
        key = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE).derive(pepper)
        self._cipher = AESGCM(key)
        self._random_bytes = random_bytes

    def make(self) -> bytes:
        """A new secret of 160 bits."""
        return self._random_bytes(_SECRET_BYTES)

    def seal(self, secret: bytes, login_id: str) -> bytes:
        """The secret as it is kept."""
        nonce = self._random_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, login_id.encode())

    def open(self, sealed: bytes, login_id: str) -> bytes | None:
        """The secret; none if it was sealed under another pepper or for another login."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], login_id.encode())
        except InvalidTag:
            return None


def secret_text(secret: bytes) -> str:
    """The secret as people type it into an authenticator: base 32."""
    return _base32(secret)


def otpauth_uri(secret: bytes, email: str) -> str:
    """The secret as an authenticator scans it."""
    return pyotp.TOTP(_base32(secret), interval=STEP_S).provisioning_uri(name=email, issuer_name=ISSUER)


def matching_step(secret: bytes, digits: str, at: datetime, last_step: int | None) -> int | None:
    """The step whose digits these are, later than the last one used; none if there is none."""
    generator = pyotp.TOTP(_base32(secret), interval=STEP_S)
    now = int(at.timestamp()) // STEP_S
    for step in range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1):
        is_same = same_secret(generator.generate_otp(step).encode(), digits.encode())
        if is_same and (last_step is None or step > last_step):
            return step
    return None


def _base32(secret: bytes) -> str:
    return b32encode(secret).decode("ascii")
