"""What may follow ``--printer`` (surface.md): ``escpos+tcp://host:9100``, ``file:///path.bin`` or ``none``.

USB, serial and CUPS addresses are known and refused: this version has no driver for them.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, urlsplit
from urllib.request import url2pathname

DEFAULT_PORT = 9100
_LATER_SCHEMES = frozenset({"escpos+usb", "escpos+serial", "cups"})


@dataclass(frozen=True, slots=True)
class NoPrinterAddress:
    """The terminal prints nothing."""


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A printer on the network that takes raw ESC/POS."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class FileAddress:
    """A file to which each job's bytes are appended."""

    path: Path


PrinterAddress = NoPrinterAddress | TcpAddress | FileAddress


class AddressFault(StrEnum):
    """Why a printer's address is refused; a stable code, the catalogues have the words."""

    EMPTY = "printer_address_empty"
    UNKNOWN_SCHEME = "printer_scheme_unknown"
    NOT_SUPPORTED = "printer_scheme_not_supported"
    BAD_HOST = "printer_host_bad"
    BAD_PATH = "printer_path_bad"


class PrinterAddressRefused(ValueError):
    """The address names no printer that this version can use; ``fault`` says why."""

    def __init__(self, fault: AddressFault, text: str) -> None:
        super().__init__(f"{fault}: {text!r}")
        self.fault = fault
        self.text = text


def parse_printer_address(text: str) -> PrinterAddress:
    """The printer that ``text`` names.

    Raises PrinterAddressRefused.
    """
    trimmed = text.strip()
    if not trimmed:
        raise PrinterAddressRefused(AddressFault.EMPTY, text)
    if trimmed.lower() == "none":
        return NoPrinterAddress()
    try:
        parts = urlsplit(trimmed)
    except ValueError as malformed:
        raise PrinterAddressRefused(AddressFault.BAD_HOST, text) from malformed
    if parts.scheme == "escpos+tcp":
        return _tcp(parts, text)
    if parts.scheme == "file":
        return _file(parts, text)
    fault = AddressFault.NOT_SUPPORTED if parts.scheme in _LATER_SCHEMES else AddressFault.UNKNOWN_SCHEME
    raise PrinterAddressRefused(fault, text)


def _tcp(parts: SplitResult, text: str) -> TcpAddress:
    try:
        host, port = parts.hostname, parts.port
    except ValueError as malformed:
        raise PrinterAddressRefused(AddressFault.BAD_HOST, text) from malformed
    extra = parts.path not in ("", "/") or parts.query or parts.fragment or parts.username
    if not host or port == 0 or extra:
        raise PrinterAddressRefused(AddressFault.BAD_HOST, text)
    return TcpAddress(host, port or DEFAULT_PORT)


def _file(parts: SplitResult, text: str) -> FileAddress:
    path = url2pathname(parts.path)
    if parts.netloc not in ("", "localhost") or not path or path.endswith("/") or "\0" in path:
        raise PrinterAddressRefused(AddressFault.BAD_PATH, text)
    return FileAddress(Path(path))
