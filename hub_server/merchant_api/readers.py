"""Who may read a merchant's transactions: its people, its other systems by an API key, its terminals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials

from hub_server.access import Permission, key_gate, key_scheme, merchant_gate, merchant_scheme
from hub_server.foundation.context import Context
from hub_server.terminals import TerminalAccess, terminal_scheme

_Token = HTTPAuthorizationCredentials | None
_KEY_PREFIX = "mps_key_"
_SCOPE = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody of a merchant.

    Attributes:
        store_id: the one store whose lists and sums are read; None: every store's.
        lookup_store_id: the one store whose transactions are found by number. A terminal finds those of other
            stores too, since a refund may be asked for where the charge was not made.
    """

    merchant_id: str
    store_id: str | None
    lookup_store_id: str | None


def reader_gate(context: Context, access: TerminalAccess) -> Callable[..., Reader]:
    """A dependency: any of the three, told apart by the form of what they show."""
    as_person = merchant_gate(context, Permission.OWN_READ)
    as_key_holder = key_gate(context, _SCOPE)

    def reader_of_own(
        request: Request,
        credentials: Annotated[_Token, Security(merchant_scheme, scopes=[Permission.OWN_READ.value])],
        _key: Annotated[_Token, Security(key_scheme, scopes=[_SCOPE])],
        _terminal: Annotated[_Token, Depends(terminal_scheme)],
    ) -> Reader:
        """Raises CodedError: UNAUTHENTICATED, FORBIDDEN, TERMINAL_NOT_ACTIVE."""
        shown = "" if credentials is None else credentials.credentials
        if shown.startswith(_KEY_PREFIX):
            return Reader(
                merchant_id=as_key_holder(request, credentials).merchant_id,
                store_id=None,
                lookup_store_id=None,
            )
        # A terminal's token is a JWS; a session's has no dot in it.
        if "." in shown:
            terminal = access.active(credentials)
            return Reader(merchant_id=terminal.merchant_id, store_id=terminal.store_id, lookup_store_id=None)
        session = as_person(request, credentials)
        return Reader(
            merchant_id=session.merchant_id, store_id=session.store_id, lookup_store_id=session.store_id
        )

    return reader_of_own
