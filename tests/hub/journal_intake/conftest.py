"""A counter at a hub, on both databases."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows, ShopRows


@pytest.fixture
def rows(hub_context: Context, keys: HubSigningKeys) -> HubRows:
    """Builds rows."""
    return HubRows(hub_context, keys)


@pytest.fixture
def counter(hub_context: Context, keys: HubSigningKeys, rows: HubRows) -> Counter:
    """A terminal whose entries arrive at once."""
    return Counter(hub_context, keys, rows)


@pytest.fixture
def offline(hub_context: Context, keys: HubSigningKeys, rows: HubRows) -> Counter:
    """A terminal whose entries arrive too late to be decided live."""
    return Counter(hub_context, keys, rows, lag=TOO_LATE)


@pytest.fixture
def another(hub_context: Context, keys: HubSigningKeys, rows: HubRows) -> Callable[..., Counter]:
    """`another(shop, lag=…)`: one more terminal."""

    def _another(shop: ShopRows | None = None, *, lag: timedelta = timedelta(0)) -> Counter:
        return Counter(hub_context, keys, rows, shop, lag=lag)

    return _another
