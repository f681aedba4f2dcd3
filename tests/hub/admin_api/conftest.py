"""An admin at a serving hub."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.audit.tables import audit_events
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import FEED
from hub_server.foundation.outbox.tables import outbox
from hub_server.signing_keys import HubSigningKeys
from shared.ids import IdSource
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import SignedIn, signed_in_admin
from tests.fakes.clock import ManualClock

Ask = Callable[..., httpx.Response]
Told = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def rows(hub_context: Context, keys: HubSigningKeys) -> HubRows:
    """Builds rows."""
    return HubRows(hub_context, keys)


@pytest.fixture
def admin(hub_context: Context) -> SignedIn:
    """A superadmin."""
    return signed_in_admin(hub_context)


@pytest.fixture
def ask(client: httpx.Client, admin: SignedIn) -> Ask:
    """`ask(method, path, body, by=…, **query)`: an answer of `/api/v1/admin/…`, asked by the superadmin."""

    def _ask(method: str, path: str, body: Any = None, by: SignedIn | None = None, **query: Any) -> Any:
        who = by or admin
        url = f"/api/v1/admin/{path}"
        if body is None:
            return client.request(method, url, params=query, headers=who.headers)
        return client.request(method, url, params=query, json=body, headers=who.headers)

    return _ask


@pytest.fixture
def audited(rows: HubRows) -> Callable[[], list[str]]:
    """`audited()`: the names of audit events so far."""
    return lambda: [row["name"] for row in rows.rows(audit_events)]


@pytest.fixture
def told(rows: HubRows) -> Told:
    """`told()`: what terminals are told so far, but for the hub's keys."""
    return lambda: [
        row["payload"] for row in rows.rows(outbox, topic=FEED) if row["payload"]["kind"] != "keys"
    ]


@pytest.fixture
def by_role(hub_context: Context) -> Callable[[LoginRole], SignedIn]:
    """`by_role(role)`: an admin of that role."""
    return lambda role: signed_in_admin(hub_context, role)


@pytest.fixture
def nobodys(clock: ManualClock) -> str:
    """An id that nobody has."""
    return IdSource(clock).new()
