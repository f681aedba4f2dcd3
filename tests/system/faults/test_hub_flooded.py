"""faults.md 34: a flood of bad logins, codes and tokens is shed, and honest charges keep their time.

The bound is a ratio to the quiet time of the same run, and generous: the flood takes processor time of this machine by
merely being made.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Final

import pytest

from shared.journal_entries import Status
from tests.system.hand_terminal import HandTerminal, enrol_by_hand
from tests.system.invariants import books_are_sound, hub_side_holds
from tests.system.processes import HubProcess
from tests.system.shop import Shop

pytestmark = pytest.mark.serial

CHARGES: Final = 40
SLOWER: Final = 20
"""So many times its quiet p99 a charge may take under the flood."""
AT_LEAST_S: Final = 0.05
"""What counts as the quiet p99 of a machine that is faster: a process that waits for its turn takes that long."""
A_MINUTE: Final = 30
"""Requests that one address, or one merchant's key, may make."""
SHED: Final = 0.5
"""Of what the flood asks, that and more is refused unread."""
_STOP_S: Final = 60
_AMOUNT: Final = 100


@pytest.fixture
def shop_on_the_net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A hub of the test's own, whose passwords cost what they do by default."""
    environment = {
        "MPS_HUB_PIN_BCRYPT_COST": "4",
        "MPS_HUB_PUBLIC_REQUESTS_PER_MINUTE": str(A_MINUTE),
        "MPS_HUB_KEY_REQUESTS_PER_MINUTE": str(A_MINUTE),
    }
    with HubProcess(tmp_path_factory.mktemp("net"), environment=environment) as hub:
        opened = Shop.open(hub)
        yield opened
        opened.close()


def _p99_s(shop: Shop, terminal: HandTerminal) -> float:
    took = []
    for code in shop.load(CHARGES):
        began = time.monotonic()
        [result] = terminal.submit(terminal.charge(code.text, _AMOUNT)).results
        took.append(time.monotonic() - began)
        assert result.status is Status.COMPLETED, result
    return sorted(took)[-1]  # of forty the 99th percentile is the worst


def test_a_flood_is_shed_and_honest_charges_keep_their_time(shop_on_the_net: Shop) -> None:
    shop = shop_on_the_net
    terminal = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    terminal.submit(terminal.entries[0])
    quiet_s = max(_p99_s(shop, terminal), AT_LEAST_S)
    words = [sys.executable, "-m", "tests.injectors.flood", shop.hub.url, shop.demo["merchant"]["api_key"]]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as flood:
        assert flood.stdout is not None
        assert flood.stdout.readline() == "flooding\n"
        flooded_s = _p99_s(shop, terminal)
        out, _ = flood.communicate(timeout=_STOP_S)
    told: dict[str, dict[str, int]] = json.loads(out)
    answers = [(kind, int(status), times) for kind, found in told.items() for status, times in found.items()]
    assert all(400 <= status < 500 or status == 503 for _, status, _ in answers), told
    shed = sum(times for _, status, times in answers if status in (429, 503))
    assert shed / sum(times for _, _, times in answers) >= SHED, told
    assert flooded_s <= SLOWER * quiet_s, f"{flooded_s:.3f} s under the flood, {quiet_s:.3f} s without"
    hub_side_holds(shop, terminal.id)
    books_are_sound(shop)
