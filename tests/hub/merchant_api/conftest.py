"""Two merchants at a serving hub: one asks, the other's things must stay unknown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hub_server.audit.tables import audit_events
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import FEED
from hub_server.foundation.outbox.tables import outbox
from hub_server.signing_keys import HubSigningKeys
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows, ShopRows
from tests.builders.signed_in import SignedIn, signed_in_merchant
from tests.fakes.clock import ManualClock

Ask = Callable[..., httpx.Response]
Told = Callable[[], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Tenant:
    """A merchant with a store, its owner and a manager of that store."""

    shop: ShopRows
    owner: SignedIn
    manager: SignedIn


@pytest.fixture
def rows(hub_context: Context, keys: HubSigningKeys) -> HubRows:
    """Builds rows."""
    return HubRows(hub_context, keys)


def _tenant(context: Context, rows: HubRows) -> Tenant:
    shop = rows.shop()
    return Tenant(
        shop,
        signed_in_merchant(context, shop.merchant_id),
        signed_in_merchant(context, shop.merchant_id, shop.store_id),
    )


@pytest.fixture
def own(hub_context: Context, rows: HubRows) -> Tenant:
    """The merchant that asks."""
    return _tenant(hub_context, rows)


@pytest.fixture
def other(hub_context: Context, rows: HubRows) -> Tenant:
    """Another merchant."""
    return _tenant(hub_context, rows)


@pytest.fixture
def ask(client: httpx.Client, own: Tenant) -> Ask:
    """`ask(method, path, body, headers=…, **query)`: an answer of `/api/v1/merchant/…`, asked by the owner."""

    def _ask(
        method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> httpx.Response:
        url, shown = f"/api/v1/merchant/{path}", own.owner.headers if headers is None else headers
        if body is None:
            return client.request(method, url, params=query, headers=shown)
        return client.request(method, url, params=query, json=body, headers=shown)

    return _ask


@pytest.fixture
def second_store(ask: Ask, own: Tenant, clock: ManualClock) -> str:
    """Another store of the merchant that asks, opened later."""
    clock.advance(1)
    made = ask("POST", "stores", {"name": "二店", "time_zone": "Asia/Tokyo", "day_starts_at": 0})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


@pytest.fixture
def counter_of(hub_context: Context, keys: HubSigningKeys, rows: HubRows) -> Callable[..., Counter]:
    """`counter_of(shop, lag=…)`: a terminal of the shop."""

    def _counter_of(shop: ShopRows, *, lag: timedelta = timedelta(0)) -> Counter:
        return Counter(hub_context, keys, rows, shop, lag=lag)

    return _counter_of


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
