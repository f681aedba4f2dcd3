"""A terminal of real processes for the rows that happen at the counter."""

from pathlib import Path

import pytest

from tests.fakes.line import Line
from tests.system.faults.counter import Counter
from tests.system.shop import Shop
from tests.system.till import Till, enrol_here


@pytest.fixture
def counter(shop: Shop, line: Line, tmp_path: Path) -> Counter:
    """Enrolled afresh, since a copied journal would be a fork; its first entry is settled and nothing waits."""
    folder = tmp_path / "terminal"
    enrol_here(folder, line.url, shop.enrolment_code())
    with Till(folder) as till:
        till.wait_online()
        return Counter(shop, folder, till.id)
