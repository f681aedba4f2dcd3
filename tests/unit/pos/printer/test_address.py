"""Printer addresses of surface.md."""

from pathlib import Path

import pytest

from pos_app.devices.printer.address import (
    AddressFault,
    FileAddress,
    NoPrinterAddress,
    PrinterAddress,
    PrinterAddressRefused,
    TcpAddress,
    parse_printer_address,
)
from pos_app.devices.printer.connect import printer_at
from pos_app.devices.printer.escpos_file import EscposFilePrinter
from pos_app.devices.printer.escpos_tcp import EscposTcpPrinter
from pos_app.devices.printer.port import NoPrinter


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("none", NoPrinterAddress()),
        (" NONE ", NoPrinterAddress()),
        ("escpos+tcp://192.168.1.50:9100", TcpAddress("192.168.1.50", 9100)),
        ("escpos+tcp://printer.local", TcpAddress("printer.local", 9100)),
        ("escpos+tcp://[fe80::1]:9101", TcpAddress("fe80::1", 9101)),
        ("file:///tmp/receipts.bin", FileAddress(Path("/tmp/receipts.bin"))),
        ("file:///tmp/my%20receipts.bin", FileAddress(Path("/tmp/my receipts.bin"))),
    ],
)
def test_an_address_names_its_printer(text: str, address: PrinterAddress) -> None:
    assert parse_printer_address(text) == address


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", AddressFault.EMPTY),
        ("   ", AddressFault.EMPTY),
        ("escpos+usb://04b8:0202", AddressFault.NOT_SUPPORTED),
        ("escpos+serial:///dev/ttyUSB0?baudrate=38400", AddressFault.NOT_SUPPORTED),
        ("cups://queue", AddressFault.NOT_SUPPORTED),
        ("192.168.1.50:9100", AddressFault.UNKNOWN_SCHEME),
        ("http://printer", AddressFault.UNKNOWN_SCHEME),
        ("printer", AddressFault.UNKNOWN_SCHEME),
        ("escpos+tcp://", AddressFault.BAD_HOST),
        ("escpos+tcp://:9100", AddressFault.BAD_HOST),
        ("escpos+tcp://host:0", AddressFault.BAD_HOST),
        ("escpos+tcp://host:99999", AddressFault.BAD_HOST),
        ("escpos+tcp://host:port", AddressFault.BAD_HOST),
        ("escpos+tcp://host/path", AddressFault.BAD_HOST),
        ("escpos+tcp://[fe80", AddressFault.BAD_HOST),
        ("file://", AddressFault.BAD_PATH),
        ("file:///", AddressFault.BAD_PATH),
        ("file://server/share.bin", AddressFault.BAD_PATH),
        ("file:///tmp/a%00b", AddressFault.BAD_PATH),
    ],
)
def test_a_bad_address_is_refused_with_its_code(text: str, fault: AddressFault) -> None:
    with pytest.raises(PrinterAddressRefused) as refusal:
        parse_printer_address(text)
    assert refusal.value.fault is fault


def test_each_address_gets_its_device_and_opens_nothing_yet(tmp_path: Path) -> None:
    kinds = {
        "none": NoPrinter,
        "escpos+tcp://127.0.0.1:9": EscposTcpPrinter,
        (tmp_path / "out.bin").as_uri(): EscposFilePrinter,
    }
    for text, kind in kinds.items():
        assert isinstance(printer_at(parse_printer_address(text), tmp_path / "data"), kind)
    assert list(tmp_path.iterdir()) == []
