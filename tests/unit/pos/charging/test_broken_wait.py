"""What breaks after a charge is durable never makes it unpaid, and never loses its late answer."""

import pytest

from pos_app.features.charging.outcomes import InDoubt, Outcome, Paid
from pos_app.hub_client import Unreachable
from pos_app.syncing.line import LineState
from tests.fakes.hub import Fault
from tests.log_rules import ExpectedLogs
from tests.unit.pos.charging.counter import Counter


def test_a_wait_that_breaks_off_is_doubt_and_its_late_answer_is_told(
    counter: Counter, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs.allow("mps.pos.charging", "broke off")
    late: list[Outcome] = []
    counter.terminal.on_late_outcome(late.append)
    book = counter.terminal.book

    def no_doubt(*_: object) -> None:
        raise MemoryError("no room to say so")

    counter.hub.script.faults.append(Fault.REPLY_LOST)
    with monkeypatch.context() as broken:
        broken.setattr(book, "doubt", no_doubt)
        outcome = counter.charge()
    assert isinstance(outcome, InDoubt)
    counter.drain()
    assert [type(one) for one in late] == [Paid]
    assert counter.desk.look(outcome.entry.entry_id) == late[0]


def test_a_listener_that_fails_neither_ends_the_line_watch_nor_keeps_the_news_from_the_next(
    counter: Counter, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos.syncing.line", "listener")
    told: list[LineState] = []

    def broken(_state: LineState) -> None:
        raise LookupError("a listener's own fault")

    line = counter.terminal.line
    line.on_change(broken)
    line.on_change(told.append)
    line.heard()
    line.lost(Unreachable.REFUSED)
    assert told == [LineState.ONLINE, LineState.OFFLINE]
