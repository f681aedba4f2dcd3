"""The loop of jobs: each when due or woken, and one that fails harms no other."""

import logging
import threading

import pytest

from hub_server.foundation.scheduling import Job, Loop
from hub_server.foundation.storage import DatabaseBusy
from tests.fakes.clock import ManualClock
from tests.log_rules import ExpectedLogs

WAIT_S = 20


def test_a_job_runs_at_the_start_then_when_due() -> None:
    clock, runs = ManualClock(), []
    loop = Loop(clock, [Job("a", 1_000, lambda: runs.append(clock.monotonic_ms()))])

    for _ in range(5):
        loop.run_due()
        clock.advance(400)

    assert runs == [0, 1_200]


def test_a_woken_job_runs_at_once_in_the_loops_thread() -> None:
    ran = threading.Semaphore(0)
    loop = Loop(ManualClock(), [Job("a", 60_000, ran.release)])
    loop.start()
    assert ran.acquire(timeout=WAIT_S)

    loop.wake("a")

    assert ran.acquire(timeout=WAIT_S)
    loop.stop()


def test_a_job_that_fails_is_logged_and_the_others_go_on(
    expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    expected_logs.allow("mps.hub.scheduling", "a job failed")
    clock, runs = ManualClock(), []

    def fail() -> None:
        raise RuntimeError("broken")

    loop = Loop(clock, [Job("bad", 100, fail), Job("good", 100, lambda: runs.append(1))])
    loop.run_due()
    clock.advance(100)
    loop.run_due()

    assert runs == [1, 1]
    assert len([record for record in caplog.records if record.exc_info]) == 2


def test_a_busy_database_is_an_error_only_when_it_stays_so(caplog: pytest.LogCaptureFixture) -> None:
    clock, is_busy = ManualClock(), [True, True, False, True, True]

    def work() -> None:
        if is_busy.pop(0):
            raise DatabaseBusy("lock not had in time")

    loop = Loop(clock, [Job("sweep", 100, work)])
    with caplog.at_level(logging.INFO, "mps.hub.scheduling"):
        for _ in range(5):
            loop.run_due()
            clock.advance(100)

    assert [record.levelno for record in caplog.records] == [logging.INFO] * 4


def test_a_database_that_stays_busy_is_told(
    expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    expected_logs.allow("mps.hub.scheduling", "found the database busy")
    clock = ManualClock()

    def work() -> None:
        raise DatabaseBusy("lock not had in time")

    loop = Loop(clock, [Job("sweep", 100, work)])
    for _ in range(3):
        loop.run_due()
        clock.advance(100)

    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_loop_stops_and_runs_nothing_more() -> None:
    clock, ran = ManualClock(), threading.Semaphore(0)
    loop = Loop(clock, [Job("a", 1, ran.release)])
    loop.start()
    assert ran.acquire(timeout=WAIT_S)

    loop.stop()
    while ran.acquire(blocking=False):
        continue
    clock.advance(10_000)
    loop.run_due()

    assert not ran.acquire(blocking=False)


def test_a_loop_that_was_never_started_can_be_stopped() -> None:
    loop = Loop(ManualClock(), [])
    loop.stop()

    assert not any(thread.name == "mps-hub-jobs" for thread in threading.enumerate())
