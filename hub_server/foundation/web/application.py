"""The FastAPI application: errors, health, figures, documentation; capabilities bring their routers."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from hub_server.foundation.context import Context
from hub_server.foundation.observability import Figures
from hub_server.foundation.storage import DatabaseBusy
from hub_server.foundation.web.description import (
    LICENCE,
    SUMMARY,
    DescribedApplication,
    methods_at,
    operation_id,
)
from hub_server.foundation.web.documentation import documentation_router
from hub_server.foundation.web.guard import Guard, Limits
from hub_server.foundation.web.health import health_router
from hub_server.foundation.web.oauth_errors import OAuthError
from hub_server.foundation.web.problem_documents import problem_response, response_to
from hub_server.foundation.web.rate_limits import Allowance, RateLimits
from shared.problems import Code, CodedError, FieldError

_log = logging.getLogger("mps.hub.web")

TOKEN_PATH = "/api/v1/oauth/token"
_BY_STATUS = {
    401: Code.UNAUTHENTICATED,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    413: Code.PAYLOAD_TOO_LARGE,
    415: Code.UNSUPPORTED_MEDIA_TYPE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """What bootstrap hands to the application; `life` runs from start to stop and yields lifespan state."""

    routers: Sequence[APIRouter]
    life: Callable[[], AbstractAsyncContextManager[dict[str, Any]]]
    is_ready: Callable[[], bool]
    figures: Figures
    version: str


def make_application(context: Context, parts: WebParts) -> FastAPI:
    """Put the application together."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with parts.life() as state:
            yield state

    base_url = context.settings.base_url
    app = DescribedApplication(
        title="MPS hub",
        version=parts.version,
        description=SUMMARY,
        contact={"name": "Whoever runs this hub", "url": base_url},
        license_info=LICENCE,
        servers=[{"url": base_url}],
        generate_unique_id_function=operation_id,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(
        Guard,
        clock=context.clock,
        new_id=context.ids.new,
        figures=parts.figures,
        rates=RateLimits(
            Allowance(
                key=context.settings.key_requests_per_minute,
                person=context.settings.member_requests_per_minute,
                address=context.settings.public_requests_per_minute,
            )
        ),
        limits=Limits(
            body_bytes=context.settings.body_limit_bytes,
            body_timeout_s=context.settings.body_timeout_s,
            is_https=context.settings.base_url.startswith("https://"),
        ),
    )
    app.add_exception_handler(CodedError, _on_coded)
    app.add_exception_handler(OAuthError, _on_oauth)
    app.add_exception_handler(DatabaseBusy, _busy_answer(parts.figures))
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    for router in (health_router(parts.is_ready, parts.figures), documentation_router(), *parts.routers):
        _take_routes(app, router)
    return app


def _take_routes(app: FastAPI, router: APIRouter) -> None:
    """Serve the router's routes as they are: `include_router` would make each anew, at the first requests."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            route.unique_id = operation_id(route)
        app.router.routes.append(route)


def _on_coded(request: Request, error: Exception) -> Response:
    assert isinstance(error, CodedError)
    return response_to(request.scope, error)


def _on_oauth(_request: Request, error: Exception) -> Response:
    assert isinstance(error, OAuthError)
    return error.response()


def _busy_answer(figures: Figures) -> Callable[[Request, Exception], Response]:
    """Not a decision: nothing was stored. It leaves a log and a count, and alerts when such pile up."""

    def on_busy(request: Request, error: Exception) -> Response:
        _log.error("busy: %s", error)
        figures.told_busy()
        if request.url.path == TOKEN_PATH:
            return OAuthError("temporarily_unavailable").response()
        return problem_response(request.scope, Code.SYSTEM_BUSY)

    return on_busy


def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if request.url.path == TOKEN_PATH:
        return OAuthError("invalid_request").response()
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    if is_form and any(tuple(item["loc"]) == ("body",) for item in error.errors()):
        return problem_response(request.scope, Code.UNSUPPORTED_MEDIA_TYPE, "send application/json")
    # The message, never the input: it may be a code or a password.
    fields = tuple(
        FieldError(pointer=_pointer(item["loc"], item["type"]), detail=item["msg"]) for item in error.errors()
    )
    return problem_response(request.scope, Code.INVALID_REQUEST, fields=fields)


def _pointer(location: Sequence[int | str], kind: str) -> str:
    """A JSON pointer (RFC 6901) into the body, or the name of a parameter written like one."""
    if kind == "json_invalid":
        return ""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in location[1:])


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code)
    if code is None:
        code = Code.INVALID_REQUEST if error.status_code < 500 else Code.INTERNAL_ERROR
    response = problem_response(request.scope, code)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        # Starlette names those of the first route only.
        response.headers["Allow"] = ", ".join(methods_at(request.app, request.url.path))
    return response
