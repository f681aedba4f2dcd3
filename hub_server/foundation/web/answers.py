"""What a route may answer besides success, for the OpenAPI document: problem documents by status.

A route names the codes of its own: `responses=problems(Code.CARD_NOT_ACTIVE, Code.CARD_NOT_FOUND)`. What any
route can answer (a wrong field, no token, too large a body, a busy database) joins by itself in `description`.
"""

from collections.abc import Iterable
from typing import Any

from hub_server.foundation.web.oauth_errors import OAUTH_STATUSES
from shared.problems import Code, catalogue

PROBLEM_MEDIA_TYPE = "application/problem+json"
PROBLEM_SCHEMA = "Problem"
OAUTH_SCHEMA = "OAuthProblem"
CODES = "x-codes"
"""The member of an answer that lists the codes it may carry."""

_RETRIABLE = frozenset({429, 503})
_UNAUTHENTICATED = 401

Responses = dict[int | str, dict[str, Any]]


def problems(*codes: Code) -> Responses:
    """The answers of a route that refuses with these codes; their statuses are the catalogue's."""
    by_status: dict[int, list[Code]] = {}
    for code in codes:
        by_status.setdefault(catalogue()[code].http_status, []).append(code)
    return {status: problem_answer(status, those) for status, those in sorted(by_status.items())}


def problem_answer(status: int, codes: Iterable[Code]) -> dict[str, Any]:
    """One status's answer: which codes it may carry, its form and its headers."""
    named = sorted(set(codes))
    answer: dict[str, Any] = {
        "description": "; ".join(f"`{code}`: {catalogue()[code].titles['en']}" for code in named),
        CODES: [code.value for code in named],
        "content": {PROBLEM_MEDIA_TYPE: {"schema": _reference(PROBLEM_SCHEMA)}},
    }
    headers: dict[str, Any] = {}
    if status in _RETRIABLE:
        headers["Retry-After"] = _header("Seconds to wait", "^[0-9]+$")
    if status == _UNAUTHENTICATED and Code.UNAUTHENTICATED in named:
        headers["WWW-Authenticate"] = _header("The scheme to use", "^Bearer$")
    if headers:
        answer["headers"] = headers
    return answer


def oauth_answers() -> Responses:
    """The answers of the token endpoint, in OAuth's own form (RFC 6749 5.2)."""
    by_status: dict[int, list[str]] = {}
    for name, status in OAUTH_STATUSES.items():
        by_status.setdefault(status, []).append(name)
    return {
        status: {
            "description": ", ".join(f"`{name}`" for name in names),
            "content": {"application/json": {"schema": _reference(OAUTH_SCHEMA)}},
        }
        for status, names in sorted(by_status.items())
    }


def _reference(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


def _header(description: str, pattern: str) -> dict[str, Any]:
    return {"description": description, "required": True, "schema": {"type": "string", "pattern": pattern}}
