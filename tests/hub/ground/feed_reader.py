"""Reads the change feed as a terminal does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from shared.clock import from_wire
from tests.hub.ground.shop import Till

CHANGES = "/api/v1/terminals/me/changes"


@dataclass(frozen=True, slots=True)
class Event:
    """One event."""

    cursor: str
    kind: str
    data: dict[str, Any]


class FeedReader:
    """An open stream; waiting is bounded by the client's own time-out."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()

    def next(self) -> Event | datetime:
        """The next event, or the next hub time."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if line.startswith(": hub_time "):
                return from_wire(line.removeprefix(": hub_time "))
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                return Event(fields["id"], fields["event"], json.loads(fields["data"]))
        raise EOFError("the stream has ended")

    def until_time(self) -> tuple[list[Event], datetime]:
        """Events up to the next hub time."""
        events: list[Event] = []
        while True:
            told = self.next()
            if isinstance(told, datetime):
                return events, told
            events.append(told)


@contextmanager
def feed(
    till: Till, now: datetime, cursor: str | None = None, head: int | None = None
) -> Iterator[FeedReader]:
    """Open the feed where enrolment said, or after a cursor."""
    headers = till.headers(now) | {"Last-Event-ID": cursor or till.enrolment["cursor"]}
    parameters = {} if head is None else {"head": head}
    with till.client.stream("GET", CHANGES, headers=headers, params=parameters) as answer:
        assert answer.status_code == 200
        yield FeedReader(answer)
