"""Owns terminals: enrolment, keys, tokens, status and spells of contact."""

from hub_server.terminals.authenticate import TerminalAccess, terminal_scheme
from hub_server.terminals.contact import touch_contact, touch_contacts, was_in_contact
from hub_server.terminals.create_terminal import NewTerminal, create_terminal
from hub_server.terminals.enrol_terminal import EnrolmentDesk, enrol_terminal
from hub_server.terminals.list_terminals import list_terminals, terminal_standing
from hub_server.terminals.messages import CreatedTerminal, SeenTerminal, SeenTerminals
from hub_server.terminals.queries import (
    TerminalIdentity,
    find_terminal,
    record_head,
    suspended_at,
)
from hub_server.terminals.queries.standings import TerminalFilter, TerminalStanding
from hub_server.terminals.register_again import read_certificate, register_again
from hub_server.terminals.retire_terminal import replace_terminal, retire_terminal
from hub_server.terminals.states import TerminalStatus
from hub_server.terminals.suspend_terminal import resume_terminal, suspend_terminal

__all__ = [
    "CreatedTerminal",
    "EnrolmentDesk",
    "NewTerminal",
    "SeenTerminal",
    "SeenTerminals",
    "TerminalAccess",
    "TerminalFilter",
    "TerminalIdentity",
    "TerminalStanding",
    "TerminalStatus",
    "create_terminal",
    "enrol_terminal",
    "find_terminal",
    "list_terminals",
    "read_certificate",
    "record_head",
    "register_again",
    "replace_terminal",
    "resume_terminal",
    "retire_terminal",
    "suspend_terminal",
    "suspended_at",
    "terminal_scheme",
    "terminal_standing",
    "touch_contact",
    "touch_contacts",
    "was_in_contact",
]
