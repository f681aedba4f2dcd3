"""`mps-pos sync`: send and receive once."""

from dataclasses import dataclass
from typing import Final

from pos_app.command_line.opening import open_terminal, recovered_as_json
from pos_app.journal import waiting
from pos_app.settings import Settings

MOST_BATCHES: Final = 1_000
PROBE_MS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Sent:
    """How many entries still wait, and the charges that opening the terminal has cancelled, as JSON."""

    depth: int
    recovered: list[dict[str, object]]


def send_and_receive(settings: Settings) -> Sent:
    """Probe, read the feed until there is contact, send until nothing is due.

    Raises:
        HubUnreachable, HubRefused: the line is down; what was sent is sent.
    """
    terminal = open_terminal(settings)
    try:
        terminal.hub.probe(PROBE_MS)
        terminal.feed.read_until_contact()
        for _ in range(MOST_BATCHES):
            if not terminal.submitter.send_waiting():
                break
        depth = terminal.database.read(waiting.queue).result().depth
        return Sent(depth, recovered_as_json(terminal))
    finally:
        terminal.close()
