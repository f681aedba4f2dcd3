"""What the four bytes of DLE EOT 1 – 4 mean (the published ESC/POS command list)."""

from pos_app.devices.printer.port import PrinterStatus

QUERIES = tuple(bytes((0x10, 0x04, kind)) for kind in (1, 2, 3, 4))
PROCESSED_QUERY = b"\x1dr\x01"
"""GS r 1: answered in its turn, when everything sent before it has been worked off."""

_OFFLINE = 0x08
_COVER_OPEN = 0x04
_STOPPED_NO_PAPER = 0x20
_CAUSE_ERROR = 0x40
_ERRORS = 0x04 | 0x08 | 0x20 | 0x40
_NEAR_END = 0x0C
_PAPER_END = 0x60


def is_realtime_answer(byte: int) -> bool:
    """DLE EOT answers have bits 1 and 4 set, 0 and 7 clear."""
    return byte & 0x93 == 0x12


def is_processed_answer(byte: int) -> bool:
    """GS r answers have bits 4 and 7 clear."""
    return byte & 0x90 == 0


def status_of(printer: int, cause: int, error: int, paper: int) -> PrinterStatus:
    """The status that the four answers tell together."""
    status = PrinterStatus(0)
    if printer & _OFFLINE:
        status |= PrinterStatus.OFFLINE
    if cause & _COVER_OPEN:
        status |= PrinterStatus.COVER_OPEN
    if cause & _STOPPED_NO_PAPER or paper & _PAPER_END:
        status |= PrinterStatus.PAPER_OUT
    if cause & _CAUSE_ERROR or error & _ERRORS:
        status |= PrinterStatus.ERROR
    ready = not status
    if paper & _NEAR_END:
        status |= PrinterStatus.PAPER_NEAR_END
    return status | PrinterStatus.READY if ready else status
