"""Errors of the token endpoint, in OAuth's own form (RFC 6749 5.2)."""

from typing import Literal

from fastapi.responses import JSONResponse

OAuthErrorName = Literal[
    "invalid_request", "invalid_client", "unsupported_grant_type", "temporarily_unavailable"
]
OAUTH_STATUSES: dict[OAuthErrorName, int] = {
    "invalid_request": 400,
    "invalid_client": 401,
    "unsupported_grant_type": 400,
    "temporarily_unavailable": 503,
}


class OAuthError(Exception):
    """Becomes `{"error": name}`; a client learns no more than that."""

    def __init__(self, name: OAuthErrorName) -> None:
        """`name` is RFC 6749's."""
        super().__init__(name)
        self.name: OAuthErrorName = name

    def response(self) -> JSONResponse:
        """The answer."""
        status = OAUTH_STATUSES[self.name]
        headers = {"Retry-After": "2"} if status == 503 else {}
        return JSONResponse({"error": self.name}, status, headers)
