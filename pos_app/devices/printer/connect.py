"""An address → the device behind it. ``bootstrap`` alone calls this."""

from pathlib import Path
from typing import assert_never

from pos_app.devices.printer.address import FileAddress, NoPrinterAddress, PrinterAddress, TcpAddress
from pos_app.devices.printer.encoding import JobEncoder
from pos_app.devices.printer.escpos_file import EscposFilePrinter
from pos_app.devices.printer.escpos_tcp import EscposTcpPrinter
from pos_app.devices.printer.port import NoPrinter, Printer

_CACHE_FOLDER = "escpos"


def printer_at(address: PrinterAddress, data_folder: Path) -> Printer:
    """The printer; nothing is opened until it is asked something. ``data_folder`` is the terminal's private one."""
    encoder = JobEncoder(data_folder / _CACHE_FOLDER)
    match address:
        case NoPrinterAddress():
            return NoPrinter()
        case TcpAddress(host, port):
            return EscposTcpPrinter(host, port, encoder)
        case FileAddress(path):
            return EscposFilePrinter(path, encoder)
        case _:
            assert_never(address)
