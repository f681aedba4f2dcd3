"""Making a terminal and the code by which it enrols."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.merchants import find_store
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals.queries import TerminalIdentity, insert_code, insert_terminal, terminal_numbers
from hub_server.terminals.rules import LENGTH, enrolment_code, next_terminal_no
from hub_server.terminals.states import TerminalStatus
from shared.problems import Code, CodedError


@dataclass(frozen=True, slots=True)
class NewTerminal:
    """A terminal that waits for its enrolment; the code is shown once and kept as a hash only."""

    terminal_id: str
    terminal_no: str
    enrolment_code: str = field(repr=False)
    expires_at: datetime


def create_terminal(
    connection: Connection,
    context: Context,
    keys: HubSigningKeys,
    *,
    store_id: str,
    name: str,
    at: datetime,
    actor: Actor,
) -> NewTerminal:
    """Make a terminal of a store with an enrolment code.

    Raises:
        CodedError: NOT_FOUND (the store).
    """
    store = find_store(connection, store_id)
    if store is None:
        raise CodedError(Code.NOT_FOUND, "no such store")
    lock_rows(connection, "store", [store_id])
    new = TerminalIdentity(
        terminal_id=context.ids.new(),
        terminal_no=next_terminal_no(terminal_numbers(connection, store_id)),
        merchant_id=store.merchant_id,
        store_id=store_id,
        status=TerminalStatus.CREATED,
        public_key=b"",
    )
    code = enrolment_code(context.random_bytes(LENGTH))
    expires_at = at + timedelta(seconds=context.settings.enrolment_code_ttl_s)
    insert_terminal(connection, new, name, at)
    insert_code(connection, hash_code(keys, code), new.terminal_id, expires_at)
    event = actor.did(AuditName.TERMINAL_CREATED, "terminal", new.terminal_id, store=store_id)
    record(connection, at, [event])
    return NewTerminal(new.terminal_id, new.terminal_no, code, expires_at)


def hash_code(keys: HubSigningKeys, code: str) -> bytes:
    """What is kept of an enrolment code: 50 bits need a pepper, or a stolen database would tell them."""
    return hmac.digest(keys.pepper, f"enrolment:{code}".encode("ascii"), hashlib.sha256)
