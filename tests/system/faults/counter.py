"""A terminal whose every act is a process of its own, and what it told of each: what the faults of the counter befall."""

import json
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from pos_app.command_line.sending import send_and_receive
from tests.system.invariants import all_hold
from tests.system.processes import TerminalCommands
from tests.system.shop import Shop
from tests.system.till import pos_settings
from tests.system.witness import own_charges, own_types

AMOUNT: Final = "123.45"
PAYABLE: Final = 12_345
APPROVED, NOT_PAID, IN_DOUBT, FAULT = 0, 10, 11, 70


@dataclass
class Counter:
    """An enrolled terminal. `approved`: every charge that a process called approved, payable by entry id."""

    shop: Shop
    folder: Path
    terminal_id: str
    approved: dict[str, int] = field(default_factory=dict)

    def order(self, code: str | None = None) -> tuple[str, ...]:
        """What `mps-pos charge` is told: the amount and a code, a fresh one unless given."""
        return ("--amount", AMOUNT, "--code", code or self.shop.payment_code().text, "--json")

    def charge(
        self,
        *arguments: str,
        code: str | None = None,
        prefix: tuple[str, ...] = (),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> subprocess.CompletedProcess[str]:
        """`mps-pos charge`, noted if it says approved. `prefix` goes before the program."""
        commands = TerminalCommands(self.folder, dict(environment), prefix)
        done = commands.run("charge", *self.order(code), "--language", "en", *arguments)
        if done.returncode == APPROVED:
            told = json.loads(done.stdout)
            assert told["status"] in ("approved", "approved_offline"), told
            self.approved[told["entry_id"]] = PAYABLE
        return done

    def die(self, failpoint: str, command: str = "charge", *arguments: str) -> None:
        """A command that kills itself there, and has said nothing by then."""
        environment = {"MPS_TEST_BUILD": "1", "MPS_FAILPOINT": failpoint}
        if command == "charge":
            arguments = (*self.order(), *arguments)
        done = TerminalCommands(self.folder, environment).run(command, *arguments)
        assert done.returncode == -signal.SIGKILL, (failpoint, done.returncode, done.stdout, done.stderr)
        assert not done.stdout, f"it said something before it was sure: {done.stdout}"

    def sync(self) -> None:
        """Start again with the line there; send all."""
        sent = send_and_receive(pos_settings(self.folder))
        assert sent.depth == 0, f"{sent.depth} entries wait"

    def ended_well(self) -> None:
        """Start again, send all: the invariants hold, and what was called approved was paid."""
        self.sync()
        all_hold(self.shop, self.folder, approved=self.approved)

    def json(self, command: str, *arguments: str) -> dict[str, Any]:
        """What a command prints with `--json`."""
        return TerminalCommands(self.folder).json(command, *arguments)

    @property
    def charges(self) -> int:
        """How many the journal holds."""
        return own_types(self.folder).count("charge")

    @property
    def last_is_paid(self) -> bool:
        """What became of the newest charge."""
        return own_charges(self.folder)[-1].is_paid
