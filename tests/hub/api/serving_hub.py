"""A serving hub as a test sees it: from outside by HTTP, and from inside its rows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
from sqlalchemy import select

from hub_server.bootstrap import Hub
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, metadata
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock
from tests.hub.api.catalogue_of_routes import STREAM, Operation, operations_of

# What a refused request may leave: that it came, how often, and what is on its way to be told.
_TRACES = frozenset({"audit_events", "audit_heads", "sessions", "refresh_tokens", "rate_windows", "outbox"})


@dataclass(frozen=True)
class Answered:
    """Status, body and headers; of an event stream only how it begins."""

    status: int
    body: dict[str, Any]
    headers: httpx.Headers
    sent: str

    @property
    def code(self) -> str:
        """Of a problem document; empty for anything else."""
        return str(self.body.get("code", ""))


@dataclass(frozen=True)
class ServingHub:
    """The hub, its clock and a client."""

    hub: Hub
    clock: ManualClock
    client: httpx.Client

    @property
    def context(self) -> Context:
        """The hub's."""
        return self.hub.context

    @cached_property
    def rows(self) -> HubRows:
        """Builds rows in its database."""
        return HubRows(self.hub.context, self.hub.keys)

    @cached_property
    def operations(self) -> list[Operation]:
        """Everything its description tells of."""
        return operations_of(self.hub.app.openapi())

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any) -> Answered:
        """One request, whatever comes of it."""
        with self.client.stream(method, path, headers=headers, **sent) as answer:
            is_problem = "json" in answer.headers.get("content-type", "")
            if not answer.headers.get("content-type", "").startswith(STREAM):
                answer.read()
            body = answer.json() if is_problem and answer.content else {}
            return Answered(
                status=answer.status_code,
                body=body if isinstance(body, dict) else {},
                headers=answer.headers,
                sent=f"{method} {path} {sent}",
            )

    def contents(self) -> dict[str, list[str]]:
        """Every row of every table, but for those that only tell that somebody asked."""

        def read(connection: Connection) -> dict[str, list[str]]:
            return {
                table.name: sorted(repr(row) for row in connection.execute(select(table)))
                for table in metadata.sorted_tables
                if table.name not in _TRACES
            }

        return self.context.database.read(read)
