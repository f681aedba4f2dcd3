"""One thread that runs jobs in turn, each when it is due or has been woken."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub_server.foundation.storage import DatabaseBusy, DatabaseUnreachable
from shared.clock import Clock

_log = logging.getLogger("mps.hub.scheduling")

MAX_WAIT_MS = 1_000
BUSY_IN_A_ROW = 3
"""A job that finds the database busy once comes again at its time; so often in a row, and somebody should look."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done every `interval_ms`, and at once when woken by its name."""

    name: str
    interval_ms: int
    work: Callable[[], None]


class Loop:
    """Runs jobs in one thread until stopped. A job that fails is logged and comes again at its time."""

    def __init__(self, clock: Clock, jobs: Sequence[Job]) -> None:
        """Every job is due at the start."""
        self._clock = clock
        self._jobs = tuple(jobs)
        self._busy = dict.fromkeys((job.name for job in jobs), 0)
        self._due_ms = {job.name: clock.monotonic_ms() for job in jobs}
        self._lock = threading.Lock()
        self._change = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="mps-hub-jobs", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the job at hand and end."""
        self._stopping = True
        self._change.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self, name: str) -> None:
        """Let a job run now; any thread may call this."""
        with self._lock:
            self._due_ms[name] = self._clock.monotonic_ms()
        self._change.set()

    def run_due(self) -> None:
        """Run every job that is due, once, in the calling thread."""
        for job in self._jobs:
            now = self._clock.monotonic_ms()
            with self._lock:
                is_due = self._due_ms[job.name] <= now
                if is_due:
                    self._due_ms[job.name] = now + job.interval_ms
            if is_due and not self._stopping:
                self._run_logged(job)

    def _run(self) -> None:
        while True:
            # Cleared before the look, so that what comes meanwhile is not waited for.
            self._change.clear()
            if self._stopping:
                return
            self.run_due()
            self._change.wait(self._wait_ms() / 1000)

    def _wait_ms(self) -> int:
        with self._lock:
            soonest = min(self._due_ms.values(), default=MAX_WAIT_MS)
        return max(0, min(MAX_WAIT_MS, soonest - self._clock.monotonic_ms()))

    def _run_logged(self, job: Job) -> None:
        try:
            job.work()
        except DatabaseUnreachable:
            _log.exception("a job failed", extra={"job": job.name})
        except DatabaseBusy:
            self._busy[job.name] += 1
            level = logging.ERROR if self._busy[job.name] >= BUSY_IN_A_ROW else logging.INFO
            _log.log(level, "a job found the database busy", extra={"job": job.name})
        except Exception:  # noqa: BLE001 - the loop is the boundary: one failing job must not stop the others
            _log.exception("a job failed", extra={"job": job.name})
        else:
            self._busy[job.name] = 0
