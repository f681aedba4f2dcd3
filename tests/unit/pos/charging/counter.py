"""A terminal on a hub in memory, as the tests of the desk use it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pos_app.bootstrap import Terminal, build_terminal
from pos_app.features.charging.desk import Desk
from pos_app.features.charging.outcomes import (
    ChargeRequest,
    CodeSeen,
    ManagerNeeded,
    Outcome,
)
from pos_app.hub_client import Unreachable
from pos_app.journal import waiting
from pos_app.journal.states import ChargeState
from pos_app.settings import KeyStoreKind, Settings
from pos_app.syncing.line import LineState
from shared.api.policy import OfflinePolicy, Policy
from tests.fakes.clock import ManualClock
from tests.fakes.hub import FakeHub

QUICK = Policy(response_timeout_ms=400, offline=OfflinePolicy(soft_total=80_000, max_total=100_000))
WAIT_S = 20


@dataclass
class Counter:
    """A terminal on a hub in memory, its threads running only when a test says `start`."""

    folder: Path
    clock: ManualClock
    hub: FakeHub
    hub_clock: ManualClock
    terminal: Terminal

    @property
    def desk(self) -> Desk:
        return self.terminal.desk

    def charge(
        self,
        amount: int = 29_900,
        *,
        approver: str | None = None,
        training: bool = False,
        rate: int = 10_000,
        offline_limit: int = 50_000,
    ) -> Outcome:
        now = self.hub.clock.now()
        text, _ = self.hub.mint.code(now, rate=rate, offline_limit=offline_limit)
        seen = self.terminal.desk.read_code(text)
        assert isinstance(seen, CodeSeen), seen
        return self.terminal.desk.charge(self.request(seen.code_ref, amount, approver, training))

    @staticmethod
    def request(
        code_ref: str, amount: int, approver: str | None = None, training: bool = False
    ) -> ChargeRequest:
        return ChargeRequest(
            amount=amount, code_ref=code_ref, cashier="c", shift="0001", approver=approver, training=training
        )

    def let_pass(self, ms: int) -> None:
        """Time passes, here and at the hub."""
        self.clock.advance(ms)
        self.hub_clock.advance(ms)

    def time_passing(self, seconds: int) -> Iterator[None]:
        """Let so much time pass, a tenth of a second for each that the caller waits."""
        for _ in range(seconds * 10):
            self.let_pass(100)
            yield

    def cut(self) -> None:
        """The line is down and the terminal knows."""
        self.hub.script.is_down = True
        self.terminal.line.lost(Unreachable.REFUSED)
        assert self.terminal.line.state is LineState.OFFLINE

    def mend(self) -> None:
        """The line is back and the terminal knows."""
        self.hub.script.is_down = False
        self.terminal.line.heard()

    def drain(self) -> None:
        """Send until nothing is due."""
        for _ in range(20):
            if not self.terminal.submitter.send_waiting():
                return
        raise AssertionError("the backlog does not drain")

    def state(self, outcome: Outcome) -> ChargeState:
        assert not isinstance(outcome, ManagerNeeded)
        assert outcome.entry is not None
        charge = self.terminal.history.find(outcome.entry.entry_id)
        assert charge is not None
        return charge.state

    def depth(self) -> int:
        return self.terminal.database.read(waiting.queue).result().depth

    def reopen(self) -> "Counter":
        """As after a crash: what was in memory is gone."""
        self.terminal.close()
        self.terminal = open_terminal(self.folder, self.clock, self.hub)
        return self


def settings_of(folder: Path) -> Settings:
    return Settings(data_dir=folder, key_store=KeyStoreKind.FILE)


def open_terminal(folder: Path, clock: ManualClock, hub: FakeHub) -> Terminal:
    return build_terminal(settings_of(folder), make_hub=lambda *_: hub, machine=clock)
