"""Jobs printed one after the other off the caller's thread: one paper a receipt, however the cable behaves.

A job is known by its receipt's id and printed once. One that never reached the paper may be retried when somebody asks; one that
may have is left to a person, who looks and, if need be, prints a copy, which is a job of its own.
"""

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image

from pos_app.devices.printer.port import (
    NoPrinter,
    Printer,
    PrintOutcome,
    PrintProblem,
    PrintResult,
    not_printed,
    unknown,
)

logger = logging.getLogger(__name__)

MAX_WAITING = 100
MAX_REMEMBERED = 1_000


class JobState(StrEnum):
    """Where a job stands; FAILED means that nothing reached the paper."""

    QUEUED = "queued"
    SENDING = "sending"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"


_NEXT: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.SENDING, JobState.FAILED}),
    JobState.SENDING: frozenset({JobState.PRINTED, JobState.FAILED, JobState.UNKNOWN}),
    JobState.FAILED: frozenset({JobState.QUEUED}),
    JobState.PRINTED: frozenset(),
    JobState.UNKNOWN: frozenset(),
}
_AFTER: dict[PrintResult, JobState] = {
    PrintResult.PRINTED: JobState.PRINTED,
    PrintResult.NOT_PRINTED: JobState.FAILED,
    PrintResult.UNKNOWN: JobState.UNKNOWN,
}
_IN_WORK = frozenset({JobState.QUEUED, JobState.SENDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """One paper. ``job_id`` names the receipt and, for a copy, its number; ``draw`` is called on the spooler's thread."""

    job_id: str
    draw: Callable[[], Image.Image]
    cut: bool = True
    drawer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """A job's state and, where it failed or is unknown, the problem."""

    job_id: str
    state: JobState
    problem: PrintProblem | None = None


@dataclass(slots=True)
class _Record:
    job: PrintJob
    status: JobStatus


class PrintSpooler:
    """Prints what is submitted, in order, on one thread. ``on_change`` is called from that thread or the submitting one, with
    no lock held and so in no certain order: ``status_of`` tells how a job stands."""

    def __init__(self, printer: Printer, on_change: Callable[[JobStatus], None]) -> None:
        self._printer = printer
        self._on_change = on_change
        self._records: OrderedDict[str, _Record] = OrderedDict()
        self._waiting: queue.Queue[str | None] = queue.Queue()
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="print-spooler", daemon=True)
        self._thread.start()

    def submit(self, job: PrintJob) -> JobStatus:
        """Queue a job. A job of the same id is not printed again: its status is returned."""
        with self._changed:
            known = self._records.get(job.job_id)
            if known is not None:
                return known.status
            refusal = self._refusal()
            if refusal is not None:
                return JobStatus(job_id=job.job_id, state=JobState.FAILED, problem=refusal)
            record = _Record(job, JobStatus(job_id=job.job_id, state=JobState.QUEUED))
            self._records[job.job_id] = record
            self._forget_finished()
            self._waiting.put(job.job_id)
            queued = record.status
        self._tell(queued)
        return queued

    def retry(self, job_id: str) -> JobStatus:
        """Queue a FAILED job again; any other state is returned as it is. Raises KeyError for a job never submitted."""
        with self._changed:
            record = self._records[job_id]
            if record.status.state is not JobState.FAILED or self._refusal() is not None:
                return record.status
            queued = self._advance(record, JobState.QUEUED, None)
            self._waiting.put(job_id)
        self._tell(queued)
        return queued

    def status_of(self, job_id: str) -> JobStatus | None:
        """A job's status, None when it was never submitted or is forgotten."""
        with self._changed:
            record = self._records.get(job_id)
            return record.status if record else None

    def wait_idle(self, timeout_s: float) -> bool:
        """Wait until nothing is queued or being sent; False if that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._in_work(), timeout_s)

    def close(self, timeout_s: float) -> bool:
        """Finish the job being sent, fail those still queued, end the thread; False if it has not ended in time."""
        with self._changed:
            already = self._stopped
            self._stopped = True
        if not already:
            self._waiting.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _refusal(self) -> PrintProblem | None:
        if self._stopped:
            return PrintProblem.STOPPED
        return PrintProblem.QUEUE_FULL if self._in_work() >= MAX_WAITING else None

    def _in_work(self) -> int:
        return sum(record.status.state in _IN_WORK for record in self._records.values())

    def _forget_finished(self) -> None:
        surplus = len(self._records) - MAX_REMEMBERED
        finished = [key for key, record in self._records.items() if record.status.state not in _IN_WORK]
        for key in finished[: max(0, surplus)]:
            del self._records[key]

    def _run(self) -> None:
        while (job_id := self._waiting.get()) is not None:
            with self._changed:
                record, stopped = self._records[job_id], self._stopped
            if stopped:
                self._set(record, JobState.FAILED, PrintProblem.STOPPED)
                continue
            self._set(record, JobState.SENDING, None)
            outcome = self._print(record.job)
            self._set(record, _AFTER[outcome.result], outcome.problem)

    def _print(self, job: PrintJob) -> PrintOutcome:
        if isinstance(self._printer, NoPrinter):
            # Drawing a receipt counts it as a paper: one that nobody can print is not drawn, and stays the original.
            return not_printed(PrintProblem.NOT_CONFIGURED)
        try:
            image = job.draw()
        except Exception:
            # A receipt that cannot be drawn must not end the thread that prints the next one.
            logger.exception("receipt %s cannot be drawn", job.job_id)
            return not_printed(PrintProblem.NOT_DRAWN)
        try:
            return self._printer.print_image(image, cut=job.cut, drawer=job.drawer)
        except Exception:
            # A driver's fault must not end the thread either; how far the paper came, nobody knows.
            logger.exception("the printer's driver failed on %s", job.job_id)
            return unknown(PrintProblem.ERROR)

    def _set(self, record: _Record, state: JobState, problem: PrintProblem | None) -> None:
        with self._changed:
            status = self._advance(record, state, problem)
        self._tell(status)

    def _advance(self, record: _Record, state: JobState, problem: PrintProblem | None) -> JobStatus:
        """The one setter of a job's state; the caller holds the lock."""
        if state not in _NEXT[record.status.state]:
            raise RuntimeError(f"a job does not go from {record.status.state} to {state}")
        record.status = JobStatus(job_id=record.job.job_id, state=state, problem=problem)
        self._changed.notify_all()
        return record.status

    def _tell(self, status: JobStatus) -> None:
        try:
            self._on_change(status)
        except Exception:
            # The listener's fault is not the printer's: the job's state stands, the next job prints.
            logger.exception("the listener failed on %s", status)
