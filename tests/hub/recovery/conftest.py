"""A hub to be copied, lost and put back, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from tests.builders.hub_rows import HubRows
from tests.hub.recovery.lost_hub import LostHub
from tests.postgres import PostgresCluster


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """An empty database of the same kind as the hub's."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'elsewhere' / 'hub.sqlite'}"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    url = cluster.create_database()
    yield url
    cluster.drop_database(url)


@pytest.fixture
def rows(hub_context: Context, keys: HubSigningKeys) -> HubRows:
    """Builds rows in the hub that will be lost."""
    return HubRows(hub_context, keys)


@pytest.fixture
def lost(hub_context: Context, keys: HubSigningKeys, empty_url: str, tmp_path: Path) -> Iterator[LostHub]:
    """The hub, to be copied and put back."""
    made = LostHub(hub_context, keys, empty_url, tmp_path)
    yield made
    made.context.database.close()
