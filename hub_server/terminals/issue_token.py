"""A client assertion becomes an access token (RFC 7523, protocol.md 3)."""

from datetime import datetime

from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals.access_tokens import make_access_token
from hub_server.terminals.client_assertions import Assertion
from hub_server.terminals.queries import find_terminal, use_assertion
from hub_server.terminals.register_again import ShownCertificate, register_again
from hub_server.terminals.states import MAY_BRING, TerminalStatus
from shared.api.terminals import TokenResponse


def issue_token(
    connection: Connection,
    context: Context,
    keys: HubSigningKeys,
    assertion: Assertion,
    *,
    at: datetime,
    shown: ShownCertificate | None = None,
) -> TokenResponse | None:
    """A token; None if the terminal is unknown or never enrolled, did not sign, or signed this one before.

    One that this hub enrolled and no longer knows, since it was restored, is registered again by what it shows.
    """
    terminal = find_terminal(connection, assertion.terminal_id)
    if shown is not None and (terminal is None or terminal.status is TerminalStatus.CREATED):
        terminal = register_again(connection, shown, assertion, at=at)
    if terminal is None or terminal.status not in MAY_BRING:
        return None
    # One that was retired before it had a key can prove nothing.
    if not terminal.public_key or not assertion.holds(terminal.public_key):
        return None
    lock_rows(connection, "assertion", [terminal.terminal_id])
    if not use_assertion(connection, assertion.jti, terminal.terminal_id, assertion.expires_at):
        return None
    settings = context.settings
    token = make_access_token(
        keys,
        hub=settings.base_url,
        terminal_id=terminal.terminal_id,
        token_id=context.ids.new(),
        at=at,
        ttl_s=settings.access_token_ttl_s,
    )
    return TokenResponse(access_token=token, token_type="Bearer", expires_in=settings.access_token_ttl_s)
