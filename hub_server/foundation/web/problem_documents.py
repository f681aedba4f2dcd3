"""Errors as RFC 9457 problem documents (protocol.md 7)."""

from fastapi.responses import JSONResponse
from starlette.requests import HTTPConnection
from starlette.types import Scope

from hub_server.foundation.observability import request_id_variable
from shared.problems import Code, CodedError, FieldError, Language, Problem, catalogue, negotiate_language

RETRY_AFTER_S = 2
_RETRIABLE = frozenset({429, 503})


class ProblemResponse(JSONResponse):
    """`application/problem+json`."""

    media_type = "application/problem+json"


def language_of(request: HTTPConnection) -> Language:
    """The catalogue language that the request's `Accept-Language` wants most; English when it says nothing."""
    return negotiate_language(request.headers.get("accept-language"))


def problem_response(
    scope: Scope,
    code: Code,
    detail: str = "",
    *,
    fields: tuple[FieldError, ...] = (),
    retry_after_s: int | None = None,
) -> ProblemResponse:
    """The problem document of a code, in the language the request asks for."""
    row = catalogue()[code]
    problem = Problem(
        title=row.titles[language_of(HTTPConnection(scope))],
        status=row.http_status,
        detail=detail,
        instance=scope["path"],
        code=code,
        request_id=request_id_variable.get(),
        errors=fields,
    )
    headers: dict[str, str] = {}
    if row.http_status in _RETRIABLE:
        headers["Retry-After"] = str(retry_after_s or RETRY_AFTER_S)
    if code is Code.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    return ProblemResponse(problem.model_dump(mode="json"), row.http_status, headers)


def response_to(scope: Scope, error: CodedError) -> ProblemResponse:
    """The problem document of a coded error."""
    return problem_response(
        scope, error.code, error.detail, fields=error.fields, retry_after_s=error.retry_after_s
    )
