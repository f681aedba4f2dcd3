"""Owns terminals: enrolment, keys, tokens, status and spells of contact."""

from hub_server.terminals.authenticate import TerminalAccess, terminal_scheme
from hub_server.terminals.contact import touch_contact, touch_contacts, was_in_contact
from hub_server.terminals.create_terminal import NewTerminal, create_terminal
from hub_server.terminals.enrol_terminal import EnrolmentDesk, enrol_terminal
from hub_server.terminals.queries import (
    TerminalIdentity,
    find_terminal,
    record_head,
    suspended_at,
)
from hub_server.terminals.states import TerminalStatus
from hub_server.terminals.suspend_terminal import resume_terminal, suspend_terminal

__all__ = [
    "EnrolmentDesk",
    "NewTerminal",
    "TerminalAccess",
    "TerminalIdentity",
    "TerminalStatus",
    "create_terminal",
    "enrol_terminal",
    "find_terminal",
    "record_head",
    "resume_terminal",
    "suspend_terminal",
    "suspended_at",
    "terminal_scheme",
    "touch_contact",
    "touch_contacts",
    "was_in_contact",
]
