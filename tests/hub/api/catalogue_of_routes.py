"""Every operation of a hub, read off its own OpenAPI document: nothing here names a route."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from hub_server.foundation.web.description import NEEDS, operations

STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Operation:
    """A method at a path; `needs`: each scheme that may call it with what it has to be granted. Empty: public."""

    method: str
    path: str
    needs: Mapping[str, frozenset[str]]
    body: Mapping[str, Any] | None
    parameters: tuple[Mapping[str, Any], ...]
    answers: frozenset[str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations_of(document: Mapping[str, Any]) -> list[Operation]:
    """Those of the OpenAPI document; one that ends a session comes last, so that others can be asked before."""
    found = [_operation(path, method, raw) for path, method, raw in operations(document)]
    return sorted(found, key=lambda operation: operation.path.endswith("/logout"))


def routed(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of everything the application answers, in the document or not."""
    for route in iter_route_contexts(app.routes):
        for method in (route.methods or set()) - {"HEAD"}:
            yield method, str(route.path)


def _operation(path: str, method: str, raw: Mapping[str, Any]) -> Operation:
    content = raw.get("requestBody", {}).get("content", {})
    return Operation(
        method=method.upper(),
        path=path,
        needs={scheme: frozenset(granted) for scheme, granted in raw.get(NEEDS, {}).items()},
        body=content.get("application/json", {}).get("schema"),
        parameters=tuple(raw.get("parameters", ())),
        answers=frozenset(raw["responses"]),
    )
