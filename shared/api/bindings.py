"""Sharing a card: bindings, invitations, requests (surface.md, bind_member_to_card)."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from shared.api.members import BindingRole, Caps
from shared.api.messages import Message, Request
from shared.clock import WireInstant
from shared.money import MAX_AMOUNT

_Role = Annotated[str, StringConstraints(min_length=1, max_length=32)]
_Password = Annotated[str, StringConstraints(max_length=256)]
_Token = Annotated[str, StringConstraints(min_length=1, max_length=128)]
_Cap = Annotated[int, Field(ge=1, le=MAX_AMOUNT)]


class BindRequest(Request):
    """Either a card's number and the wished role, with the card's password if it has one, or an invitation."""

    card_no: Annotated[str, StringConstraints(min_length=1, max_length=32)] | None = None
    role: _Role | None = None
    password: Annotated[_Password | None, Field(repr=False)] = None
    invitation: Annotated[_Token | None, Field(repr=False)] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_number = self.card_no is not None and self.role is not None and self.invitation is None
        nothing_else = self.card_no is None and self.role is None and self.password is None
        if not by_number and not (self.invitation is not None and nothing_else):
            raise ValueError("either card_no and role, or invitation alone")
        return self


class Binding(Message):
    """A member's right on a card; `requested_role` waits for an owner's answer."""

    id: str
    card_id: str
    card_no: str
    member_id: str
    name: str
    role: BindingRole
    requested_role: BindingRole | None = None
    bound_at: WireInstant
    caps: Caps


class BindingList(Message):
    """Who is bound to a card: everybody for an owner, else the asking member alone."""

    items: tuple[Binding, ...]
    next_cursor: str | None = None


class InvitationRequest(Request):
    """The role that the invited person will have."""

    role: _Role


class Invitation(Message):
    """One use. `url` opens the member's page with the invitation; it goes into a link or a QR."""

    invitation: Annotated[str, Field(repr=False)]
    url: Annotated[str, Field(repr=False)]
    expires_at: WireInstant


class BindingPasswordRequest(Request):
    """6 to 72 bytes; null takes the password away."""

    password: Annotated[_Password | None, Field(repr=False)]


class RoleRequest(Message):
    """Somebody with a card's number who wishes to be more than a viewer; `phone_end` are the phone's last digits."""

    id: str
    member_id: str
    name: str
    phone_end: str
    role: BindingRole
    asked_at: WireInstant


class RoleRequestList(Message):
    """A page of requests that wait, oldest first."""

    items: tuple[RoleRequest, ...]
    next_cursor: str | None = None


class CapsRequest(Request):
    """Both caps as they shall be, in minor units; null for none."""

    cap_per_charge: _Cap | None
    cap_per_day: _Cap | None
