"""A real hub process, and the terminal's command line as real processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

_START_S = 40
_STOP_S = 15
_COMMAND_S = 60
_LOOK_S = 0.05


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class HubProcess:
    """`mps-hub serve` on the embedded database in `folder`; `base_url` is what it calls itself.

    `environment` adds settings (MPS_HUB_…) or failpoints.
    """

    folder: Path
    base_url: str = ""
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sms_file(self) -> Path:
        """Where its text messages go, as JSON lines."""
        return self.folder / "sms.jsonl"

    @property
    def pid(self) -> int:
        """Of the process that serves.

        Raises:
            AssertionError: none does.
        """
        assert self._process is not None
        return self._process.pid

    def settings(self) -> dict[str, str]:
        """The environment of every `mps-hub` command on this hub."""
        return {
            **os.environ,
            "MPS_HUB_DATA_DIR": str(self.folder),
            "MPS_HUB_BASE_URL": self.base_url or self.url,
            "MPS_HUB_SMS_URL": self.sms_file.as_uri(),
            **self.environment,
        }

    def start(self) -> Self:
        """Serve, and return once it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "hub_server",
                    "serve",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(self.port),
                ],
                env=self.settings(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _START_S
        while not self._is_ready():
            if self._has_ended_within(_LOOK_S) or time.monotonic() > deadline:
                raise RuntimeError(
                    f"the hub did not start: {(self.folder / 'serve.log').read_text()[-2000:]}"
                )
        return self

    def _has_ended_within(self, seconds: float) -> bool:
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=1).status_code == 200
        except httpx.TransportError:
            return False

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another `mps-hub` command on the same data."""
        return _run([sys.executable, "-m", "hub_server", *arguments], self.settings())

    def demo_data(self) -> dict[str, Any]:
        """`mps-hub demo-data --json`.

        Raises:
            RuntimeError: it failed.
        """
        return _json_of(self.run("demo-data", "--json"))

    def check(self) -> dict[str, Any]:
        """`mps-hub check --json`, which must be clean.

        Raises:
            RuntimeError: it reports something.
        """
        return _json_of(self.run("check", "--json"))

    def kill(self) -> None:
        """SIGKILL: nothing is written or said any more."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM: an orderly end."""
        self._end(signal.SIGTERM)

    def wait_until_dead(self) -> None:
        """Wait for a process that kills itself at a failpoint."""
        if self._process is not None:
            self._process.wait(_STOP_S)
            self._process = None

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_STOP_S)
            raise
        finally:
            self._process = None

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()


@dataclass(frozen=True)
class TerminalCommands:
    """`mps-pos` commands on one data folder; `prefix` is what runs them, such as a tracer."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()

    def run(self, command: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One command; `environment` adds to the process's own."""
        settings = {**os.environ, "MPS_POS_KEY_STORE": "file", **self.environment, **environment}
        words = [*command.split(), "--data-dir", str(self.folder), *arguments]
        return _run([*self.prefix, sys.executable, "-m", "pos_app", *words], settings)

    def json(self, command: str, *arguments: str) -> dict[str, Any]:
        """What a command prints with `--json`, whatever its exit code.

        Raises:
            RuntimeError: it printed no JSON.
        """
        completed = self.run(command, *arguments, "--json")
        try:
            content: dict[str, Any] = json.loads(completed.stdout)
        except json.JSONDecodeError as error:
            raise RuntimeError(f"{command}: {completed.returncode}: {completed.stderr[-2000:]}") from error
        return content

    def enrol(self, hub_url: str, code: str) -> None:
        """Enrol.

        Raises:
            RuntimeError: it failed.
        """
        completed = self.run("enrol", "--hub", hub_url, "--code", code)
        if completed.returncode:
            raise RuntimeError(completed.stderr)


def new_payment_code(hub_url: str, member: dict[str, Any], card_type: str = "standard") -> str:
    """A live code of a demo member's card, over the API."""
    card = next(card for card in member["cards"] if card["card_type"] == card_type)
    answer = httpx.post(
        f"{hub_url}/api/v1/me/cards/{card['card_id']}/payment-code",
        headers={"Authorization": f"Bearer {member['access_token']}"},
        timeout=10,
    )
    code: str = answer.raise_for_status().json()["code"]
    return code


def member_with(demo: dict[str, Any], card_type: str = "standard") -> dict[str, Any]:
    """The first demo member who has a card of that type with money on it, if it can have any."""
    members: list[dict[str, Any]] = demo["members"]
    return next(
        member for member in members if any(card["card_type"] == card_type for card in member["cards"])
    )


def _run(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words, env=environment, capture_output=True, text=True, timeout=_COMMAND_S, check=False
    )


def _json_of(completed: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    if completed.returncode:
        raise RuntimeError(
            f"exit {completed.returncode}: {completed.stdout[-3000:]}{completed.stderr[-3000:]}"
        )
    content: dict[str, Any] = json.loads(completed.stdout)
    return content
