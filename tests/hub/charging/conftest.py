"""A merchant's own till at a hub, on both databases."""

from collections.abc import Iterator

import httpx
import pytest

from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from tests.builders.hub_rows import HubRows
from tests.builders.till import Till


@pytest.fixture
def rows(hub_context: Context, keys: HubSigningKeys) -> Iterator[HubRows]:
    """Builds rows; what a test leaves behind is sound, unless it changed rows behind the hub's back."""
    built = HubRows(hub_context, keys)
    yield built
    if not built.was_tampered:
        report = hub_context.database.read(lambda connection: check(connection, keys.verifiers))
        assert report.findings == ()


@pytest.fixture
def till(hub_context: Context, keys: HubSigningKeys, rows: HubRows, client: httpx.Client) -> Till:
    """A till of an active merchant."""
    return Till(hub_context, keys, rows, client)
