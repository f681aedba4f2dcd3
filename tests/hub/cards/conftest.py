"""An admin at a serving hub, and rows that are sound afterwards."""

from collections.abc import Iterator

import pytest

from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import SignedIn, signed_in_admin


@pytest.fixture
def rows(hub_context: Context, keys: HubSigningKeys) -> Iterator[HubRows]:
    """Builds rows; what a test leaves behind is sound, unless it changed rows behind the hub's back."""
    built = HubRows(hub_context, keys)
    yield built
    if not built.was_tampered:
        report = hub_context.database.read(lambda connection: check(connection, keys.verifiers))
        assert report.findings == ()


@pytest.fixture
def admin(hub_context: Context) -> SignedIn:
    """Who may do everything."""
    return signed_in_admin(hub_context)
