"""Hubs on both databases, each with a database of its own, and a real server to talk to.

The schema comes from the migrations: after a change of a table, draft the newest revision anew
(`python packaging/schema/draft_revision.py`).
"""

import os
import shutil
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from hub_server import migrations
from hub_server.bootstrap import Hub, build_hub, open_context, open_keys, prepare_database
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Database
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys
from tests.fakes.clock import ManualClock
from tests.hub.compiled_sql import share_compiled_sql
from tests.hub.routes_on_demand import routes_on_demand
from tests.hub.serving import serving
from tests.postgres import PostgresCluster

BASE_URL = "https://hub.example"
FAST: dict[str, Any] = {"pin_bcrypt_cost": 4, "password_bcrypt_cost": 4, "base_url": BASE_URL}


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "hub.sqlite"
    database = Database(f"sqlite:///{path}")
    migrations.migrate(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: PostgresCluster) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    url = postgres_cluster.create_database()
    database = Database(url)
    migrations.migrate(database)
    database.close()
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of the test's own."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "hub.sqlite"
        shutil.copy(template, path)
        yield f"sqlite:///{path}"
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    url = cluster.create_database(request.getfixturevalue("postgres_template"))
    yield url
    cluster.drop_database(url)


@pytest.fixture
def clock() -> ManualClock:
    """The hub's clock, at 2026-11-22 10:00 UTC until a test moves it."""
    return ManualClock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Cheap hashes; everything else as it is by default."""
    return Settings(data_dir=tmp_path / "data", database_url=SecretStr(database_url), **FAST)


@pytest.fixture
def hub_context(settings: Settings, clock: ManualClock) -> Iterator[Context]:
    """The hub's context on a prepared database."""
    opened = open_context(settings, clock)
    share_compiled_sql(opened.database.engine)
    prepare_database(opened)
    yield opened
    opened.database.close()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> HubSigningKeys:
    """The hub's keys."""
    folder = tmp_path_factory.mktemp("keys")
    made = open_context(Settings(data_dir=folder))
    opened = open_keys(made)
    made.database.close()
    return opened


@pytest.fixture(scope="session", autouse=True)
def _routes_on_demand() -> Iterator[None]:
    with routes_on_demand():
        yield


@pytest.fixture
def hub(hub_context: Context, keys: HubSigningKeys) -> Hub:
    """The whole hub, not serving: `hub.context`, `hub.keys`, `hub.dispatcher.dispatch()`."""
    return build_hub(hub_context, keys)


@pytest.fixture
def address(hub: Hub) -> Iterator[str]:
    """Where the hub serves, jobs and all."""
    with serving(hub.app) as url:
        yield url


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """What httpx would read the machine's certificates for, for each client anew."""
    return ssl.create_default_context()


@pytest.fixture
def client(address: str, tls: ssl.SSLContext) -> Iterator[httpx.Client]:
    """A client of the serving hub."""
    with httpx.Client(base_url=address, timeout=30, verify=tls) as opened:
        yield opened


@pytest.fixture
def run(hub_context: Context) -> Callable[..., Any]:
    """`run(use_case, **arguments)`: the use case in a transaction of its own."""

    def _run(use_case: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        return hub_context.database.run(lambda connection: use_case(connection, *arguments, **named))

    return _run


EVERY_CASE = "MPS_TEST_EVERY_CASE"
"""Set it to run every case of every test on both databases."""
MANY_CASES = 4
_ALWAYS_BOTH = frozenset(
    {"adjusting", "audit", "charging", "consistency", "journal_intake", "refunding", "shifts", "idempotency"}
)
"""Rooms whose every case is about rows and money."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test with many cases, the two databases take turns: each test runs on both, each case on one of them.

    A request that is malformed in twenty ways is so on both, and the whole run has its time. `MPS_TEST_EVERY_CASE=1`
    runs them all.
    """
    if EVERY_CASE in os.environ:
        return
    cases: dict[str, list[pytest.Function]] = {}
    for item in items:
        if isinstance(item, pytest.Function) and _may_take_turns(item):
            cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out: set[pytest.Item] = set()
    for group in cases.values():
        names = list(dict.fromkeys(_case_of(item) for item in group))
        if len(names) >= MANY_CASES:
            left_out |= {item for item in group if names.index(_case_of(item)) % 2 != _is_on_postgres(item)}
    if left_out:
        config.hook.pytest_deselected(items=sorted(left_out, key=lambda item: item.nodeid))
        items[:] = [item for item in items if item not in left_out]


def _may_take_turns(item: pytest.Function) -> bool:
    has_database = hasattr(item, "callspec") and "database_url" in item.callspec.params
    return has_database and item.path.parent.name not in _ALWAYS_BOTH


def _is_on_postgres(item: pytest.Function) -> bool:
    return bool(item.callspec.params["database_url"] == "postgres")


def _case_of(item: pytest.Function) -> str:
    """The case without its database."""
    names = item.callspec.id.split("-")
    return "-".join(name for name in names if name not in ("sqlite", "postgres"))
