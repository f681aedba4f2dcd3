"""A counter at a hub, on both databases."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals.access_tokens import make_access_token
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows, ShopRows


@pytest.fixture
def rows(hub_context: Context, keys: HubSigningKeys) -> Iterator[HubRows]:
    """Builds rows; what a test leaves behind is sound, unless it changed rows behind the hub's back."""
    built = HubRows(hub_context, keys)
    yield built
    if not built.was_tampered:
        report = hub_context.database.read(lambda connection: check(connection, keys.verifiers))
        assert report.findings == ()


@pytest.fixture
def counter(hub_context: Context, keys: HubSigningKeys, rows: HubRows) -> Counter:
    """A terminal whose entries arrive at once."""
    return Counter(hub_context, keys, rows)


@pytest.fixture
def offline(hub_context: Context, keys: HubSigningKeys, rows: HubRows) -> Counter:
    """A terminal whose entries arrive too late to be decided live."""
    return Counter(hub_context, keys, rows, lag=TOO_LATE)


@pytest.fixture
def bearer(hub_context: Context, keys: HubSigningKeys) -> Callable[[Counter], dict[str, str]]:
    """`bearer(counter)`: headers with an access token of that counter's terminal."""

    def _bearer(counter: Counter) -> dict[str, str]:
        token = make_access_token(
            keys,
            hub=hub_context.settings.base_url,
            terminal_id=counter.terminal_id,
            token_id="1",
            at=hub_context.clock.now(),
            ttl_s=600,
        )
        return {"Authorization": f"Bearer {token}"}

    return _bearer


@pytest.fixture
def another(hub_context: Context, keys: HubSigningKeys, rows: HubRows) -> Callable[..., Counter]:
    """`another(shop, lag=…)`: one more terminal."""

    def _another(shop: ShopRows | None = None, *, lag: timedelta = timedelta(0)) -> Counter:
        return Counter(hub_context, keys, rows, shop, lag=lag)

    return _another


@pytest.fixture
def manager(counter: Counter) -> str:
    """A manager of the counter's store."""
    return counter.rows.manager(counter.shop)
