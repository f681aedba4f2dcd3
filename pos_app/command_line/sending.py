"""`mps-pos sync`: send and receive once."""

from typing import Final

from pos_app.bootstrap import build_terminal
from pos_app.journal import waiting
from pos_app.settings import Settings

MOST_BATCHES: Final = 1_000
PROBE_MS: Final = 2_000


def send_and_receive(settings: Settings) -> int:
    """Probe, read the feed until there is contact, send until nothing is due; how many entries still wait.

    Raises:
        HubUnreachable, HubRefused: the line is down; what was sent is sent.
    """
    terminal = build_terminal(settings)
    try:
        terminal.hub.probe(PROBE_MS)
        terminal.feed.read_until_contact()
        for _ in range(MOST_BATCHES):
            if not terminal.submitter.send_waiting():
                break
        return terminal.database.read(waiting.queue).result().depth
    finally:
        terminal.close()
