"""What signing in takes and gives."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from hub_server.access.sessions import OpenedSession
from shared.api.messages import Message, Request

Secret = Annotated[str, StringConstraints(min_length=1, max_length=256), Field(repr=False)]
_SixDigits = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Digits = Annotated[_SixDigits, Field(repr=False)]


class PasswordSignIn(Request):
    """`totp`: the authenticator's six digits, where a second factor is set."""

    email: Annotated[str, StringConstraints(min_length=1, max_length=254)]
    password: Secret
    totp: Annotated[_SixDigits | None, Field(repr=False)] = None


class RefreshRequest(Request):
    """The token of the sign-in or refresh before."""

    refresh_token: Secret


class SessionTokens(Message):
    """A session and what opens the next one, each shown once; seconds."""

    access_token: Annotated[str, Field(repr=False)]
    refresh_token: Annotated[str | None, Field(repr=False)]
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int

    @classmethod
    def of(cls, opened: OpenedSession) -> "SessionTokens":
        """The message of a session."""
        return cls(
            access_token=opened.token, refresh_token=opened.refresh_token, expires_in=opened.expires_in
        )


class PasswordChange(Request):
    """12 characters at least, 72 bytes at most."""

    old_password: Secret
    new_password: Secret


class TotpWanted(Request):
    """The password, so that nobody sets a second factor with a stolen session."""

    password: Secret


class TotpSecret(Message):
    """For the authenticator, shown once: in base 32, and as the address behind a QR code."""

    secret: Annotated[str, Field(repr=False)]
    otpauth_uri: Annotated[str, Field(repr=False)]


class TotpProof(Request):
    """The authenticator's six digits."""

    totp: Digits


class TotpRemoval(Request):
    """Both factors, since one of them goes."""

    password: Secret
    totp: Digits
