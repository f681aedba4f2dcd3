"""Compact JWS (RFC 7515) with EdDSA, read strictly: the form of entries and decisions (protocol.md 4, 5).

Reading and verifying are two steps, since the key is chosen by `kid`; only `verified_payload` yields
what was signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.signing import Signer, Verifier, from_base64url, to_base64url
from shared.strict_json import dumps_object, loads_object


class MalformedJws(ValueError):
    """Not a compact JWS of ours: three parts, a header with exactly `alg`, `typ` and `kid`."""


class BadSignature(ValueError):
    """The signature is not the key's (`INVALID_SIGNATURE`)."""


@dataclass(frozen=True, slots=True)
class UnverifiedJws:
    """A JWS whose header was read and whose signature was not checked yet."""

    typ: str
    kid: str
    signing_input: bytes
    signature: bytes
    _payload: bytes

    def verified_payload(self, verifier: Verifier) -> bytes:
        """The payload, once the signature holds.

        Raises:
            BadSignature: it does not.
        """
        if not verifier.verifies(self.signature, self.signing_input):
            raise BadSignature("the signature does not verify")
        return self._payload


def sign_jws(typ: str, kid: str, payload: bytes, signer: Signer) -> str:
    """Sign a payload: header `{"alg":"EdDSA","typ":typ,"kid":kid}` in that order."""
    header = dumps_object({"alg": "EdDSA", "typ": typ, "kid": kid})
    signing_input = f"{to_base64url(header)}.{to_base64url(payload)}"
    return f"{signing_input}.{to_base64url(signer.sign(signing_input.encode('ascii')))}"


def read_jws(text: str, typ: str) -> UnverifiedJws:
    """Take a compact JWS apart.

    Raises:
        MalformedJws: another form, algorithm or type.
    """
    parts = text.split(".")
    if len(parts) != 3:
        raise MalformedJws("not three parts")
    try:
        header = loads_object(from_base64url(parts[0]))
        payload, signature = from_base64url(parts[1]), from_base64url(parts[2])
    except ValueError as error:
        raise MalformedJws(str(error)) from error
    kid = header.get("kid")
    if header.keys() != {"alg", "typ", "kid"} or header["alg"] != "EdDSA" or header["typ"] != typ:
        raise MalformedJws(f"the header is not that of {typ}")
    if not isinstance(kid, str):
        raise MalformedJws("no kid")
    signing_input = text.rpartition(".")[0].encode("ascii")
    return UnverifiedJws(typ=typ, kid=kid, signing_input=signing_input, signature=signature, _payload=payload)


def payload_by_known_key(text: str, typ: str, keys: Mapping[str, Verifier]) -> bytes:
    """The payload of a JWS signed by one of the keys.

    Raises:
        MalformedJws: not such a JWS.
        BadSignature: unknown `kid`, or the signature does not hold.
    """
    unverified = read_jws(text, typ)
    verifier = keys.get(unverified.kid)
    if verifier is None:
        raise BadSignature("unknown kid")
    return unverified.verified_payload(verifier)
