"""What people see of terminals' journals: contact, gaps, what waits, forks (protocol.md 5)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hub_server.bootstrap import Hub
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import ALERT
from hub_server.foundation.outbox.tables import outbox
from hub_server.monitoring import GAP, SyncState, list_sync, watch_gaps
from hub_server.monitoring.tables import alerts
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals import TerminalFilter
from shared.journal_entries import ShiftOpenData, Status
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock

DAY_MS = 25 * 3_600_000


@pytest.fixture
def counter(hub_context: Context, keys: HubSigningKeys) -> Counter:
    """A terminal whose entries arrive too late to be decided live."""
    return Counter(hub_context, keys, HubRows(hub_context, keys), lag=TOO_LATE)


@pytest.fixture
def seen(hub_context: Context) -> Callable[[Counter], SyncState]:
    """`seen(counter)`: how its terminal stands."""

    def _seen(counter: Counter) -> SyncState:
        wanted = TerminalFilter(terminal_id=counter.terminal_id)
        states, after = hub_context.database.read(lambda c: list_sync(c, wanted, limit=5, cursor=None))
        assert after is None
        return states[0]

    return _seen


def test_a_terminal_that_has_sent_everything_has_nothing_to_tell(
    counter: Counter, seen: Callable[[Counter], SyncState]
) -> None:
    fresh = seen(counter)
    assert (fresh.terminal.verified_through, fresh.gap, fresh.waiting) == (-1, None, {})
    counter.submit(*counter.journal.entries)
    state = seen(counter)
    assert (state.terminal.verified_through, state.gap, state.waiting, state.forks) == (0, None, {}, 0)
    assert (state.terminal.last_contact, state.stopped_since) == (counter.context.clock.now(), None)
    assert (state.waiting_payable, state.offline_allowance) == (0, 500_000)


def test_a_gap_what_waits_and_a_fork_are_told(
    counter: Counter, seen: Callable[[Counter], SyncState], clock: ManualClock
) -> None:
    gone = counter.journal.charge(counter.rows.code(counter.rows.card()), 700)
    advice = counter.journal.advice(gone)
    counter.journal.charge(counter.rows.code(counter.rows.card()), 900)
    since = clock.now()
    counter.submit(counter.journal.entries[0], *counter.journal.entries[2:])
    clock.advance(1_000)
    state = seen(counter)
    assert state.gap is not None
    assert (state.gap.first_missing, state.gap.reaches, state.gap.since) == (1, 3, since)
    assert state.waiting == {Status.PENDING: 1, Status.UNCONFIRMED: 1}
    assert (state.waiting_payable, advice.seq) == (700, 2)
    clone = replace(counter.journal, entries=counter.journal.entries[:3])
    counter.submit(clone.add(ShiftOpenData(cashier="mei", shift="cloned")))
    state = seen(counter)
    assert (state.forks, state.stopped_since, state.offline_allowance) == (1, clock.now(), 0)
    counter.submit(gone)
    assert seen(counter).gap is None


def test_a_gap_older_than_a_day_raises_one_alert(counter: Counter, clock: ManualClock, hub: Hub) -> None:
    counter.journal.charge(counter.rows.code(counter.rows.card()))
    counter.journal.charge(counter.rows.code(counter.rows.card()))
    counter.submit(counter.journal.entries[0], counter.journal.entries[2])
    database = counter.context.database

    def look() -> list[str]:
        return database.run(lambda c: watch_gaps(c, clock.now()))

    assert look() == []
    clock.advance(DAY_MS)
    assert look() == [counter.terminal_id]
    hub.dispatcher.dispatch()
    (alert,) = counter.rows.rows(alerts, kind=GAP)
    assert (alert["subject"], alert["detail"]["first_missing"]) == (counter.terminal_id, 1)
    clock.advance(DAY_MS)
    assert look() == []
    assert [row for row in counter.rows.rows(outbox, topic=ALERT) if row["payload"]["kind"] == GAP]
