"""Client assertions: a terminal proves itself with its own key (RFC 7523, protocol.md 3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact, validate_compact

from shared.clock import from_unix, to_unix
from shared.ids import is_uuid7
from shared.signing import PublicJwk
from shared.strict_json import loads_object

MAX_ASSERTION = 4_096
MAX_JTI = 128


class _EdDsaOnly(JWSRegistry):
    """One algorithm, by the name that protocol.md gives it (RFC 9864 renamed it, joserfc warns of that)."""

    def get_alg(self, name: str) -> Any:
        if name != "EdDSA":
            raise UnsupportedAlgorithmError(f"not EdDSA: {name}")
        return self.algorithms[name]


_REGISTRY = _EdDsaOnly()


class BadAssertion(ValueError):
    """Not an assertion that this hub takes; the client is told no more than `invalid_client`."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion as it claims to be; worth something only once `holds` has said so."""

    terminal_id: str
    jti: str
    expires_at: datetime
    _signed: CompactSignature

    def holds(self, public_key: bytes) -> bool:
        """Whether the terminal's key signed it."""
        jwk = PublicJwk.of(public_key)
        key = OKPKey.import_key({"kty": jwk.kty, "crv": jwk.crv, "x": jwk.x})
        try:
            return validate_compact(self._signed, key, registry=_REGISTRY)
        except JoseError:
            return False


def read_assertion(text: str, *, hub: str, at: datetime, ttl_s: int) -> Assertion:
    """Read an assertion and check all but its signature: issuer, audience, times, form.

    Raises:
        BadAssertion: what of it is wrong.
    """
    if len(text) > MAX_ASSERTION:
        raise BadAssertion("too long")
    try:
        signed = extract_compact(text.encode("ascii"))
        claims = loads_object(signed.payload)
    except (JoseError, ValueError) as error:
        raise BadAssertion("not a JWT") from error
    subject, jti = claims.get("sub"), claims.get("jti")
    if not isinstance(subject, str) or not is_uuid7(subject) or claims.get("iss") != subject:
        raise BadAssertion("iss and sub are not one terminal")
    if claims.get("aud") not in (hub, [hub]):
        raise BadAssertion("meant for somebody else")
    if not isinstance(jti, str) or not 1 <= len(jti) <= MAX_JTI or "\x00" in jti:
        raise BadAssertion("no jti")
    return Assertion(subject, jti, _expiry(claims, at, ttl_s), signed)


def _expiry(claims: dict[str, object], at: datetime, ttl_s: int) -> datetime:
    now, expires, not_before = to_unix(at), claims.get("exp"), claims.get("nbf", 0)
    # bool is an int to Python, and to nobody else.
    if type(expires) is not int or type(not_before) is not int:
        raise BadAssertion("exp or nbf is not a number of seconds")
    if not now < expires <= now + ttl_s + 1 or not_before > now + ttl_s:
        raise BadAssertion("expired, or good for too long")
    return from_unix(expires)
