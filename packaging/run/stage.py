"""Everything around the terminal: a real hub process, the line to it, a printer, and a camera over the desk."""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from desk_camera import DeskCamera
from ground import HUB, LOGS, ROOT, TERMINAL
from recording_printer import RecordingPrinter

from tests.fakes.line import Line
from tests.system.processes import HubProcess, TerminalCommands, free_port, new_payment_code

_COMMAND_S: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A demo member's card, as `demo-data` printed it."""

    member: dict[str, Any] = field(repr=False)
    card_id: str
    card_no: str
    card_type: str
    balance: int
    points: int

    @property
    def phone(self) -> str:
        """Whose it is."""
        return str(self.member["phone"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The shop. `line` is where the terminal finds the hub; `hub` is reached directly by everybody else."""

    hub: HubProcess
    line: Line
    printer: RecordingPrinter
    camera: DeskCamera
    terminal: TerminalCommands
    demo: dict[str, Any]

    def cards(self, card_type: str) -> list[Card]:
        """The demo cards of a type, the one with most points (so with the best rate) first."""
        cards = [
            Card(member=member, **card)
            for member in self.demo["members"]
            for card in member["cards"]
            if card["card_type"] == card_type
        ]
        return sorted(cards, key=lambda card: -card.points)

    def new_code(self, card: Card) -> str:
        """A live payment code of a card, from the hub, as the member's phone gets it."""
        only = {**card.member, "cards": [{"card_id": card.card_id, "card_type": card.card_type}]}
        return new_payment_code(self.hub.url, only, card.card_type)

    def past_code(self, card: Card) -> str:
        """A code that the hub made twenty minutes ago by its own clock, and that has run out."""
        words = [sys.executable, str(Path(__file__).with_name("past_code.py")), card.phone, card.card_id]
        done = subprocess.run(
            words,
            env=self.hub.settings(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=_COMMAND_S,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"no code from the past: {done.stderr[-2000:]}")
        return done.stdout.removesuffix("\n")


@contextmanager
def open_stage() -> Iterator[Stage]:
    """Start everything, and stop it at the end whatever happens; the hub's log is kept in `build/run/logs/`.

    Raises:
        RuntimeError: the hub does not start, or makes no demo data.
    """
    with contextlib.ExitStack() as stack:
        port = free_port()
        line = stack.enter_context(Line(port))
        # The hub calls itself by the line's address: that is where terminals find it (protocol.md 3).
        hub = HubProcess(HUB, base_url=line.url, port=port)
        stack.callback(_keep_log, hub)
        stack.enter_context(hub)
        printer = stack.enter_context(RecordingPrinter())
        camera = stack.enter_context(DeskCamera())
        devices = {"MPS_POS_CAMERA": camera.address, "MPS_POS_PRINTER": printer.address}
        yield Stage(
            hub=hub,
            line=line,
            printer=printer,
            camera=camera,
            terminal=TerminalCommands(TERMINAL, devices),
            demo=hub.demo_data(),
        )


def _keep_log(hub: HubProcess) -> None:
    hub.stop()
    log = HUB / "serve.log"
    if log.exists():
        shutil.copyfile(log, LOGS / "hub.log")


def pins(demo: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Name, role and PIN of the demo staff."""
    return [(str(one["name"]), str(one["role"]), str(one["pin"])) for one in demo["staff"]]
