"""A hub that serves, on SQLite, for tests that ask it everything; no limit on how often."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from hub_server.bootstrap import build_hub, open_context, prepare_database
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys
from tests.fakes.clock import ManualClock
from tests.hub.api.serving_hub import ServingHub
from tests.hub.conftest import FAST
from tests.hub.serving import serving

OFTEN = 1_000_000
UNLIMITED: dict[str, Any] = {
    name: OFTEN
    for name in Settings.model_fields
    if name.endswith("_requests_per_minute") or name.startswith("bindings_per_")
}
OpenHub = Callable[..., AbstractContextManager[ServingHub]]


@pytest.fixture(scope="session")
def open_hub(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, keys: HubSigningKeys
) -> OpenHub:
    """`open_hub(**settings)`: a fresh hub on a database of its own."""

    @contextmanager
    def _open(**changed: Any) -> Iterator[ServingHub]:
        folder = tmp_path_factory.mktemp("hub")
        shutil.copy(sqlite_template, folder / "hub.sqlite")
        url = SecretStr(f"sqlite:///{folder / 'hub.sqlite'}")
        settings = Settings(data_dir=folder, database_url=url, **(FAST | UNLIMITED | changed))
        clock = ManualClock()
        context = open_context(settings, clock)
        prepare_database(context)
        try:
            hub = build_hub(context, keys)
            with serving(hub.app) as url_text, httpx.Client(base_url=url_text, timeout=30) as client:
                yield ServingHub(hub=hub, clock=clock, client=client)
        finally:
            context.database.close()

    return _open


@pytest.fixture(scope="module")
def served(open_hub: OpenHub) -> Iterator[ServingHub]:
    """One hub for a module's tests."""
    with open_hub() as opened:
        yield opened
