"""The port through which the terminal asks the hub; `HttpHub` and the tests' fake implement it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from shared.api.journal import JournalResponse, SubmittedEntry
from shared.api.terminals import Enrolment, EnrolRequest
from shared.signing import Jwks, Signer


class TerminalIdentity(NamedTuple):
    """Who asks: the terminal's id, its key, and the hub's JWS over its registration (protocol.md 3).

    A hub restored from before the enrolment knows the terminal by that certificate alone.
    """

    terminal_id: str
    signer: Signer
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One change: its kind, its JSON, and the cursor after it."""

    kind: str
    data: str
    cursor: str


@dataclass(frozen=True, slots=True)
class FeedComment:
    """The keep-alive: every change up to `hub_time` has been sent."""

    hub_time: datetime


FeedItem = FeedEvent | FeedComment


class Feed(Protocol):
    """An open change feed."""

    def __iter__(self) -> Iterator[FeedItem]:
        """Items as they come; ends when the hub closes or `cancel` was called.

        Raises:
            HubUnreachable: the line went.
        """
        ...

    def cancel(self) -> None:
        """End it from another thread, at once."""
        ...


class HubPort(Protocol):
    """All that a terminal asks. Every call raises `HubUnreachable` or `HubRefused` instead of an answer."""

    def enrol(self, request: EnrolRequest) -> Enrolment:
        """Make the terminal known."""
        ...

    def submit(self, entries: Sequence[SubmittedEntry], timeout_ms: int) -> JournalResponse:
        """Send entries; results in their order."""
        ...

    def changes(self, head: int, last_event_id: str) -> Feed:
        """Open the change feed; `head` is the journal's last `seq`."""
        ...

    def probe(self, timeout_ms: int) -> datetime | None:
        """Whether the hub is there; its idea of the time, to the second, if it tells."""
        ...

    def jwks(self) -> Jwks:
        """The hub's verification keys."""
        ...

    def reset(self) -> None:
        """Drop kept connections: after the line was gone they may lead nowhere."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...
