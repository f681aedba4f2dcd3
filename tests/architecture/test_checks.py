"""`make test` counts what ran, in parallel and alone, and fails when either part does."""

from pathlib import Path

from tests.checks import has_serial_tests, run_tests

SETTINGS = "[pytest]\nmarkers = serial\naddopts = -p no:cacheprovider -p no:pytest-qt -p no:playwright\n"
# Written so that the search for the marker does not find it here.
SERIAL = "@pytest.mark." + "serial"


def _project(root: Path, tests: str) -> Path:
    (root / "tests").mkdir()
    (root / "pytest.ini").write_text(SETTINGS)
    (root / "tests" / "test_till.py").write_text(f"import pytest\n{tests}")
    return root


def test_both_parts_are_counted(tmp_path: Path) -> None:
    root = _project(tmp_path, f"def test_a(): pass\ndef test_b(): pass\n{SERIAL}\ndef test_alone(): pass\n")
    assert run_tests(root, tmp_path / "results", workers=0) == ([], {"passed": 3, "failed": 0, "skipped": 0})


def test_a_failure_among_those_run_alone_fails_the_whole(tmp_path: Path) -> None:
    root = _project(tmp_path, f"def test_a(): pass\n{SERIAL}\ndef test_alone(): assert 1 == 2\n")
    assert run_tests(root, tmp_path / "results", workers=0) == (
        ["serial tests"],
        {"passed": 1, "failed": 1, "skipped": 0},
    )


def test_with_nothing_to_run_alone_the_first_part_is_the_whole(tmp_path: Path) -> None:
    root = _project(tmp_path, "def test_a(): pass\n")
    assert not has_serial_tests(root)
    assert run_tests(root, tmp_path / "results", workers=0) == ([], {"passed": 1, "failed": 0, "skipped": 0})


def test_a_broken_file_is_a_failure_and_not_an_empty_success(tmp_path: Path) -> None:
    root = _project(tmp_path, "def test_a(: pass\n")
    failed, counts = run_tests(root, tmp_path / "results", workers=0)
    assert failed == ["tests"]
    assert counts["passed"] == 0
