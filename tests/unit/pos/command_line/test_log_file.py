"""What the terminal writes about itself, and for whom."""

import logging
import stat
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from pytestqt.qtbot import QtBot

from pos_app.command_line.log_file import FILES, LOG_FILE, MAX_BYTES, log_file
from tests.log_rules import ExpectedLogs

logger = logging.getLogger("mps.pos.syncing")


def _read(folder: Path) -> str:
    return (folder / LOG_FILE).read_text(encoding="utf-8")


def test_what_happened_is_in_a_file_of_the_owners_alone_and_the_clients_chatter_is_not(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "terminal"
    with log_file(folder):
        assert not folder.exists()
        logger.info("the line is offline")
        logger.debug("a detail")
        logging.getLogger("httpx").info("HTTP Request: GET /healthz")
    logger.info("afterwards")
    assert "INFO mps.pos.syncing: the line is offline" in _read(folder)
    assert len(_read(folder).splitlines()) == 1
    if sys.platform != "win32":
        assert stat.S_IMODE((folder / LOG_FILE).stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / LOG_FILE).parent.stat().st_mode) == 0o700


def test_five_files_of_a_mebibyte_are_kept_and_no_more(tmp_path: Path) -> None:
    with log_file(tmp_path):
        for number in range(FILES + 2):
            logger.info("%d %s", number, "x" * (MAX_BYTES - 200))
    kept = sorted(path.name for path in (tmp_path / LOG_FILE).parent.iterdir())
    assert kept == ["terminal.log", *(f"terminal.log.{n}" for n in range(1, FILES))]
    assert all((tmp_path / LOG_FILE).with_name(name).stat().st_size <= MAX_BYTES for name in kept)


def test_a_log_that_cannot_be_written_stops_nothing_and_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    with log_file(tmp_path / "file"):
        logger.info("one")
        logger.info("two")
    assert capsys.readouterr().err.count("--- Logging error ---") == 1


def test_what_nothing_caught_in_a_thread_is_in_the_log(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("mps.pos.command_line", "nothing caught")

    def fail() -> None:
        raise ValueError("of the thread")

    with log_file(tmp_path):
        thread = threading.Thread(target=fail, name="mps-some")
        thread.start()
        thread.join()
    assert "failed in mps-some" in _read(tmp_path)
    assert "ValueError: of the thread" in _read(tmp_path)


def test_what_nothing_caught_in_the_windows_loop_is_in_the_log(
    tmp_path: Path, qtbot: QtBot, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos.command_line", "nothing caught")

    def fail() -> None:
        raise ValueError("of the loop")

    with log_file(tmp_path):
        QTimer.singleShot(0, fail)
        qtbot.waitUntil(lambda: QCoreApplication.instance() is not None and (tmp_path / LOG_FILE).exists())
    assert "ValueError: of the loop" in _read(tmp_path)
