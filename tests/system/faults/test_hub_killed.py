"""faults.md 14: the hub is killed at one step of its transaction after the other; the entry, sent again, has one effect.

The entry is a reversal, which does not grow too old for it on a busy machine; it is written as a charge is. The other
steps are in tests/system/test_kills.py, with charges and the terminal's own program.
"""

from pathlib import Path
from typing import Final

import httpx
import pytest

from hub_server.foundation.failpoints import CHOSEN, TEST_BUILD, Failpoint
from shared.journal_entries import Status
from tests.system.hand_terminal import enrol_by_hand
from tests.system.invariants import books_are_sound, hub_side_holds
from tests.system.processes import HubProcess
from tests.system.shop import CHEAP_HASHES, Shop

_AMOUNT: Final = 12_345
STEPS: Final = (
    Failpoint.BEFORE_TRANSACTION,
    Failpoint.AFTER_TRANSACTIONS,
    Failpoint.AFTER_POSTINGS,
    Failpoint.AFTER_ENTRIES,
)


def test_killed_at_one_step_after_the_other_nothing_moves_until_all_of_it_does(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub", environment=dict(CHEAP_HASHES))
    with hub:
        shop = Shop.open(hub)
        terminal = enrol_by_hand(hub.url, shop.enrolment_code())
        code = shop.payment_code()
        funds = shop.balance(code.card_no)
        charge = terminal.charge(code.text, _AMOUNT)
        paid = terminal.submit(*terminal.entries).results[-1]
        assert paid.status is Status.COMPLETED
        reversal = terminal.reversal(charge)
        before = shop.movements(code.card_no), shop.entries_of(terminal.id)
        for step in STEPS:
            hub.kill()
            hub.environment |= {TEST_BUILD: "1", CHOSEN: step}
            hub.start()
            with pytest.raises(httpx.TransportError):
                terminal.submit(reversal)
            hub.wait_until_dead()
            assert (shop.movements(code.card_no), shop.entries_of(terminal.id)) == before, step
            assert shop.balance(code.card_no) == funds - _AMOUNT, step
        hub.environment.pop(CHOSEN)
        hub.start()
        [result] = terminal.submit(reversal).results
        assert result.status is Status.REVERSED
        assert shop.balance(code.card_no) == funds
        hub_side_holds(shop, terminal.id)
        books_are_sound(shop)
        shop.close()
