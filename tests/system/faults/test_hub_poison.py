"""faults.md 31: an entry that the hub cannot judge, a change that nobody can carry or read: set aside with an alert, and
the rest flows.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from hub_server.cards.tables import cards
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.outbox.tables import outbox
from pos_app.features.charging.outcomes import PaidOffline
from shared.api.policy import Policy
from tests.fakes.line import Line, LineFault
from tests.log_rules import ExpectedLogs
from tests.system.faults.offices import Offices
from tests.system.invariants import all_hold
from tests.system.shop import FundedCode, Shop
from tests.system.till import Till, enrol_here
from tests.system.witness import own_charges

_AMOUNT: Final = 12_345
_LATE_S: Final = 20.0
_NO_MORE_POINTS: Final = (1 << 63) - 1
_COUNT: Final = 7


def _until(what: str, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LATE_S
    while not holds():
        assert time.monotonic() < deadline, what


@contextmanager
def _poisoned(shop: Shop, code: FundedCode) -> Iterator[None]:
    """No charge of this card can be written: its points are as many as a number can be."""

    def write(points: int) -> None:
        changed = sa.update(cards).where(cards.c.card_no == code.card_no).values(points=points)
        shop.context.database.run(lambda connection: connection.execute(changed))

    [before] = shop.read(sa.select(cards.c.points).where(cards.c.card_no == code.card_no))
    write(_NO_MORE_POINTS)
    try:
        yield
    finally:
        write(before["points"])


def test_an_entry_that_cannot_be_judged_is_left_to_a_person_and_the_others_are_settled(
    shop: Shop, line: Line, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos", ".")
    offices = Offices.of(shop)
    enrol_here(tmp_path, line.url, shop.enrolment_code())
    before, poison, after = codes = [shop.payment_code() for _ in range(3)]
    funds = {code.card_no: shop.balance(code.card_no) for code in codes}
    approved: dict[str, int] = {}
    with Till(tmp_path) as till:
        till.wait_online()
        line.become(LineFault.REFUSE)
        till.wait_offline()
        for code in codes:
            paid = till.charge(code.text, _AMOUNT).outcome
            assert isinstance(paid, PaidOffline), paid
            approved[paid.entry.entry_id] = _AMOUNT
        bad = own_charges(tmp_path)[1]
        with _poisoned(shop, poison):
            line.become(LineFault.NONE)
            _until("the poison is held", lambda: bad.seq in offices.held(till.id))
            till.row.wait("the others settled", lambda status: status.waiting <= 2, _LATE_S)
            assert [charge.is_paid for charge in own_charges(tmp_path)] == [True] * 3
            spent = [funds[code.card_no] - shop.balance(code.card_no) for code in codes]
            assert spent == [_AMOUNT, 0, _AMOUNT], spent
            _until("somebody is alerted", lambda: bool(offices.alerts("entry_set_aside", till.id)))
        for seq in offices.held(till.id):
            offices.honour(till.id, seq)
        till.wait_online()
    assert shop.balance(before.card_no) == shop.balance(after.card_no)
    all_hold(shop, tmp_path, approved=approved)


def test_a_change_that_cannot_be_carried_or_read_holds_up_none_of_those_after_it(
    shop: Shop, till: Till, policy: Policy, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos", "set aside")
    unreadable = {"kind": "notice", "terminal_id": till.id, "data": {"texts": [1, 2]}}
    not_carried = {"kind": "nothing of ours", "data": {}}
    now = shop.context.clock.now()
    shop.context.database.run(lambda c: enqueue(c, now, [News(FEED, not_carried), News(FEED, unreadable)]))
    shop.set_policy(
        policy.model_copy(update={"offline": policy.offline.model_copy(update={"max_count": _COUNT})})
    )
    till.row.wait("the policy after them", lambda status: status.meter.left_count == _COUNT, _LATE_S)
    rows = shop.read(sa.select(outbox).where(outbox.c.topic == FEED))
    [bad] = [row for row in rows if row["payload"] == not_carried]
    offices = Offices.of(shop)
    _until("somebody is alerted", lambda: bool(offices.alerts("outbox_set_aside", f"outbox:{bad['id']}")))
    till.wait_online()
    all_hold(shop, till.folder)
