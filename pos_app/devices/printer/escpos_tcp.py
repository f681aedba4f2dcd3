"""A printer on the network: its status asked over the same connection before and after each job.

python-escpos encodes; the connection is ours, since the library takes a printer's silence for "paper adequate".
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from PIL import Image

from pos_app.devices.printer import status_bytes
from pos_app.devices.printer.encoding import JobEncoder
from pos_app.devices.printer.port import (
    PRINTED,
    PrinterStatus,
    PrintOutcome,
    PrintProblem,
    not_printed,
    problem_of,
    unknown,
)

_READ_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpLimits:
    """The longest waits, in seconds: to connect, for one status answer, to hand over a job, and for the job to be worked off."""

    connect_s: float = 2.0
    answer_s: float = 1.0
    send_s: float = 6.0
    finish_s: float = 6.0


class EscposTcpPrinter:
    """An ESC/POS printer at host and port; one connection a job, one job at a time."""

    def __init__(self, host: str, port: int, encoder: JobEncoder, limits: TcpLimits | None = None) -> None:
        self._host = host
        self._port = port
        self._encoder = encoder
        self._limits = limits or TcpLimits()
        self._busy = threading.Lock()

    def status(self) -> PrinterStatus:
        """The printer's own words; OFFLINE where nothing listens, UNKNOWN where it is silent or busy with a job."""
        if not self._busy.acquire(timeout=self._limits.answer_s):
            return PrinterStatus.UNKNOWN
        try:
            with _Line(self._host, self._port, self._limits) as line:
                return line.status()
        except OSError:
            return PrinterStatus.OFFLINE
        finally:
            self._busy.release()

    def print_image(self, image: Image.Image, *, cut: bool = True, drawer: bool = False) -> PrintOutcome:
        """Print, unless the printer says or implies that it cannot. See ``Printer.print_image``."""
        job = self._encoder.encode(image, cut=cut, drawer=drawer)
        with self._busy:
            try:
                line = _Line(self._host, self._port, self._limits)
            except OSError:
                return not_printed(PrintProblem.UNREACHABLE)
            with line:
                return self._print(line, job)

    def _print(self, line: "_Line", job: bytes) -> PrintOutcome:
        before = line.status()
        if not before.can_print:
            return not_printed(problem_of(before))
        sent = line.send(job, self._limits.send_s)
        if sent == 0:
            return not_printed(PrintProblem.CUT_OFF)
        if sent == len(job):
            line.wait_until_processed()
        after = line.status()
        if sent == len(job) and after.can_print:
            return PRINTED
        silent = after.can_print or PrinterStatus.UNKNOWN in after
        return unknown(PrintProblem.CUT_OFF if silent else problem_of(after))


class _Line:
    """One connection. Its questions return what is known; a broken connection is silence."""

    def __init__(self, host: str, port: int, limits: TcpLimits) -> None:
        self._limits = limits
        self._socket = socket.create_connection((host, port), timeout=limits.connect_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def status(self) -> PrinterStatus:
        """Ask DLE EOT 1 to 4; one question left open makes the whole unknown."""
        answers: list[int] = []
        for query in status_bytes.QUERIES:
            if self.send(query, self._limits.answer_s) < len(query):
                return PrinterStatus.UNKNOWN
            answer = self._answer(status_bytes.is_realtime_answer, self._limits.answer_s)
            if answer is None:
                return PrinterStatus.UNKNOWN
            answers.append(answer)
        return status_bytes.status_of(*answers)

    def wait_until_processed(self) -> None:
        """Wait, within bounds, until the printer has worked off what it was sent. Printers that never answer GS r are told by
        the status that is asked next."""
        if self.send(status_bytes.PROCESSED_QUERY, self._limits.answer_s):
            self._answer(status_bytes.is_processed_answer, self._limits.finish_s)

    def send(self, content: bytes, within_s: float) -> int:
        """Hand over as much as goes within the time; returns how many bytes may have left."""
        deadline = time.monotonic() + within_s
        rest = memoryview(content)
        while rest:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                break
            try:
                self._socket.settimeout(left_s)
                rest = rest[self._socket.send(rest) :]
            except OSError:
                break
        return len(content) - len(rest)

    def _answer(self, expected: Callable[[int], bool], within_s: float) -> int | None:
        """The first byte of the expected kind, others passed over; None after the time or when the line breaks."""
        deadline = time.monotonic() + within_s
        while (left_s := deadline - time.monotonic()) > 0:
            try:
                self._socket.settimeout(left_s)
                received = self._socket.recv(_READ_BYTES)
            except OSError:
                return None
            if not received:
                return None
            answer = next((byte for byte in received if expected(byte)), None)
            if answer is not None:
                return answer
        return None
