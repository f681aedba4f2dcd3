"""Members who share cards."""

import httpx
import pytest

from hub_server.bootstrap import Hub
from tests.hub.bindings.sharers import Sharers


@pytest.fixture
def sharers(hub: Hub, client: httpx.Client) -> Sharers:
    """Cards, owners and strangers at a serving hub."""
    return Sharers(hub, client)
