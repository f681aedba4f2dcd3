"""A till of its own for each test: a directory, the program, and a hub behind a socket."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pos_app.command_line.app import run
from pos_app.journal import failpoints
from shared.clock import SystemClock
from tests.fakes.http_hub import HttpFakeHub
from tests.fakes.hub import FakeHub


@dataclass
class Till:
    """A terminal's directory and the program that uses it."""

    folder: Path
    served: HttpFakeHub
    is_quick: bool = False

    @property
    def hub(self) -> FakeHub:
        return self.served.hub

    def run(self, *arguments: str, dies_at: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "MPS_POS_KEY_STORE": "file", "MPS_POS_LANGUAGE": "en"}
        if dies_at is not None:
            environment |= {failpoints.TEST_BUILD: "1", failpoints.CHOSEN: dies_at}
        if self.is_quick and dies_at is None:
            return _run_here([*arguments, "--data-dir", str(self.folder)])
        command = [sys.executable, "-m", "pos_app", *arguments, "--data-dir", str(self.folder)]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    def json(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        ended = self.run(*arguments, "--json")
        found: dict[str, Any] = json.loads(ended.stdout)
        return ended.returncode, found

    def beside(self, folder: Path) -> "Till":
        """The same program on a machine where nothing was ever enrolled."""
        return replace(self, folder=folder)

    def charge(self, *more: str, dies_at: str | None = None) -> subprocess.CompletedProcess[str]:
        code = self.hub.mint.code(self.hub.clock.now())[0]
        return self.run("charge", "--amount", "299.00", "--code", code, "--json", *more, dies_at=dies_at)


def _run_here(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """The same command without a process of its own, which takes a second to begin."""
    told, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(told), redirect_stderr(complained):
        code = run(arguments)
    return subprocess.CompletedProcess(arguments, code, told.getvalue(), complained.getvalue())


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    yield from _opened(Till(tmp_path, HttpFakeHub(FakeHub(SystemClock()))))


@pytest.fixture
def quick_till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    """A till whose commands run in the test's own process."""
    monkeypatch.setenv("MPS_POS_KEY_STORE", "file")
    monkeypatch.setenv("MPS_POS_LANGUAGE", "en")
    yield from _opened(Till(tmp_path, HttpFakeHub(FakeHub(SystemClock())), is_quick=True))


def _opened(made: Till) -> Iterator[Till]:
    enrolled = made.run("enrol", "--hub", made.served.address, "--code", "ABCDEFGHJK")
    assert enrolled.returncode == 0, enrolled.stderr
    yield made
    made.served.close()
