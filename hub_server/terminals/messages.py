"""Terminals as admins and their merchants are told of them."""

from dataclasses import asdict
from typing import Annotated

from pydantic import Field

from hub_server.terminals.create_terminal import NewTerminal
from hub_server.terminals.queries.standings import TerminalStanding
from hub_server.terminals.rules import enrolment_qr
from hub_server.terminals.states import TerminalStatus
from shared.api.messages import Message
from shared.clock import WireInstant


class SeenTerminal(Message):
    """A terminal; `verified_through` is the end of its journal's unbroken chain (-1: nothing yet), `head_seq` the
    last entry that it said it has."""

    terminal_id: str
    terminal_no: str
    merchant_id: str
    store_id: str
    name: str
    status: TerminalStatus
    app_version: str | None
    created_at: WireInstant
    enrolled_at: WireInstant | None
    last_contact: WireInstant | None
    verified_through: int
    head_seq: int | None

    @classmethod
    def of(cls, row: TerminalStanding) -> "SeenTerminal":
        """The message of a row."""
        return cls.model_validate(asdict(row))


class SeenTerminals(Message):
    """A page, the newest first."""

    items: tuple[SeenTerminal, ...]
    next_cursor: str | None


class CreatedTerminal(Message):
    """A terminal that waits for its enrolment: the code, and what its QR says, are shown this once."""

    terminal_id: str
    terminal_no: str
    enrolment_code: Annotated[str, Field(repr=False)]
    enrolment_qr: Annotated[str, Field(repr=False)]
    expires_at: WireInstant

    @classmethod
    def of(cls, new: NewTerminal, hub: str) -> "CreatedTerminal":
        """The message of a new terminal of the hub at that address."""
        return cls(
            terminal_id=new.terminal_id,
            terminal_no=new.terminal_no,
            enrolment_code=new.enrolment_code,
            enrolment_qr=enrolment_qr(hub, new.enrolment_code),
            expires_at=new.expires_at,
        )
