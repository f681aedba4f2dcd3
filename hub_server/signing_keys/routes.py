"""`GET /.well-known/jwks.json` (protocol.md 2)."""

from fastapi import APIRouter, Response

from hub_server.signing_keys.keys import HubSigningKeys
from shared.signing import Jwks

MAX_AGE_S = 300


def router(keys: HubSigningKeys) -> APIRouter:
    """The public keys."""
    routes = APIRouter(tags=["keys"])

    @routes.get("/.well-known/jwks.json", response_model_exclude_none=True)
    def jwks(response: Response) -> Jwks:
        """The keys that verify certificates, decisions and access tokens."""
        response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_S}"
        return keys.jwks()

    return routes
