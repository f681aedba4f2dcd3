"""Row 1, the part that `tests/system/test_kills.py` leaves: killed while a charge is in doubt, whichever half was lost.

The hub may have decided the charge or never heard of it; the terminal cannot know, and dies while it ends the doubt.
"""

from typing import Final

import pytest

from shared.api.policy import Policy
from tests.fakes.line import Line, LineFault
from tests.system.faults.counter import IN_DOUBT, PAYABLE, Counter
from tests.system.shop import Shop
from tests.system.witness import net_paid, own_charges, own_types

_SOON_MS: Final = 300
ENDED_BY_ADVICE: Final = ("before_advice_commit", "after_advice_commit", "before_receipt", "after_receipt")
ENDED_AT_THE_NEXT_START: Final = ("before_reversal_commit", "after_reversal_commit")
LOST: Final = (LineFault.LOSE_DECISIONS, LineFault.LOSE_ENTRIES)


@pytest.fixture
def impatient(shop: Shop, policy: Policy) -> None:
    """Terminals that are enrolled from now on are in doubt soon."""
    shop.wait_until_told(shop.set_policy(policy.model_copy(update={"response_timeout_ms": _SOON_MS})))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("lost", LOST, ids=lambda fault: fault.value)
def test_killed_while_it_approves_a_charge_in_doubt(counter: Counter, line: Line, lost: LineFault) -> None:
    for number, killed_at in enumerate(ENDED_BY_ADVICE, start=1):
        line.become(lost)
        counter.die(killed_at)
        line.become(LineFault.NONE)
        counter.ended_well()
        charge = own_charges(counter.folder)[-1]
        stands = killed_at != "before_advice_commit"
        assert counter.charges == number, "the charge was written anew"
        assert charge.is_paid is stands, (killed_at, charge)
        paid = net_paid(counter.shop, counter.terminal_id).get(charge.id, 0)
        assert paid == (PAYABLE if stands else 0), killed_at


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("lost", LOST, ids=lambda fault: fault.value)
def test_killed_while_the_next_start_cancels_a_charge_in_doubt(
    counter: Counter, line: Line, lost: LineFault
) -> None:
    for number, killed_at in enumerate(ENDED_AT_THE_NEXT_START, start=1):
        line.become(lost)
        left = counter.charge("--offline", "never")
        assert left.returncode == IN_DOUBT, (left.returncode, left.stdout, left.stderr)
        line.become(LineFault.NONE)
        counter.die(killed_at, "sync")
        counter.ended_well()
        assert counter.charges == number
        assert own_types(counter.folder).count("reversal") == number, "cancelled twice, or not at all"
        assert not counter.last_is_paid
    assert sum(net_paid(counter.shop, counter.terminal_id).values()) == 0
