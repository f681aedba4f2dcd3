"""A hub port that tells the line watch and the clock what each exchange shows."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from pos_app.hub_client import Feed, HubPort, HubRefused, HubUnreachable
from pos_app.syncing.hub_clock import HubClock
from pos_app.syncing.line_watch import LineWatch
from shared.api.journal import JournalResponse, SubmittedEntry
from shared.api.terminals import Enrolment, EnrolRequest
from shared.signing import Jwks

T = TypeVar("T")


class WatchedHub:
    """Passes everything on; a refusal is an answer too."""

    def __init__(self, hub: HubPort, line: LineWatch, clock: HubClock) -> None:
        """`hub` does the work."""
        self._hub = hub
        self._line = line
        self._clock = clock

    def enrol(self, request: EnrolRequest) -> Enrolment:
        """As `HubPort.enrol`."""
        return self._watched(lambda: self._hub.enrol(request))

    def submit(self, entries: Sequence[SubmittedEntry], timeout_ms: int) -> JournalResponse:
        """As `HubPort.submit`; the answer's `hub_time` sets the clock."""
        response = self._watched(lambda: self._hub.submit(entries, timeout_ms))
        self._clock.hear(response.hub_time)
        return response

    def changes(self, head: int, last_event_id: str) -> Feed:
        """As `HubPort.changes`."""
        return self._watched(lambda: self._hub.changes(head, last_event_id))

    def probe(self, timeout_ms: int) -> datetime | None:
        """As `HubPort.probe`; its time serves until there is a better one."""
        told = self._watched(lambda: self._hub.probe(timeout_ms))
        if told is not None:
            self._clock.hear_roughly(told)
        return told

    def jwks(self) -> Jwks:
        """As `HubPort.jwks`."""
        return self._watched(self._hub.jwks)

    def reset(self) -> None:
        """As `HubPort.reset`."""
        self._hub.reset()

    def close(self) -> None:
        """As `HubPort.close`."""
        self._hub.close()

    def _watched(self, ask: Callable[[], T]) -> T:
        try:
            answer = ask()
        except HubUnreachable as error:
            self._line.lost(error.kind)
            raise
        except HubRefused:
            self._line.heard()
            raise
        self._line.heard()
        return answer
