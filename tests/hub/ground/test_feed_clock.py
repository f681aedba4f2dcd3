"""The feed's time never goes back, though nodes' clocks differ and are set back (protocol.md 6)."""

from datetime import timedelta

import pytest

from hub_server.audit import Actor
from hub_server.bootstrap import Hub
from hub_server.change_feed import feed_start
from hub_server.change_feed.look import look, tell_time
from hub_server.foundation.storage import Connection
from hub_server.payment_codes import revoke_codes
from shared.journal_entries import Status
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock

BEHIND = timedelta(seconds=3)


@pytest.fixture
def counter(hub: Hub) -> Counter:
    return Counter(hub.context, hub.keys, HubRows(hub.context, hub.keys))


def _read_the_feed(hub: Hub, counter: Counter) -> None:
    """The terminal looks at the feed, is told the time, and that is its contact from then on."""

    def work(connection: Connection) -> None:
        found = look(connection, hub.context.clock, 0, 500)
        assert found.hub_time is not None
        tell_time(connection, [counter.terminal_id], found.hub_time)
        counter.journal.contact = found.hub_time

    hub.context.database.run(work)


def test_a_contact_from_a_node_ahead_claims_nothing_that_a_node_behind_tells_later(
    hub: Hub, counter: Counter, clock: ManualClock
) -> None:
    card = counter.rows.card()
    code = counter.rows.code(card, age_s=0)
    clock.advance(5_000)
    _read_the_feed(hub, counter)
    clock.set(clock.now() - BEHIND)
    at, admin = clock.now(), Actor("admin", "an-admin")
    hub.context.database.run(
        lambda c: revoke_codes(c, card_id=card.card_id, at=at, actor=admin, reason="lost")
    )
    hub.dispatcher.dispatch()
    assert counter.code_row(code)["told_at"] > counter.journal.contact
    clock.advance(10_000)
    charge = counter.journal.charge(code)
    counter.journal.advice(charge)
    clock.advance(5 * 60_000)
    assert counter.submit(*counter.journal.entries)[-1].status is Status.COMPLETED


def test_what_the_feed_told_before_counts_though_the_clock_went_back(
    hub: Hub, counter: Counter, clock: ManualClock
) -> None:
    card = counter.rows.card()
    code = counter.rows.code(card, age_s=0)
    clock.advance(5_000)
    at, admin = clock.now(), Actor("admin", "an-admin")
    hub.context.database.run(
        lambda c: revoke_codes(c, card_id=card.card_id, at=at, actor=admin, reason="lost")
    )
    hub.dispatcher.dispatch()
    clock.set(clock.now() - BEHIND)
    _read_the_feed(hub, counter)
    assert counter.journal.contact >= counter.code_row(code)["told_at"]
    clock.advance(10_000)
    charge = counter.journal.charge(code)
    counter.journal.advice(charge)
    clock.advance(5 * 60_000)
    refusal = counter.submit(*counter.journal.entries)[-1].refusal
    assert refusal is not None
    assert refusal.code is Code.QR_REVOKED


def test_the_time_told_never_goes_back(hub: Hub, counter: Counter, clock: ManualClock) -> None:
    _read_the_feed(hub, counter)
    first = counter.journal.contact
    clock.set(first - BEHIND)
    _read_the_feed(hub, counter)
    assert counter.journal.contact == first
    _, at_enrolment = hub.context.database.run(lambda c: feed_start(c, clock.now()))
    assert at_enrolment == first
