"""A suspension, and a manager's post, count for a contact from when terminals were told, not from when made."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from hub_server.audit import Actor
from hub_server.bootstrap import Hub
from hub_server.merchants import resume_merchant, suspend_merchant
from hub_server.staff import PostClaim, StaffRole, end_post, managers_at, post_staff
from hub_server.terminals import resume_terminal, suspend_terminal, suspended_at
from shared.journal_entries import Status
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock
from tests.hub.ground.shop import Shop

ADMIN = Actor("admin", "an-admin")
Change = Callable[..., Any]


@pytest.fixture
def counter(hub: Hub) -> Counter:
    return Counter(hub.context, hub.keys, HubRows(hub.context, hub.keys))


def _do(hub: Hub, change: Change, **whom: str) -> None:
    at = hub.context.clock.now()
    hub.context.database.run(lambda c: change(c, at=at, actor=ADMIN, reason="a review", **whom))


def _contact(counter: Counter, clock: ManualClock) -> datetime:
    clock.advance(1_000)
    counter.rows.contact(counter.terminal_id, clock.now(), clock.now())
    counter.journal.contact = clock.now()
    clock.advance(1_000)
    return counter.journal.contact


@pytest.mark.parametrize("who", ["terminal", "merchant"])
def test_a_suspension_counts_from_the_contact_that_knew_of_it(
    hub: Hub, counter: Counter, clock: ManualClock, who: str
) -> None:
    changes: dict[str, tuple[Change, Change]] = {
        "terminal": (suspend_terminal, resume_terminal),
        "merchant": (suspend_merchant, resume_merchant),
    }
    stop, resume = changes[who]
    whom = {
        "terminal": {"terminal_id": counter.terminal_id},
        "merchant": {"merchant_id": counter.shop.merchant_id},
    }[who]
    charges, contacts = [], []
    for change, is_told in ((None, False), (stop, False), (None, True), (resume, False), (None, True)):
        if change is not None:
            _do(hub, change, **whom)
        if is_told:
            hub.dispatcher.dispatch()
        contacts.append(_contact(counter, clock))
        code = counter.rows.code(counter.rows.card(), age_s=0)
        charge = counter.journal.charge(code)
        charges.append((charge, counter.journal.advice(charge)))
    found = hub.context.database.read(
        lambda c: suspended_at(c, counter.terminal_id, counter.shop.merchant_id, contacts)
    )
    assert found == {contacts[2], contacts[3]}
    clock.advance(5 * 60_000)
    outcomes = counter.submit(counter.journal.entries[0], *(entry for pair in charges for entry in pair))
    advised = [(each.status, each.refusal and each.refusal.code) for each in outcomes[2::2]]
    refused = (Status.REJECTED, Code.OFFLINE_NOT_ALLOWED)
    assert advised == [(Status.COMPLETED, None)] * 2 + [refused] * 2 + [(Status.COMPLETED, None)]


def test_another_merchants_suspension_is_nobody_elses(hub: Hub, counter: Counter, clock: ManualClock) -> None:
    other = counter.rows.shop()
    _do(hub, suspend_merchant, merchant_id=other.merchant_id)
    hub.dispatcher.dispatch()
    contact = _contact(counter, clock)
    assert not hub.context.database.read(
        lambda c: suspended_at(c, counter.terminal_id, counter.shop.merchant_id, [contact])
    )


def test_a_post_counts_from_when_its_begin_was_told_until_its_end_was(hub: Hub, clock: ManualClock) -> None:
    shop = Shop.open(hub)
    contacts: list[datetime] = []

    def wait() -> None:
        clock.advance(1_000)
        contacts.append(clock.now())
        clock.advance(1_000)

    shop.do(
        post_staff,
        ids=hub.context.ids,
        staff_id=shop.cashier.id,
        store_id=shop.store.id,
        role=StaffRole.STORE_MANAGER,
    )
    wait()
    hub.dispatcher.dispatch()
    wait()
    shop.do(end_post, staff_id=shop.cashier.id, store_id=shop.store.id)
    wait()
    hub.dispatcher.dispatch()
    wait()
    claims = [PostClaim(shop.cashier.id, shop.store.id, contact) for contact in contacts]
    true = hub.context.database.read(lambda c: managers_at(c, claims))
    assert true == set(claims[1:3])
