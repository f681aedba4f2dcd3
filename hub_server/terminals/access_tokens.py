"""Access tokens: what a terminal shows instead of an assertion for ten minutes (RFC 9068's form)."""

from datetime import datetime

from hub_server.signing_keys import HubSigningKeys
from shared.clock import to_unix
from shared.ids import is_uuid7
from shared.jws import BadSignature, MalformedJws, payload_by_known_key, sign_jws
from shared.strict_json import dumps_object, loads_object

TYP = "at+jwt"
MAX_TOKEN = 4_096


def make_access_token(
    keys: HubSigningKeys, *, hub: str, terminal_id: str, token_id: str, at: datetime, ttl_s: int
) -> str:
    """A token for one terminal at this hub."""
    issued = to_unix(at)
    claims: dict[str, object] = {
        "iss": hub,
        "aud": hub,
        "sub": terminal_id,
        "client_id": terminal_id,
        "jti": token_id,
        "iat": issued,
        "exp": issued + ttl_s,
    }
    return sign_jws(TYP, keys.signer.kid, dumps_object(claims), keys.signer)


def read_access_token(keys: HubSigningKeys, token: str, *, hub: str, at: datetime) -> str | None:
    """The terminal that a token is for; None if it is not a token of this hub or has expired."""
    if len(token) > MAX_TOKEN:
        return None
    try:
        claims = loads_object(payload_by_known_key(token, TYP, keys.verifiers))
    except (MalformedJws, BadSignature, ValueError):
        return None
    expires, subject = claims.get("exp"), claims.get("sub")
    if claims.get("iss") != hub or claims.get("aud") != hub:
        return None
    if not isinstance(expires, int) or to_unix(at) >= expires:
        return None
    return subject if isinstance(subject, str) and is_uuid7(subject) else None
