"""What a receipt printer can be asked, and what it may answer.

Unknown is not OK: a printer that does not answer is never taken for ready, and a job whose bytes may have reached the paper
is neither printed nor failed.
"""

from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from typing import Protocol

from PIL import Image


class PrinterStatus(Flag):
    """What the printer said about itself, or UNKNOWN where it said nothing."""

    READY = auto()
    PAPER_NEAR_END = auto()
    PAPER_OUT = auto()
    COVER_OPEN = auto()
    OFFLINE = auto()
    ERROR = auto()
    NOT_CONFIGURED = auto()
    UNKNOWN = auto()

    @property
    def can_print(self) -> bool:
        """Whether a job may be sent; paper near its end does not hinder."""
        return PrinterStatus.READY in self


class PrintResult(StrEnum):
    """What became of a job, as far as anybody can know."""

    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"


class PrintProblem(StrEnum):
    """Why a job was not printed, or why nobody knows; stable codes, the catalogues have the words."""

    PAPER_OUT = "printer_paper_out"
    COVER_OPEN = "printer_cover_open"
    OFFLINE = "printer_offline"
    ERROR = "printer_error"
    NO_ANSWER = "printer_no_answer"
    UNREACHABLE = "printer_unreachable"
    CUT_OFF = "printer_cut_off"
    FILE = "printer_file"
    NOT_CONFIGURED = "printer_not_configured"
    NOT_DRAWN = "receipt_not_drawn"
    QUEUE_FULL = "printer_queue_full"
    STOPPED = "printer_stopped"


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """The end of one job. ``problem`` is None exactly when it was printed."""

    result: PrintResult
    problem: PrintProblem | None = None

    def __post_init__(self) -> None:
        if (self.problem is None) != (self.result is PrintResult.PRINTED):
            raise ValueError("a printed job has no problem, any other has one")


PRINTED = PrintOutcome(PrintResult.PRINTED)


def not_printed(problem: PrintProblem) -> PrintOutcome:
    """Nothing reached the paper: the same job may be sent again."""
    return PrintOutcome(PrintResult.NOT_PRINTED, problem)


def unknown(problem: PrintProblem) -> PrintOutcome:
    """Something may have reached the paper: only a person who looks can tell."""
    return PrintOutcome(PrintResult.UNKNOWN, problem)


_PROBLEMS = (
    (PrinterStatus.NOT_CONFIGURED, PrintProblem.NOT_CONFIGURED),
    (PrinterStatus.UNKNOWN, PrintProblem.NO_ANSWER),
    (PrinterStatus.COVER_OPEN, PrintProblem.COVER_OPEN),
    (PrinterStatus.PAPER_OUT, PrintProblem.PAPER_OUT),
    (PrinterStatus.ERROR, PrintProblem.ERROR),
)


def problem_of(status: PrinterStatus) -> PrintProblem:
    """The one thing to tell the cashier about a printer that cannot print."""
    return next((problem for flag, problem in _PROBLEMS if flag in status), PrintProblem.OFFLINE)


class Printer(Protocol):
    """A receipt printer. Both calls are bounded in time, may come from any thread, and raise nothing a device can cause."""

    def status(self) -> PrinterStatus:
        """Ask the printer how it is."""
        ...

    def print_image(self, image: Image.Image, *, cut: bool = True, drawer: bool = False) -> PrintOutcome:
        """Print a one-bit picture as wide as the paper, cut it off, and open the drawer, if so asked."""
        ...


class NoPrinter:
    """Address ``none``: the shop prints nothing."""

    def status(self) -> PrinterStatus:
        """Always NOT_CONFIGURED."""
        return PrinterStatus.NOT_CONFIGURED

    def print_image(self, image: Image.Image, *, cut: bool = True, drawer: bool = False) -> PrintOutcome:
        """Print nothing, and say so."""
        return not_printed(PrintProblem.NOT_CONFIGURED)
