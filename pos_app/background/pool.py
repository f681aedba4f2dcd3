"""A few threads that run jobs one after the other: each ends in exactly one of done, failed and cancelled.

A failure is always logged here, whoever else shows it: what nobody hears of is found by the customer.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from typing import Generic, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")
MAX_WORKERS = 4


class TaskState(Enum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_NEXT: dict[TaskState, frozenset[TaskState]] = {
    TaskState.WAITING: frozenset({TaskState.RUNNING, TaskState.CANCELLED}),
    TaskState.RUNNING: frozenset({TaskState.DONE, TaskState.FAILED}),
    TaskState.DONE: frozenset(),
    TaskState.FAILED: frozenset(),
    TaskState.CANCELLED: frozenset(),
}


class BackgroundClosed(Exception):
    """The pool is closed: nothing more is taken on."""


class Task(Generic[T]):
    """One job: its state, and a way to call it off before it has begun."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._state = TaskState.WAITING

    @property
    def state(self) -> TaskState:
        """Where the job stands."""
        return self._state

    def cancel(self) -> bool:
        """Call the job off; False when it has begun. Work that moves money is never torn off in the middle."""
        return self.advance(TaskState.CANCELLED)

    def advance(self, to: TaskState) -> bool:
        """The one setter of the state: False if the way there is closed."""
        with self._lock:
            if to not in _NEXT[self._state]:
                return False
            self._state = to
            return True


class BackgroundPool:
    """Runs jobs on its threads. `done` and `failed` are called on the job's thread."""

    def __init__(self, workers: int = MAX_WORKERS) -> None:
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="background")
        self._closed = threading.Event()

    def run(
        self,
        name: str,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> Task[T]:
        """Run `job` and tell its end. `name` is what the log calls it; no secret belongs in it.

        Raises:
            BackgroundClosed: after `close`.
        """
        if self._closed.is_set():
            raise BackgroundClosed(name)
        task: Task[T] = Task(name)
        self._executor.submit(_carry_out, task, job, done, failed)
        return task

    def close(self) -> None:
        """Take on nothing more, drop what has not begun, and wait for what has."""
        self._closed.set()
        self._executor.shutdown(wait=True, cancel_futures=True)


def _carry_out(
    task: Task[T], job: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None]
) -> None:
    if not task.advance(TaskState.RUNNING):
        return
    try:
        result = job()
    except Exception as error:
        # The boundary between a job and whoever asked for it: the error is told, and logged with its place.
        logger.exception("background work failed: %s", task.name)
        task.advance(TaskState.FAILED)
        failed(error)
        return
    task.advance(TaskState.DONE)
    done(result)
