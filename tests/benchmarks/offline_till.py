"""A whole terminal that knows its line to be down: its threads run and probe an address that refuses."""

import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from pos_app.bootstrap import Terminal, build_enrolment, build_terminal, http_hub
from pos_app.features.charging.outcomes import ChargeRequest, CodeSeen, PaidOffline
from pos_app.hub_client import HubPort
from pos_app.settings import KeyStoreKind, Settings
from pos_app.syncing.line import LineState
from shared.clock import Clock, SystemClock
from tests.builders.codes_for_pos import CodeMint
from tests.fakes.hub import FakeHub

AMOUNT: Final = 9_900
A_CONTACT: Final = 30
"""The default policy's `max_count`: so many approvals, then the terminal is given a newer contact."""
_NOBODY: Final = "http://127.0.0.1:9"
"""The discard port of this machine: nobody listens, so the line is refused."""
_KNOWN_MS: Final = 10_000


def settings_of(folder: Path) -> Settings:
    """A data directory, no devices, the key in a file."""
    return Settings(data_dir=folder, key_store=KeyStoreKind.FILE, camera="none", printer="none")


def enrol(folder: Path, mint: CodeMint) -> None:
    """Enrol at a hub in memory that has the default policy and issues codes by that mint's key."""
    enrolling, database = build_enrolment(settings_of(folder))
    hub = FakeHub(SystemClock())
    hub.mint = mint
    try:
        enrolling.enrol(hub, "code", "till")
    finally:
        database.close()


def _refused(_address: str, clock: Clock, identity: Any) -> HubPort:
    return http_hub(_NOBODY, clock, identity)


class OfflineTill:
    """An enrolled terminal, opened and started; codes come from the mint that it was enrolled with.

    Attributes:
        opened_s: how long it took to open the file, prove the journal and put the terminal together.
    """

    def __init__(self, folder: Path, mint: CodeMint) -> None:
        """Open, start, and wait until it knows that the line is down.

        Raises:
            RuntimeError: somebody answers.
        """
        began = time.perf_counter()
        self.terminal: Terminal = build_terminal(settings_of(folder), make_hub=_refused)
        self.opened_s = time.perf_counter() - began
        self._mint = mint
        self._left = 0
        self.terminal.start()
        if self.terminal.line.wait_until_known(_KNOWN_MS) is not LineState.OFFLINE:
            self.terminal.close()
            raise RuntimeError("the line is not down")

    def approve(self) -> float:
        """Scan a new code, then press: the seconds from the press to "approved".

        Raises:
            RuntimeError: it was not approved.
        """
        if not self._left:
            self.terminal.hub_copy.take_contact(self.terminal.clock.now())
            self._left = A_CONTACT
        self._left -= 1
        text, _ = self._mint.code(self.terminal.clock.now())
        seen = self.terminal.desk.read_code(text)
        if not isinstance(seen, CodeSeen):
            raise RuntimeError(f"the code was refused: {seen}")
        request = ChargeRequest(amount=AMOUNT, code_ref=seen.code_ref, cashier="cashier", shift="0001")
        began = time.perf_counter()
        outcome = self.terminal.desk.charge(request)
        took = time.perf_counter() - began
        if not isinstance(outcome, PaidOffline):
            raise RuntimeError(f"not approved: {outcome}")
        return took

    def close(self) -> None:
        """Stop its threads."""
        self.terminal.close()

    def __enter__(self) -> Self:
        """Use it; it is closed at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()
