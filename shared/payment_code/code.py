"""The text in the QR: `MPS1:` and Base45 of secret ‖ certificate (protocol.md 1)."""

from types import TracebackType
from typing import Self

import base45

from shared.payment_code.certificate import (
    Certificate,
    Claims,
    InvalidPaymentCode,
    sign_certificate,
    verify_certificate,
)
from shared.signing import Ed25519Signer, HubKeys, Signer

PREFIX = "MPS1:"
MAX_TEXT = 512
SECRET_BYTES = 32


class PaymentCode:
    """A verified code with its secret: valid until wiped.

    The secret lives in memory from the scan to the signature (protocol.md 4); `wipe` drops it, and
    neither `repr` nor pickling shows it.
    """

    __slots__ = ("_signer", "certificate")

    def __init__(self, certificate: Certificate, signer: Ed25519Signer) -> None:
        """Made by `read_payment_code` and `issue_payment_code` alone."""
        self.certificate = certificate
        self._signer: Ed25519Signer | None = signer

    @property
    def claims(self) -> Claims:
        """What the hub says of the code."""
        return self.certificate.claims

    def sign(self, text: str) -> bytes:
        """The code key's signature over UTF-8 text (a charge's proof).

        Raises:
            ValueError: the secret has been wiped.
        """
        if self._signer is None:
            raise ValueError("the code's secret has been wiped")
        return self._signer.sign(text.encode("utf-8"))

    @property
    def is_wiped(self) -> bool:
        """Whether the secret is gone."""
        return self._signer is None

    def wipe(self) -> None:
        """Forget the secret."""
        self._signer = None

    def __enter__(self) -> Self:
        """Use the code; it is wiped at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wipe."""
        self.wipe()

    def __repr__(self) -> str:
        """The code's public name."""
        return f"PaymentCode({self.claims.code_ref})"

    def __reduce__(self) -> str:
        """Refuse pickling."""
        raise TypeError("a payment code is never serialised")


def issue_payment_code(secret: bytes, claims: Claims, signer: Signer) -> tuple[str, Certificate]:
    """The text for the member's QR and its certificate.

    Raises:
        ValueError: `claims.code_key` is not the secret's key.
    """
    if Ed25519Signer.from_seed(secret).public_bytes != claims.code_key:
        raise ValueError("the claims name another key")
    certificate = sign_certificate(claims, signer)
    return PREFIX + base45.b45encode(secret + certificate.raw).decode("ascii"), certificate


def split_payment_code(text: str) -> tuple[bytes, bytes]:
    """Secret and certificate of a text, before any cryptography.

    Raises:
        InvalidPaymentCode: no `MPS1:` prefix, over 512 characters, not Base45, or too short.
    """
    if not text.startswith(PREFIX):
        raise InvalidPaymentCode("no MPS1: prefix")
    if len(text) > MAX_TEXT:
        raise InvalidPaymentCode("longer than 512 characters")
    try:
        data = base45.b45decode(text.removeprefix(PREFIX))
    except (ValueError, UnicodeError) as error:
        raise InvalidPaymentCode("not Base45") from error
    if len(data) <= SECRET_BYTES:
        raise InvalidPaymentCode("too short")
    return data[:SECRET_BYTES], data[SECRET_BYTES:]


def read_payment_code(text: str, keys: HubKeys) -> PaymentCode:
    """Read and verify a code; expiry is the rules' business.

    Raises:
        InvalidPaymentCode: not a payment code of a hub with these keys.
    """
    secret, raw = split_payment_code(text)
    certificate = verify_certificate(raw, keys)
    signer = Ed25519Signer.from_seed(secret)
    if signer.public_bytes != certificate.claims.code_key:
        raise InvalidPaymentCode("the secret is another code's")
    return PaymentCode(certificate, signer)
