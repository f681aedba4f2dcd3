"""The rules of sharing a card, pure: roles that may be asked for, passwords, invitations."""

import hashlib
import unicodedata

from hub_server.bindings.states import BindingRole

MIN_PASSWORD_BYTES = 6
MAX_PASSWORD_BYTES = 72
"""More than that bcrypt does not look at."""
INVITATION_BYTES = 32


def role_named(text: str) -> BindingRole | None:
    """The role of this name; none for what is no role."""
    return BindingRole(text) if text in set(BindingRole) else None


def is_fit_password(password: str) -> bool:
    """Whether it may be a card's binding password: 6 to 72 bytes of UTF-8 in NFC, as it is hashed."""
    as_hashed = unicodedata.normalize("NFC", password).encode("utf-8")
    return MIN_PASSWORD_BYTES <= len(as_hashed) <= MAX_PASSWORD_BYTES


def invitation_hash(token: str) -> bytes:
    """What is kept of an invitation: 256 random bits need no stretching."""
    return hashlib.sha256(token.encode("utf-8")).digest()


def invitation_url(base_url: str, token: str) -> str:
    """Where the invited person goes. After the `#`, the token stays out of servers' logs."""
    return f"{base_url.rstrip('/')}/m/#invitation={token}"
