"""Work off the window's thread: each job ends once, on the right thread, and a failure is never silent."""

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from pos_app.background import BackgroundClosed, BackgroundPool, TaskState
from pos_app.background.qt import QtBackground
from tests.log_rules import ExpectedLogs

WAIT_S = 5


@pytest.fixture
def pool() -> Iterator[BackgroundPool]:
    made = BackgroundPool(1)
    yield made
    made.close()


def test_a_job_ends_in_done_with_its_result(pool: BackgroundPool) -> None:
    ended = threading.Event()
    results: list[int] = []

    def done(result: int) -> None:
        results.append(result)
        ended.set()

    task = pool.run("add", lambda: 2 + 3, done, lambda _: None)
    assert ended.wait(WAIT_S)
    assert (results, task.state) == ([5], TaskState.DONE)


def test_a_job_that_raises_ends_in_failed_and_is_logged(
    pool: BackgroundPool, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("pos_app.background", "background work failed: divide")
    ended = threading.Event()
    errors: list[Exception] = []

    def failed(error: Exception) -> None:
        errors.append(error)
        ended.set()

    task = pool.run("divide", lambda: 1 // 0, lambda _: None, failed)
    assert ended.wait(WAIT_S)
    assert isinstance(errors[0], ZeroDivisionError)
    assert task.state is TaskState.FAILED


def test_a_job_called_off_before_it_began_never_runs_and_one_under_way_goes_on(pool: BackgroundPool) -> None:
    go, begun, ended = threading.Event(), threading.Event(), threading.Event()
    ran: list[str] = []

    def first() -> None:
        begun.set()
        go.wait(WAIT_S)

    running = pool.run("first", first, lambda _: ended.set(), lambda _: None)
    waiting = pool.run("second", lambda: ran.append("second"), lambda _: None, lambda _: None)
    assert begun.wait(WAIT_S)
    assert waiting.cancel()
    assert not running.cancel()
    go.set()
    assert ended.wait(WAIT_S)
    pool.close()
    assert (ran, waiting.state, running.state) == ([], TaskState.CANCELLED, TaskState.DONE)


def test_a_closed_pool_takes_on_nothing() -> None:
    pool = BackgroundPool()
    pool.close()
    with pytest.raises(BackgroundClosed):
        pool.run("late", lambda: None, lambda _: None, lambda _: None)


def test_the_window_hears_of_the_end_on_its_own_thread(qtbot: QtBot) -> None:
    background = QtBackground(BackgroundPool())
    heard: list[tuple[threading.Thread, threading.Thread]] = []
    background.run(
        "where",
        threading.current_thread,
        lambda worked_on: heard.append((worked_on, threading.current_thread())),
        lambda _: None,
    )
    qtbot.waitUntil(lambda: len(heard) == 1, timeout=WAIT_S * 1000)
    worked_on, told_on = heard[0]
    assert told_on is threading.current_thread()
    assert worked_on is not told_on
    background.close()


def test_after_closing_nothing_more_is_told(qtbot: QtBot) -> None:
    background = QtBackground(BackgroundPool())
    heard: list[str] = []
    background.post(lambda: heard.append("late"))
    background.close()
    qtbot.wait(20)
    assert heard == []
