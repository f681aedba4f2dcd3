"""Members who share cards."""

import httpx
import pytest

from hub_server.bootstrap import Hub
from tests.builders.hub_rows import CardRows
from tests.hub.bindings.sharers import Sharers


@pytest.fixture
def sharers(hub: Hub, client: httpx.Client) -> Sharers:
    """Cards, owners and strangers at a serving hub."""
    return Sharers(hub, client)


@pytest.fixture
def card(sharers: Sharers) -> CardRows:
    """A prepaid card with its owner."""
    return sharers.rows.card(card_type="prepaid")
