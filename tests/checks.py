"""Every check and every test, in one run: `python -m tests.checks [--lint]`, which `make test` and `make lint` call.

All of them run even when one fails, so that one look shows everything. The last line counts both runs of tests.
"""

import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "test"
BIN = Path(sys.executable).parent

LINT = {
    "ruff": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "mypy": ["mypy", "--no-error-summary"],
    # Scripts and no package: mypy has to be told of them by their files.
    "mypy packaging": ["mypy", "--no-error-summary", "packaging"],
    "imports": ["lint-imports", "--no-logo"],
}
WORKERS = 2
MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 << 30
"""What the databases of a whole run may take up, and some more."""


def run_lint() -> list[str]:
    """Run each check and return the names of those that failed."""
    return [
        name for name, command in LINT.items() if not _passes(name, [str(BIN / command[0]), *command[1:]])
    ]


def run_tests(
    root: Path = ROOT, results: Path = RESULTS, workers: int = WORKERS
) -> tuple[list[str], dict[str, int]]:
    """Run the tests of `root`: in parallel those that can be, then alone those marked `serial`.

    Returns the names of the runs that failed and the counts of both: passed, failed, skipped.
    """
    results.mkdir(parents=True, exist_ok=True)
    pytest = [sys.executable, "-m", "pytest", "-q"]
    runs = {"tests": [*pytest, "-m", "not serial", f"--numprocesses={workers}", "--dist=loadgroup"]}
    # pytest fails a run that selects nothing, and rightly: so it is not begun where no test asks for it.
    if has_serial_tests(root):
        runs["serial tests"] = [*pytest, "-m", "serial"]
    failed: list[str] = []
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for name, command in runs.items():
        report = results / f"{name.replace(' ', '-')}.xml"
        report.unlink(missing_ok=True)
        if not _passes(name, [*command, f"--junitxml={report}"], root):
            failed.append(name)
        for kind, count in _counts(report).items():
            counts[kind] += count
    return failed, counts


def environment(memory: Path = MEMORY) -> dict[str, str]:
    """The tests' environment: their databases live in memory where it has the room, since each test makes its own."""
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ROOM_BYTES:
        return {**os.environ, "TMPDIR": str(memory)}
    return dict(os.environ)


def has_serial_tests(root: Path) -> bool:
    """Whether any test of `root` is marked `serial`."""
    return any(
        "mark.serial" in path.read_text(encoding="utf-8") for path in (root / "tests").rglob("test_*.py")
    )


def _passes(name: str, command: list[str], folder: Path = ROOT) -> bool:
    print(f"── {name}", flush=True)
    began = time.monotonic()
    passed = subprocess.run(command, cwd=folder, env=environment(), check=False).returncode == 0
    print(f"   {name}: {'ok' if passed else 'FAILED'} ({time.monotonic() - began:.0f} s)", flush=True)
    return passed


def _counts(report: Path) -> dict[str, int]:
    """The counts of a run from its JUnit report; none when pytest did not come to write one."""
    if not report.exists():
        return {}
    suite = ElementTree.parse(report).getroot().find("testsuite")
    assert suite is not None, f"{report} holds no testsuite"
    wrong = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    skipped = int(suite.get("skipped", 0))
    return {"passed": int(suite.get("tests", 0)) - wrong - skipped, "failed": wrong, "skipped": skipped}


def main(arguments: list[str]) -> int:
    failed = run_lint()
    if arguments == ["--lint"]:
        return 1 if failed else 0
    failed_runs, counts = run_tests()
    failed += failed_runs
    if failed:
        print(f"failed: {', '.join(failed)}")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
