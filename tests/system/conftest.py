"""One hub process a worker, shared by the tests that only use it; a test that harms its hub starts its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_server import migrations
from hub_server.bootstrap import open_context, open_keys
from hub_server.foundation.storage import Database
from hub_server.settings import Settings
from shared.api.policy import Policy
from tests.fakes.line import Line, LineFault
from tests.postgres import PostgresCluster
from tests.system.processes import HubProcess, free_port
from tests.system.shop import CHEAP_HASHES, Shop
from tests.system.till import Till, enrol_here


@pytest.fixture(scope="session")
def long_line() -> Iterator[Line]:
    """The line to `shop`: that is the address by which its terminals know it."""
    with Line(free_port()) as made:
        yield made


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, long_line: Line) -> Iterator[Shop]:
    """A hub with demo data. Every test takes terminals and cards of its own, so that none sees another's."""
    hub = HubProcess(
        tmp_path_factory.mktemp("hub"),
        base_url=long_line.url,
        port=long_line.target_port,
        environment=CHEAP_HASHES,
    )
    with hub:
        opened = Shop.open(hub)
        yield opened
        opened.close()


@pytest.fixture
def line(long_line: Line, shop: Shop) -> Iterator[Line]:
    """The line, whole at the beginning and at the end."""
    assert shop.hub.base_url == long_line.url
    yield long_line
    long_line.become(LineFault.NONE)


@pytest.fixture
def till(shop: Shop, line: Line, tmp_path: Path) -> Iterator[Till]:
    """An enrolled terminal that is online and has nothing waiting."""
    enrol_here(tmp_path, line.url, shop.enrolment_code())
    with Till(tmp_path) as opened:
        yield opened.wait_online()


@pytest.fixture
def policy(shop: Shop) -> Iterator[Policy]:
    """The merchant's policy, put back at the end."""
    yield (before := Policy())
    shop.set_policy(before)


@pytest.fixture(scope="session")
def two_nodes(
    postgres_cluster: PostgresCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Shop, HubProcess]]:
    """Two hub processes on one PostgreSQL database, with one name."""
    url = postgres_cluster.create_database()
    database = Database(url)
    migrations.migrate(database)
    database.close()
    folder = tmp_path_factory.mktemp("nodes")
    made = open_context(Settings(data_dir=folder))
    open_keys(made)
    made.database.close()
    environment = {
        **CHEAP_HASHES,
        "MPS_HUB_DATABASE_URL": url,
        "MPS_HUB_KEY_FILE": str(made.settings.key_path),
    }
    with HubProcess(folder / "a", environment=environment) as first:
        second = HubProcess(folder / "b", base_url=first.url, environment=environment)
        with second:
            shop = Shop.open(first)
            yield shop, second
            shop.close()
    postgres_cluster.drop_database(url)
