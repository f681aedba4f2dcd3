"""The switch of the power-loss test: a test build alone can be told to wait for no disk (faults.md 4)."""

from pathlib import Path

import pytest

from pos_app.storage.opening import SYNCHRONOUS, open_writer

NORMAL, FULL = 1, 2


@pytest.mark.parametrize(
    ("build", "told", "level"),
    [
        ("", "NORMAL", FULL),
        ("0", "NORMAL", FULL),
        ("1", "OFF", FULL),
        ("1", "", FULL),
        ("1", "NORMAL", NORMAL),
    ],
)
def test_only_a_test_build_that_is_told_so_commits_without_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build: str, told: str, level: int
) -> None:
    monkeypatch.setenv("MPS_TEST_BUILD", build)
    monkeypatch.setenv(SYNCHRONOUS, told)
    connection = open_writer(tmp_path / "terminal.db")
    assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == level
    connection.close()
