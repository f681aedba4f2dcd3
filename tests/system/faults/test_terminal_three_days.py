"""Row 9: three days offline and 5,000 entries, then the line is back.

All of it drains in flat memory, and who charges in the middle of it is answered at once.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from pos_app.bootstrap import build_terminal
from pos_app.features.charging.outcomes import Paid, PaidOffline
from pos_app.journal.charges import Charge
from pos_app.storage import Transaction
from pos_app.syncing.charge_book import ChargeBook, NewCharge
from shared.api.policy import OfflinePolicy, Policy
from shared.clock import SystemClock
from shared.journal_entries import AdviceReason
from shared.payment_code import read_payment_code
from tests.fakes.clock import ManualClock
from tests.injectors.libfaketime import WallClock
from tests.injectors.net_namespace import Cut, Door, NetNamespace
from tests.system.faults.counter import PAYABLE
from tests.system.invariants import all_hold
from tests.system.processes import HubProcess, free_port
from tests.system.shop import CHEAP_HASHES, Shop
from tests.system.till import enrol_here, pos_settings
from tests.system.till_process import TillProcess
from tests.system.witness import own_entries

CHARGES: Final = 2_500
"""Each is a charge and its advice."""
DAYS: Final = timedelta(days=3)
ROUNDS: Final = 25
"""Codes live for minutes: they are given out as the days go by."""
DRAINED_S: Final = 90.0
ANSWERED_S: Final = 2.0
MEMORY_KIB: Final = 24 * 1024
_MS: Final = timedelta(milliseconds=1)
_OFFLINE: Final = OfflinePolicy(
    max_amount=50_000,
    soft_total=10**9,
    max_total=10**9,
    max_count=10_000,
    max_duration_s=int((DAYS + timedelta(days=1)).total_seconds()),
)


@pytest.fixture
def clock() -> ManualClock:
    """Three days ago."""
    return ManualClock(SystemClock().now() - DAYS)


@pytest.fixture
def shop(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A hub that began three days ago and serves today; its address is the port of a door that is not there yet."""
    # Both the hub's process and the shop beside it go by this.
    monkeypatch.setenv("MPS_HUB_OFFLINE_MAX_DURATION_S", str(_OFFLINE.max_duration_s))
    wall = WallClock(tmp_path / "wall-clock")
    wall.set_off(-DAYS)
    address = f"http://127.0.0.1:{free_port()}"
    hub = HubProcess(tmp_path / "hub", base_url=address, environment={**CHEAP_HASHES, **wall.environment()})
    with hub:
        shop = Shop.open(hub, clock)
        shop.wait_until_told(shop.set_policy(Policy(offline=_OFFLINE)))
        enrol_here(tmp_path / "terminal", hub.url, shop.enrolment_code(), clock)
        hub.stop()
        hub.environment = dict(CHEAP_HASHES)
        hub.start()
        yield shop
        shop.close()


@pytest.mark.slow
def test_three_days_and_five_thousand_entries_drain_beside_live_charges(
    shop: Shop, clock: ManualClock, tmp_path: Path
) -> None:
    folder, port = tmp_path / "terminal", int(shop.hub.base_url.rpartition(":")[2])
    approved = _three_days(shop, clock, folder)
    with (
        NetNamespace() as network,
        Door(network.listen(port), shop.hub.port),
        TillProcess(folder, prefix=network.within) as till,
    ):
        network.cut(Cut.SILENT, port)
        till.wait_offline()
        _charge(shop, till, PaidOffline.__name__, approved)
        before = till.memory()
        assert till.waiting() > 2 * CHARGES
        network.cut(Cut.NONE, port)
        for waiting in (2 * CHARGES * 3 // 4, CHARGES // 2):
            till.wait_until_waiting(waiting, DRAINED_S)
            took_s = _charge(shop, till, Paid.__name__, approved)
            assert took_s < ANSWERED_S, f"a live charge beside the backlog took {took_s} s"
        till.wait_until_waiting(0, DRAINED_S)
        grown = till.memory().peak - before.peak
        assert grown < MEMORY_KIB, f"{grown} KiB more at the peak of the drain"
    assert len(own_entries(folder)) >= 2 * CHARGES
    all_hold(shop, folder, approved=approved)


def _three_days(shop: Shop, clock: ManualClock, folder: Path) -> dict[str, int]:
    """Approvals all through the three days, each round of them in one commit: payable by the charge's entry id."""
    approved: dict[str, int] = {}
    # The hub's own clock went on while the terminal was enrolled.
    clock.advance(timedelta(minutes=5) // _MS)
    terminal = build_terminal(pos_settings(folder), machine=clock)
    try:
        for _ in range(ROUNDS):
            texts = [code.text for code in shop.load(CHARGES // ROUNDS)]
            written = terminal.database.write(partial(_approve, terminal.book, texts)).result()
            approved |= {charge.id: charge.payable for charge in written}
            clock.advance(DAYS // ROUNDS // _MS)
    finally:
        terminal.close()
    clock.set(SystemClock().now())
    return approved


def _approve(book: ChargeBook, texts: list[str], tx: Transaction) -> list[Charge]:
    """What the desk writes offline."""
    written = []
    for text in texts:
        with read_payment_code(text, book.hub_copy.facts.keys) as code:
            new = NewCharge(
                code=code, amount=PAYABLE, cashier="test", shift="0001", order_ref=None, training=False
            )
            charge = book.write_charge(tx, new)
        assert book.advise(tx, charge, AdviceReason.OFFLINE, None)
        written.append(charge)
    return written


def _charge(shop: Shop, till: TillProcess, wanted: str, approved: dict[str, int]) -> float:
    told = till.charge(shop.payment_code().text, PAYABLE)
    assert told.outcome == wanted, told
    assert told.entry_id is not None
    approved[told.entry_id] = PAYABLE
    return told.took_s
