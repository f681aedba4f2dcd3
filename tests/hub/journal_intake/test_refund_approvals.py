"""Who must approve a refund, and which wait for a person (protocol.md 4, 5)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hub_server.foundation.outbox.tables import outbox
from hub_server.merchants.tables import merchants
from hub_server.terminals.tables import terminals
from shared.journal_entries import Status
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.builders.terminal_journal import CASHIER, REFUNDER
from tests.fakes.clock import ManualClock
from tests.hub.journal_intake.refund_asks import ask_refund, paid, said

HOUR_MS = 3_600_000
NewCounter = Callable[..., Counter]


@pytest.mark.parametrize(
    ("who", "when"),
    [
        ("the charge's cashier", "then"),
        ("the refund's own cashier", "then"),
        ("a cashier", "then"),
        ("nobody known", "then"),
        ("another store's manager", "then"),
        ("a manager", "before the post began"),
        ("a manager", "after the post ended"),
    ],
)
def test_a_refund_that_no_other_manager_approved_moves_nothing_and_alerts(
    counter: Counter, rows: HubRows, clock: ManualClock, who: str, when: str
) -> None:
    ended = clock.now() - timedelta(hours=1) if when.startswith("after") else None
    begun = clock.now() + timedelta(hours=1) if when.startswith("before") else None
    manager = rows.manager(counter.shop, until=ended, since=begun)
    staff: dict[str, Callable[[], str]] = {
        "a cashier": lambda: rows.cashier(counter.shop),
        "nobody known": lambda: "somebody",
        "another store's manager": lambda: rows.manager(rows.shop()),
    }
    approver = staff[who]() if who in staff else manager
    card = rows.card()
    cashier = manager if who == "the charge's cashier" else CASHIER
    charge = counter.journal.charge(rows.code(card), 1_000, cashier=cashier)
    counter.submit(*counter.journal.entries)
    asking = manager if who == "the refund's own cashier" else REFUNDER
    refund = counter.journal.refund(charge, 100, approved_by=approver, cashier=asking)
    for _ in range(2):
        assert said(counter.ask(refund)) == (Status.DECLINED, Code.MANAGER_APPROVAL_REQUIRED)
    assert counter.balance(card) == 99_000
    (told,) = [row["payload"] for row in rows.rows(outbox, topic="alert")]
    assert (told["kind"], told["subject"]) == ("refund_refused", counter.terminal_id)
    assert told["detail"] == {"seq": refund.seq, "approved_by": approver}


def test_a_manager_whose_post_had_not_ended_at_the_contact_approves(
    counter: Counter, rows: HubRows, clock: ManualClock
) -> None:
    manager = rows.manager(counter.shop, until=clock.now() + timedelta(minutes=5))
    charge = paid(counter, rows.card(), 1_000)
    refund = counter.journal.refund(charge, 100, approved_by=manager)
    clock.advance(5 * HOUR_MS)
    assert counter.ask(refund).status is Status.COMPLETED


@pytest.mark.parametrize("table", ["terminal", "merchant"])
def test_a_refund_of_a_suspended_terminal_or_merchant_is_held(
    counter: Counter, rows: HubRows, manager: str, table: str
) -> None:
    card = rows.card()
    charge = paid(counter, card, 1_000)
    late = counter.journal.charge(rows.code(rows.card()), 1_000)
    waiting = counter.journal.refund(late, 100, approved_by=manager)
    assert counter.ask(waiting).status is Status.PENDING
    if table == "terminal":
        rows.update(terminals, {"id": counter.terminal_id}, {"status": "suspended"})
    else:
        rows.update(merchants, {"id": counter.shop.merchant_id}, {"status": "suspended"})
    held = ask_refund(counter, charge, 100, manager)
    expected = Code.TERMINAL_NOT_ACTIVE if table == "terminal" else Code.MERCHANT_NOT_ACTIVE
    assert (said(held), held.decision) == ((Status.HELD, expected), None)
    assert counter.balance(card) == 99_000
    # What waited goes on waiting, and for a person once its charge is settled.
    assert counter.ask(waiting).status is Status.PENDING


def test_what_waited_is_held_when_its_charge_is_settled_under_a_suspension(
    counter: Counter, another: NewCounter, rows: HubRows, manager: str
) -> None:
    sibling, card = another(counter.shop), rows.card()
    charge = sibling.journal.charge(rows.code(card), 1_000)
    refund = counter.journal.refund(charge, 100, approved_by=manager)
    counter.submit(*counter.journal.entries)
    sibling.submit(charge)
    rows.update(terminals, {"id": counter.terminal_id}, {"status": "suspended"})
    assert said(counter.ask(refund)) == (Status.HELD, Code.TERMINAL_NOT_ACTIVE)
    assert counter.balance(card) == 99_000
