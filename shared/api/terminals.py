"""Enrolment, tokens, and what the terminal is told of its shop (protocol.md 3, 6)."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.api.messages import Message, Request
from shared.api.policy import Policy
from shared.clock import WireInstant
from shared.signing import Jwks, PublicJwk

GRANT_TYPE = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

StaffRole = Literal["cashier", "store_manager"]


class EnrolRequest(Request):
    """What a new terminal says of itself; `enrolment_code` as people type it (case and dashes are forgiven)."""

    enrolment_code: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    public_key: PublicJwk
    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    app_version: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class MerchantProfile(Message):
    """The merchant as its terminals know it."""

    id: str
    code: str
    name: str
    status: Literal["active", "suspended"]


class StoreProfile(Message):
    """The store: `time_zone` is an IANA name, `day_starts_at` an hour 0 … 23."""

    id: str
    name: str
    address: str
    time_zone: str
    day_starts_at: int


class StaffMember(Message):
    """A person who may stand at the terminal; the PIN as bcrypt, to be checked with no line."""

    id: str
    name: str
    role: StaffRole
    pin_hash: Annotated[str, Field(repr=False)]
    active: bool = True


class Enrolment(Message):
    """`201` of an enrolment. `hub` is the base URL to use as `aud`; `cursor` is where the feed begins."""

    terminal_id: str
    terminal_no: str
    hub: str
    merchant: MerchantProfile
    store: StoreProfile
    staff: tuple[StaffMember, ...]
    policy: Policy
    jwks: Jwks
    hub_time: WireInstant
    incarnation: str
    cursor: str
    certificate: str


class TokenResponse(Message):
    """An OAuth access token (RFC 6749 5.1)."""

    access_token: Annotated[str, Field(repr=False)]
    token_type: Literal["Bearer"]
    expires_in: int
