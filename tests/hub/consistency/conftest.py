"""A sound hub to damage, on both databases."""

import pytest

from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from tests.hub.consistency.damage import Damage


@pytest.fixture
def damage(hub_context: Context, keys: HubSigningKeys) -> Damage:
    """A sound hub with a history."""
    return Damage(hub_context, keys)
