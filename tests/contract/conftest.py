"""The real hub that the terminal's side of each contract is held against."""

from collections.abc import Iterator

import pytest

from tests.system.hand_terminal import HandTerminal, enrol_by_hand
from tests.system.processes import HubProcess
from tests.system.shop import CHEAP_HASHES, Shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A hub process with demo data, shared by a worker's contract tests."""
    with HubProcess(tmp_path_factory.mktemp("hub"), environment=CHEAP_HASHES) as hub:
        opened = Shop.open(hub)
        yield opened
        opened.close()


@pytest.fixture
def terminal(shop: Shop) -> HandTerminal:
    """A terminal whose genesis the hub has."""
    made = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    made.submit(made.entries[0])
    return made
