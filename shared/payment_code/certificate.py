"""The certificate in a payment code: a tagged COSE_Sign1 over a CWT claims map (protocol.md 1).

`verify_certificate` is the only maker of a `Certificate`: whoever holds one holds the hub's word.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

import cbor2

from shared.clock import from_unix
from shared.money import is_currency
from shared.payment_code.strict_cbor import CborValue, MalformedCbor, Tagged, loads
from shared.rates import FULL_RATE
from shared.signing import HubKeys, Signer

MAX_LIFE_S = 3600
MAX_TIER = 99
MAX_LAST4 = 9999
_COSE_SIGN1 = 18
_ALG, _KID, _EDDSA = 1, 4, -8
_EXP, _IAT, _MPS = 4, 6, -65537


class InvalidPaymentCode(ValueError):
    """Not a payment code of this hub (`INVALID_QR`); the text says why, for logs, and holds no secret."""


class CardType(IntEnum):
    """Card types as the certificate spells them."""

    STANDARD = 0
    PREPAID = 1
    CORPORATE = 2
    VOUCHER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What the hub says of a code: whom it charges, at which rate, and until when.

    Attributes:
        iat: issued at, seconds since 1970.
        exp: expires at, seconds since 1970; `0 < exp − iat ≤ 3600`.
        code_key: the code's Ed25519 public key, 32 bytes.
        card_ref: 16 bytes that only the hub can read.
        rate: 1/10,000.
        offline_limit: minor units; 0 means not offline.
        last4: the card number's last four digits.
    """

    iat: int
    exp: int
    code_key: bytes
    card_ref: bytes
    card_type: CardType
    tier: int
    rate: int
    offline_limit: int
    currency: str
    last4: int

    def __post_init__(self) -> None:
        """Hold the bounds of protocol.md 1, for the hub that signs as for the terminal that reads."""
        numbers = (self.iat, self.exp, self.tier, self.rate, self.offline_limit, self.last4)
        if any(type(number) is not int for number in numbers):
            raise InvalidPaymentCode("a claim is not an integer")
        if not (0 < self.exp - self.iat <= MAX_LIFE_S and self.iat >= 0 and self.exp < 1 << 40):
            raise InvalidPaymentCode("exp and iat are out of bounds")
        if len(self.code_key) != 32 or len(self.card_ref) != 16:
            raise InvalidPaymentCode("code_key or card_ref has a wrong length")
        if not (0 <= self.tier <= MAX_TIER and 0 <= self.rate <= FULL_RATE and 0 <= self.last4 <= MAX_LAST4):
            raise InvalidPaymentCode("tier, rate or last4 is out of bounds")
        if not 0 <= self.offline_limit < 1 << 53:
            raise InvalidPaymentCode("offline_limit is out of bounds")
        if not is_currency(self.currency):
            raise InvalidPaymentCode("the currency is not three capitals")

    @property
    def code_ref(self) -> str:
        """The code's name wherever its secret must not appear: 32 hex digits."""
        return code_ref_of(self.code_key)

    @property
    def issued_at(self) -> datetime:
        """`iat` as an instant."""
        return from_unix(self.iat)

    @property
    def expires_at(self) -> datetime:
        """`exp` as an instant."""
        return from_unix(self.exp)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A verified certificate: its bytes as signed, and its claims."""

    raw: bytes
    kid: str
    claims: Claims


def code_ref_of(code_key: bytes) -> str:
    """The first 16 bytes of SHA-256(`code_key`) in lower-case hex."""
    return hashlib.sha256(code_key).digest()[:16].hex()


def sign_certificate(claims: Claims, signer: Signer) -> Certificate:
    """Issue a certificate: what the hub does for each code."""
    protected = cbor2.dumps({_ALG: _EDDSA, _KID: bytes.fromhex(signer.kid)}, canonical=True)
    particulars = [
        claims.code_key,
        claims.card_ref,
        int(claims.card_type),
        claims.tier,
        claims.rate,
        claims.offline_limit,
        claims.currency,
        claims.last4,
    ]
    payload = cbor2.dumps({_EXP: claims.exp, _IAT: claims.iat, _MPS: particulars}, canonical=True)
    signature = signer.sign(_to_be_signed(protected, payload))
    raw = cbor2.dumps(cbor2.CBORTag(_COSE_SIGN1, [protected, {}, payload, signature]), canonical=True)
    return Certificate(raw=raw, kid=signer.kid, claims=claims)


def verify_certificate(raw: bytes, keys: HubKeys) -> Certificate:
    """Check the form, the hub's signature and every bound; say nothing of expiry.

    Raises:
        InvalidPaymentCode: malformed, by an unknown key, or the signature does not hold.
    """
    try:
        protected, payload, signature = _sign1_parts(loads(raw))
        kid = _kid(loads(protected))
        verifier = keys.get(kid)
        if verifier is None:
            raise InvalidPaymentCode("signed by an unknown key")
        if not verifier.verifies(signature, _to_be_signed(protected, payload)):
            raise InvalidPaymentCode("the hub's signature does not verify")
        claims = _claims(loads(payload))
    except MalformedCbor as error:
        raise InvalidPaymentCode(f"CBOR: {error}") from error
    return Certificate(raw=raw, kid=kid, claims=claims)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """RFC 9052 4.4: Sig_structure."""
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)


def _sign1_parts(value: CborValue) -> tuple[bytes, bytes, bytes]:
    match value:
        case Tagged(
            tag=18,
            value=[bytes() as protected, dict() as unprotected, bytes() as payload, bytes() as signature],
        ):
            if unprotected:
                raise InvalidPaymentCode("the unprotected header is not empty")
            return protected, payload, signature
    raise InvalidPaymentCode("not a tagged COSE_Sign1")


def _kid(header: CborValue) -> str:
    if not isinstance(header, dict) or header.keys() != {_ALG, _KID} or header[_ALG] != _EDDSA:
        raise InvalidPaymentCode("the protected header is not {alg: EdDSA, kid}")
    kid = header[_KID]
    if not isinstance(kid, bytes) or len(kid) != 8:
        raise InvalidPaymentCode("kid is not 8 bytes")
    return kid.hex()


def _claims(payload: CborValue) -> Claims:
    if not isinstance(payload, dict) or payload.keys() != {_EXP, _IAT, _MPS}:
        raise InvalidPaymentCode("not the claims of a payment code")
    match payload[_EXP], payload[_IAT], payload[_MPS]:
        case (
            int() as exp,
            int() as iat,
            [
                bytes() as code_key,
                bytes() as card_ref,
                int() as card_type,
                int() as tier,
                int() as rate,
                int() as offline_limit,
                str() as currency,
                int() as last4,
            ],
        ):
            if card_type not in CardType.__members__.values():
                raise InvalidPaymentCode("unknown card type")
            return Claims(
                iat=iat,
                exp=exp,
                code_key=code_key,
                card_ref=card_ref,
                card_type=CardType(card_type),
                tier=tier,
                rate=rate,
                offline_limit=offline_limit,
                currency=currency,
                last4=last4,
            )
    raise InvalidPaymentCode("the claims have other types")
