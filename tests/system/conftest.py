"""One hub process a worker, shared by the tests that only use it; a test that harms its hub starts its own."""

from collections.abc import Iterator

import pytest

from tests.system.processes import HubProcess
from tests.system.shop import CHEAP_HASHES, Shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A hub with demo data. Every test takes terminals and cards of its own, so that none sees another's."""
    with HubProcess(tmp_path_factory.mktemp("hub"), environment=CHEAP_HASHES) as hub:
        opened = Shop.open(hub)
        yield opened
        opened.close()
