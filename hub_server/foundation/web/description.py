"""The OpenAPI document: what FastAPI knows of each route, and what any route may answer besides."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from hub_server.foundation.web.answers import CODES, OAUTH_SCHEMA, PROBLEM_SCHEMA, problem_answer
from hub_server.foundation.web.oauth_errors import OAUTH_STATUSES
from shared.problems import Code, Problem, catalogue

SUMMARY: Final = (
    "Members pay with a code, terminals keep a journal, the hub keeps the money. Amounts are integer minor "
    "units, times RFC 3339 UTC, errors problem documents (RFC 9457) with a `code` of a closed catalogue. "
    "Lists are cursor-paged: `?limit=&cursor=` gives `{items, next_cursor}`."
)
LICENCE: Final = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
TAGS: Final[Mapping[str, str]] = {
    "access": "Signing in and out: one-time passwords, passwords, refresh",
    "admin": "For the hub's own people, by permission",
    "bindings": "Which members use a card, and as what",
    "charges": "Charges and refunds by a merchant's other systems",
    "journal": "What terminals did, told entry by entry",
    "keys": "The hub's public keys",
    "kiosks": "Shared screens that show a card's code",
    "loyalty": "Points, tiers and promotions",
    "members": "A member's own profile, cards and movements",
    "merchant": "For a merchant's own people and systems",
    "monitoring": "Whether the hub lives, is ready, and how it fares",
    "payment codes": "The code a member shows to pay",
    "refunds": "Giving back by a merchant's other systems",
    "terminals": "Enrolment, access and news of terminals",
}

NEEDS: Final = "x-needs"
"""The member of an operation that says which permissions or scopes each security scheme must be granted."""

_API = "/api/"
_VALIDATION_SCHEMAS = ("HTTPValidationError", "ValidationError")
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


class DescribedApplication(FastAPI):
    """A FastAPI application whose description tells of every answer, also of those given before a route."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = complete(super().openapi())
        return self.openapi_schema


def operation_id(route: APIRoute) -> str:
    """`post_me_bindings`: from method and path, which no two routes share."""
    method = min(route.methods or {"any"}).lower()
    words = route.path.removeprefix("/api/v1").replace("{", "").replace("}", "")
    return "_".join([method, *("".join(c if c.isalnum() else " " for c in words).split())])


def methods_at(app: FastAPI, path: str) -> list[str]:
    """What may be asked at a path, by every route that it fits: what `Allow` has to say (RFC 9110 10.2.1)."""
    found: set[str] = set()
    for route in iter_route_contexts(app.routes):
        if route.path is not None and route.path_regex.fullmatch(path):
            found |= route.methods or set()
    return sorted(found)


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Give each operation the answers that any like it may give, in the form they really have."""
    used: set[str] = set()
    for path, _method, operation in operations(document):
        used.update(operation.get("tags", ()))
        answers: dict[str, Any] = operation["responses"]
        if answers.get("422", {}).get("description") == "Validation Error" and CODES not in answers["422"]:
            del answers["422"]
        for status, codes in _general(path, operation).items():
            declared = answers.get(str(status))
            if declared is None or CODES in declared:
                named = {*codes, *(Code(code) for code in (declared or {}).get(CODES, ()))}
                answers[str(status)] = problem_answer(status, named)
        operation["responses"] = dict(sorted(answers.items()))
        if "security" in operation:
            _tell_needs(operation)
    document["tags"] = [
        {"name": tag, "description": told} for tag in sorted(used) if (told := _description_of(tag))
    ]
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in _VALIDATION_SCHEMAS:
        schemas.pop(name, None)
    schemas.update(_error_schemas())
    return document


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation, of every operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                yield path, method, operation


def _tell_needs(operation: dict[str, Any]) -> None:
    """Say apart what each scheme must be granted: as scopes, many readers take them for OAuth's."""
    needs = {scheme: scopes for one in operation["security"] for scheme, scopes in one.items()}
    operation["security"] = [{scheme: []} for scheme in needs]
    operation[NEEDS] = needs


def _description_of(tag: str) -> str | None:
    """Of a tag, or of one like `admin: cards`."""
    whose, _, what = tag.partition(": ")
    return f"{TAGS[whose]}: {what}" if what and whose in TAGS else TAGS.get(tag)


def _general(path: str, operation: Mapping[str, Any]) -> dict[int, set[Code]]:
    codes = {Code.INVALID_REQUEST, Code.INTERNAL_ERROR}
    if path.startswith(_API):
        codes |= {Code.RATE_LIMITED, Code.SYSTEM_BUSY}
    if "{" in path:
        codes.add(Code.NOT_FOUND)
    if "requestBody" in operation:
        codes |= {Code.PAYLOAD_TOO_LARGE, Code.UNSUPPORTED_MEDIA_TYPE}
    schemes = {name for requirement in operation.get("security", ()) for name in requirement}
    if schemes:
        codes |= {Code.UNAUTHENTICATED, Code.FORBIDDEN}
    if "terminal" in schemes:
        codes.add(Code.TERMINAL_NOT_ACTIVE)
    by_status: dict[int, set[Code]] = {}
    for code in codes:
        by_status.setdefault(catalogue()[code].http_status, set()).add(code)
    return by_status


def _error_schemas() -> dict[str, Any]:
    """The two forms of an error, the fields of a problem among them."""
    problem = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    return {
        **problem.pop("$defs"),
        PROBLEM_SCHEMA: problem,
        OAUTH_SCHEMA: {
            "title": OAUTH_SCHEMA,
            "description": "An error of the token endpoint (RFC 6749 5.2).",
            "type": "object",
            "required": ["error"],
            "additionalProperties": False,
            "properties": {"error": {"type": "string", "enum": sorted(OAUTH_STATUSES)}},
        },
    }
