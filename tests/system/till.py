"""The terminal's own program in this process, at a real hub: what a cashier does, and a line row that can be waited for."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from pos_app.bootstrap import MakeHub, Terminal, build_enrolment, build_terminal, http_hub
from pos_app.features.charging.outcomes import ChargeRequest, CodeSeen, Outcome
from pos_app.hub_client import HubPort, TerminalIdentity
from pos_app.hub_client.http_hub import HttpHub
from pos_app.settings import KeyStoreKind, Settings
from pos_app.syncing.line import LineState, LineStatus
from shared.clock import Clock, SystemClock
from shared.ids import IdSource
from shared.problems import Refusal

ONLINE_S = 15.0
_CASHIER, _SHIFT = "cashier", "shift"


def pos_settings(folder: Path) -> Settings:
    """A data directory, no devices, the key in a file."""
    return Settings(data_dir=folder, key_store=KeyStoreKind.FILE, camera="none", printer="none")


def enrol_here(folder: Path, hub_url: str, code: str, machine: Clock | None = None) -> None:
    """`mps-pos enrol` in this process; `machine` is its clock, the system's unless given."""
    enrolling, database = build_enrolment(pos_settings(folder), machine)
    try:
        hub = http_hub(hub_url, SystemClock(), None)
        try:
            enrolling.enrol(hub, code, "till")
        finally:
            hub.close()
    finally:
        database.close()


def by_way_of(url: str) -> MakeHub:
    """Reach the hub over another address than its own: a proxy's."""

    def make(address: str, clock: Clock, identity: TerminalIdentity | None) -> HubPort:
        ids = IdSource(SystemClock())
        return HttpHub(url, clock=clock, new_id=ids.new, identity=identity, audience=address)

    return make


class LineRow:
    """What the line row said last, and a way to wait until it says something."""

    def __init__(self) -> None:
        self._said = threading.Condition()
        self._status: LineStatus | None = None

    def hear(self, status: LineStatus) -> None:
        """As the window's row does."""
        with self._said:
            self._status = status
            self._said.notify_all()

    @property
    def status(self) -> LineStatus:
        """The last one."""
        assert self._status is not None
        return self._status

    def wait(self, what: str, holds: Callable[[LineStatus], bool], limit_s: float) -> float:
        """Wait until it holds; the seconds that took.

        Raises:
            AssertionError: not within `limit_s`.
        """
        began = time.monotonic()
        with self._said:
            done = self._said.wait_for(lambda: self._status is not None and holds(self._status), limit_s)
        took = time.monotonic() - began
        assert done, f"{what}: not within {limit_s} s; the row says {self._status}"
        return took


@dataclass(frozen=True, slots=True)
class Timed:
    """What a charge became, and how long after the press that was known."""

    outcome: Outcome
    took_s: float


class Till:
    """An open terminal. Closing it stops its threads and leaves its folder as a program's end does."""

    def __init__(self, folder: Path, make_hub: MakeHub | None = None, machine: Clock | None = None) -> None:
        """Open and start; the folder has been enrolled. `machine` is its clock, the system's unless given."""
        self.folder = folder
        self.row = LineRow()
        self._late_came = threading.Condition()
        self._late: list[Outcome] = []
        self.terminal: Terminal = build_terminal(pos_settings(folder), make_hub=make_hub, machine=machine)
        self.terminal.on_line_status(self.row.hear)
        self.terminal.on_late_outcome(self._hear_late)
        self.terminal.start()

    @property
    def id(self) -> str:
        """The terminal's id."""
        return self.terminal.hub_copy.facts.terminal_id

    def wait_online(self) -> Self:
        """Wait until the line is there, contact made and nothing waits."""
        self.terminal.feed.wait_for_contact(int(ONLINE_S * 1000))
        self.row.wait(
            "online, nothing waiting", lambda s: s.state is LineState.ONLINE and not s.waiting, ONLINE_S
        )
        return self

    def wait_offline(self) -> Self:
        """Wait until the row says so."""
        self.row.wait("offline", lambda s: s.state is LineState.OFFLINE, ONLINE_S)
        return self

    def read(self, code: str) -> CodeSeen | Refusal:
        """Scan a code."""
        return self.terminal.desk.read_code(code)

    def charge(self, code: str, amount: int) -> Timed:
        """Scan, then press; the time is from the press."""
        seen = self.read(code)
        assert isinstance(seen, CodeSeen), seen
        request = ChargeRequest(amount=amount, code_ref=seen.code_ref, cashier=_CASHIER, shift=_SHIFT)
        began = time.monotonic()
        outcome = self.terminal.desk.charge(request)
        return Timed(outcome, time.monotonic() - began)

    def wait_late(self, limit_s: float) -> Outcome:
        """The late answer to the one charge that was left in doubt.

        Raises:
            AssertionError: none came.
        """
        with self._late_came:
            done = self._late_came.wait_for(lambda: self._late, limit_s)
            assert done, f"no late answer within {limit_s} s"
            return self._late.pop(0)

    def close(self) -> None:
        """Stop."""
        self.terminal.close()

    def __enter__(self) -> Self:
        """Use it; it is closed at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _hear_late(self, outcome: Outcome) -> None:
        with self._late_came:
            self._late.append(outcome)
            self._late_came.notify_all()
