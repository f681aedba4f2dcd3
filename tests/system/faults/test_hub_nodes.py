"""faults.md 21 (and 14): one of two hub nodes dies behind a balancer, after its commit or before it; the other answers.

The balancer is the proxy, whose connections go to the other node from then on.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from hub_server.foundation.failpoints import CHOSEN, TEST_BUILD, Failpoint
from pos_app.features.charging.outcomes import InDoubt, Paid
from shared.api.policy import Policy
from tests.fakes.line import Line, LineFault
from tests.log_rules import ExpectedLogs
from tests.system.invariants import all_hold
from tests.system.processes import HubProcess
from tests.system.shop import Shop
from tests.system.till import Till, by_way_of, enrol_here

pytestmark = pytest.mark.xdist_group("two_nodes")

_AMOUNT: Final = 12_345
_LATE_S: Final = 30.0
_SOON_MS: Final = 500


@pytest.fixture
def nodes(two_nodes: tuple[Shop, HubProcess]) -> Iterator[tuple[Shop, HubProcess]]:
    """Both are there again at the end, without a failpoint; the tills of the test are impatient."""
    shop, second = two_nodes
    shop.set_policy(Policy(response_timeout_ms=_SOON_MS))
    yield shop, second
    shop.set_policy(Policy())
    shop.hub.kill()
    shop.hub.environment.pop(CHOSEN, None)
    shop.hub.environment.pop(TEST_BUILD, None)
    shop.hub.start()


def test_a_charge_whose_node_died_is_answered_by_the_other_and_has_one_effect(
    nodes: tuple[Shop, HubProcess], tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos", ".")
    shop, second = nodes
    enrol_here(tmp_path, shop.hub.url, shop.enrolment_code())
    approved: dict[str, int] = {}
    with Line(shop.hub.port) as balancer, Till(tmp_path, by_way_of(balancer.url)) as till:
        till.wait_online()
        # It has committed, and its answer is lost with it.
        code = shop.payment_code()
        balancer.become(LineFault.LOSE_REPLIES)
        lost = till.charge(code.text, _AMOUNT).outcome
        assert isinstance(lost, InDoubt), lost
        deadline = time.monotonic() + _LATE_S
        while not shop.movements(code.card_no):
            assert time.monotonic() < deadline, "it never committed"
        shop.hub.kill()
        balancer.target_port = second.port
        balancer.become(LineFault.REFUSE)
        balancer.become(LineFault.NONE)
        approved |= _is_paid_late(till, lost)
        # It dies in the middle of its transaction.
        shop.hub.environment |= {TEST_BUILD: "1", CHOSEN: Failpoint.BEFORE_COMMIT}
        shop.hub.start()
        balancer.target_port = shop.hub.port
        balancer.become(LineFault.REFUSE)
        balancer.become(LineFault.NONE)
        till.wait_online()
        torn = till.charge(shop.payment_code().text, _AMOUNT).outcome
        assert isinstance(torn, InDoubt), torn
        shop.hub.wait_until_dead()
        balancer.target_port = second.port
        approved |= _is_paid_late(till, torn)
        till.wait_online()
    all_hold(shop, tmp_path, approved=approved)


def _is_paid_late(till: Till, doubt: InDoubt) -> dict[str, int]:
    late = till.wait_late(_LATE_S)
    assert isinstance(late, Paid), late
    assert late.entry.entry_id == doubt.entry.entry_id
    return {late.entry.entry_id: _AMOUNT}
