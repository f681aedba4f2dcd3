"""The change feed: it goes on where it was cut, and what it tells takes effect (protocol.md 6)."""

from datetime import timedelta

from pos_app.features.charging.outcomes import NotPaid, PaidOffline
from pos_app.hub_client import FeedComment, FeedEvent
from pos_app.hub_copy import TerminalStatus
from shared.api.changes import Notice, Settled, TerminalChanged
from shared.problems import Code
from tests.unit.pos.charging.counter import Counter


def _event(kind: str, change: TerminalChanged | Notice | Settled, cursor: str) -> FeedEvent:
    return FeedEvent(kind, change.model_dump_json(), cursor)


def _read(counter: Counter) -> None:
    """One connection, up to its first contact."""
    counter.hub.feed_items = [one for one in counter.hub.feed_items if isinstance(one, FeedEvent)]
    counter.let_pass(1_000)
    counter.hub.say(FeedComment(counter.hub.clock.now()))
    counter.terminal.feed.read_until_contact()


def test_after_a_cut_or_a_restart_the_feed_goes_on_after_the_last_change_that_was_stored(
    counter: Counter,
) -> None:
    copy = counter.terminal.hub_copy
    counter.hub.feed_items += [
        _event("notice", Notice(texts={"en": f"note {n}"}), f"{n}") for n in range(1, 4)
    ]
    _read(counter)
    assert (copy.facts.cursor, copy.facts.notice) == ("3", {"en": "note 3"})
    taken: list[str] = []
    counter.hub.feed_items.append(_event("notice", Notice(texts={"en": "note 4"}), "4"))
    counter.reopen()
    copy = counter.terminal.hub_copy
    take = copy.take_event

    def noted(kind: str, data: str, cursor: str) -> object:
        taken.append(cursor)
        return take(kind, data, cursor)

    copy.take_event = noted  # type: ignore[method-assign, assignment]
    _read(counter)
    assert counter.hub.cursors_asked == ["0", "3"]
    assert taken == ["4"]
    assert copy.facts.contact == counter.hub.clock.now()


def test_a_suspended_terminal_approves_nothing_offline_until_it_is_resumed(counter: Counter) -> None:
    counter.hub.feed_items.append(_event("terminal", TerminalChanged(status="suspended"), "1"))
    _read(counter)
    assert counter.terminal.hub_copy.facts.terminal_status is TerminalStatus.SUSPENDED
    counter.cut()
    refused = counter.charge()
    assert isinstance(refused, NotPaid)
    assert refused.refusal.code is Code.OFFLINE_NOT_ALLOWED
    counter.mend()
    counter.hub.feed_items.append(_event("terminal", TerminalChanged(status="active"), "2"))
    _read(counter)
    counter.cut()
    assert isinstance(counter.charge(), PaidOffline)


def test_what_is_settled_is_asked_about_at_once_and_not_in_an_hour(counter: Counter) -> None:
    counter.cut()
    approved = counter.charge()
    assert isinstance(approved, PaidOffline)
    charge, advice = approved.entry.seq, approved.entry.seq + 1
    counter.mend()
    counter.hub.script.held_advices = 1
    counter.let_pass(120_000)
    counter.terminal.submitter.send_waiting()
    asked = len(counter.hub.requests)
    assert not counter.terminal.submitter.send_waiting()
    assert len(counter.hub.requests) == asked
    counter.hub.feed_items.append(_event("settled", Settled(seqs=(charge, advice)), "1"))
    _read(counter)
    counter.drain()
    assert len(counter.hub.requests) > asked


def test_a_locked_clock_is_remembered_over_a_restart_and_the_next_contact_mends_it(counter: Counter) -> None:
    counter.charge(1_000)
    counter.clock.set(counter.clock.now() + timedelta(minutes=10))  # within what offline approval allows
    counter.cut()
    refused = counter.charge()
    assert isinstance(refused, NotPaid)
    assert refused.refusal.code is Code.CLOCK_IMPLAUSIBLE
    counter.terminal.board.refresh()
    counter.reopen()
    room = counter.terminal.board.status().meter.room(counter.terminal.clock.now())
    assert (room.is_locked, room.why and room.why.code) == (True, Code.CLOCK_IMPLAUSIBLE)
    counter.cut()
    assert isinstance(counter.charge(), NotPaid)
    counter.mend()
    _read(counter)
    assert not counter.terminal.hub_copy.facts.clock_locked
    assert not counter.terminal.board.status().meter.clock_is_locked
    counter.cut()
    assert isinstance(counter.charge(), PaidOffline)


def test_a_clock_that_ran_ahead_is_mended_by_the_next_contact_and_entries_fall_back_to_it(
    counter: Counter,
) -> None:
    before = counter.clock.now()
    counter.clock.set(before + timedelta(days=3))
    counter.reopen()  # nothing has told it the time since
    counter.terminal.shift.open("c")
    counter.clock.set(before)
    _read(counter)
    contact = counter.terminal.hub_copy.facts.contact
    counter.cut()
    approved = counter.charge()
    assert isinstance(approved, PaidOffline)
    assert contact <= approved.entry.at <= contact + timedelta(seconds=5)


def test_the_room_that_is_left_is_counted_in_every_way(counter: Counter) -> None:
    counter.cut()
    clock = counter.terminal.clock
    whole = counter.terminal.board.status().meter.room(clock.now())
    counter.charge(30_000)
    counter.charge(50_000)
    counter.let_pass(60_000)
    left = counter.terminal.board.status().meter
    room = left.room(clock.now())
    assert (whole.total_left - room.total_left, whole.count_left - room.count_left) == (80_000, 2)
    assert (whole.soft_left, room.soft_left, left.needs_manager) == (80_000, 0, True)
    assert 59 <= whole.time_left_s - room.time_left_s <= 61
    assert room.why is None
    counter.let_pass(4 * 3_600_000)
    ended = counter.terminal.board.status().meter.room(clock.now())
    assert ended.time_left_s == 0
    assert ended.why is not None
    assert ended.why.code is Code.OFFLINE_LIMIT_EXCEEDED
