"""Who asks: a terminal by its access token."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals.access_tokens import read_access_token
from hub_server.terminals.queries import TerminalIdentity, find_terminal
from hub_server.terminals.states import MAY_BRING, TerminalStatus
from shared.problems import Code, CodedError

terminal_scheme = HTTPBearer(
    scheme_name="terminal", description="An access token of a terminal", auto_error=False
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(terminal_scheme)]


class TerminalAccess:
    """Gives routes the terminal that asks: `Annotated[TerminalIdentity, Depends(access.active)]`."""

    def __init__(self, context: Context, keys: HubSigningKeys) -> None:
        """One for each application."""
        self._context = context
        self._keys = keys

    def active(self, credentials: Credentials) -> TerminalIdentity:
        """An active terminal.

        Raises:
            CodedError: UNAUTHENTICATED, TERMINAL_NOT_ACTIVE.
        """
        terminal = self.known(credentials)
        if terminal.status is not TerminalStatus.ACTIVE:
            raise CodedError(Code.TERMINAL_NOT_ACTIVE, f"the terminal is {terminal.status.value}")
        return terminal

    def known(self, credentials: Credentials) -> TerminalIdentity:
        """An active, suspended or retired terminal: for the journal and the feed alone (protocol.md 3).

        Raises:
            CodedError: UNAUTHENTICATED, TERMINAL_NOT_ACTIVE (never enrolled).
        """
        if credentials is None:
            raise CodedError(Code.UNAUTHENTICATED, "an access token is needed")
        terminal_id = read_access_token(
            self._keys,
            credentials.credentials,
            hub=self._context.settings.base_url,
            at=self._context.clock.now(),
        )
        if terminal_id is None:
            raise CodedError(Code.UNAUTHENTICATED, "the access token is not good, or no longer")
        terminal = self._context.database.read(lambda c: find_terminal(c, terminal_id))
        if terminal is None:
            raise CodedError(Code.UNAUTHENTICATED, "the terminal is not known")
        if terminal.status not in MAY_BRING:
            raise CodedError(Code.TERMINAL_NOT_ACTIVE, f"the terminal is {terminal.status.value}")
        return terminal
