"""Everything that the command line can say is there in both languages, and the Chinese is Chinese."""

import re
import string
from enum import Enum

import pytest

from pos_app.appearance.translations import window
from pos_app.command_line.exits import CommandFailed
from pos_app.command_line.faults import plain_faults
from pos_app.command_line.words import TEXTS, hub_fault_in_words, printer_in_words, say
from pos_app.desktop.run import said_of_damage
from pos_app.devices.camera import AddressFault as CameraAddressFault
from pos_app.devices.camera import CameraFault, PictureFault
from pos_app.devices.camera.address import CameraAddressInvalid
from pos_app.devices.printer.address import AddressFault as PrinterAddressFault
from pos_app.devices.printer.address import PrinterAddressRefused
from pos_app.devices.printer.port import PrinterStatus, PrintProblem
from pos_app.devices.scanner import Damage
from pos_app.hub_client import HubUnreachable, Unreachable
from pos_app.hub_copy.facts import TerminalStatus
from pos_app.storage import (
    DataDirectoryInUse,
    NewerDatabase,
    NoDatabase,
    OlderDatabase,
    StorageDamaged,
    StorageError,
    StorageUnknown,
)
from shared.journal_entries import EntryType
from shared.problems import LANGUAGES

KEYS: list[tuple[type[Enum], str]] = [
    (CameraFault, "camera_{}"),
    (CameraAddressFault, "{}"),
    (PictureFault, "{}"),
    (PrintProblem, "{}"),
    (PrinterAddressFault, "{}"),
    (Damage, "scan_{}"),
    (Unreachable, "line_{}"),
    (EntryType, "entry_{}"),
    (TerminalStatus, "terminal_{}"),
]
MEMBERS = [key.format(one.value) for kind, key in KEYS for one in kind]
MEMBERS += [f"printer_is_{(one.name or '').lower()}" for one in PrinterStatus]
MEMBERS += [f"decided_{one}" for one in ("accepted", "completed", "declined", "reversed", "rejected")]
_HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("key", MEMBERS)
def test_every_state_and_fault_of_a_device_has_words_in_both_languages(key: str) -> None:
    assert set(TEXTS[key]) == set(LANGUAGES)


@pytest.mark.parametrize("key", list(TEXTS))
def test_chinese_texts_are_chinese_english_ones_are_not_and_both_leave_room_for_the_same(key: str) -> None:
    chinese, english = TEXTS[key]["zh_TW"], TEXTS[key]["en"]
    assert _HAN.search(chinese) or not string.Formatter().parse(chinese)
    assert not _HAN.search(english)
    assert english.strip()
    assert _fields(chinese) == _fields(english)


def _fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}


@pytest.mark.parametrize("problem", list(PrintProblem))
def test_the_window_has_words_for_every_problem_of_the_printer(problem: PrintProblem) -> None:
    text = window.PRINT_PROBLEMS[problem.value]()
    assert _HAN.search(text.said_in("zh_TW"))
    assert text.said_in("en").isascii()


@pytest.mark.parametrize("damage", list(Damage))
def test_the_window_has_words_for_every_spoilt_scan(damage: Damage) -> None:
    assert _HAN.search(said_of_damage(damage).said_in("zh_TW"))


def test_a_printer_says_all_of_its_states() -> None:
    both = PrinterStatus.PAPER_OUT | PrinterStatus.COVER_OPEN
    assert printer_in_words(both, "zh_TW") == "缺紙、上蓋未關"
    assert printer_in_words(both, "en") == "out of paper, cover open"


@pytest.mark.parametrize(
    "fault",
    [
        DataDirectoryInUse("another program writes to /x"),
        NoDatabase("no terminal in /x"),
        NewerDatabase("schema 9"),
        OlderDatabase("start the terminal once"),
        StorageDamaged("file is not a database"),
        StorageUnknown("disk I/O error"),
        StorageError("database or disk is full"),
        HubUnreachable(Unreachable.TIMED_OUT, "ReadTimeout"),
        CameraAddressInvalid(CameraAddressFault.BAD_INDEX, "99"),
        PrinterAddressRefused(PrinterAddressFault.BAD_HOST, "escpos+tcp://"),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_a_fault_of_the_machine_is_told_in_the_screens_language_without_a_librarys_words(
    fault: Exception,
) -> None:
    with pytest.raises(CommandFailed) as failed, plain_faults("zh_TW"):
        raise fault
    assert _HAN.search(failed.value.message)
    for word in ("disk I/O", "another program", "schema", "ReadTimeout", "timed_out", "_bad", "database"):
        assert word not in failed.value.message


def test_every_kind_of_a_dead_line_is_said() -> None:
    assert {hub_fault_in_words(HubUnreachable(kind), "zh_TW") for kind in Unreachable} == {
        say(f"line_{kind.value}", "zh_TW") for kind in Unreachable
    }
