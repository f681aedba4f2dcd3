"""What stands before every route: request id, limits on callers and bodies, security headers, one log line a request."""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub_server.foundation.observability import Figures, request_id_variable
from hub_server.foundation.observability.figures import UNKNOWN_ROUTE
from hub_server.foundation.web.problem_documents import problem_response
from hub_server.foundation.web.rate_limits import RateLimits
from shared.clock import Clock
from shared.problems import Code, CodedError

_log = logging.getLogger("mps.hub.web")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_BODY_TYPES = frozenset({"application/json", "application/x-www-form-urlencoded"})
MAX_LENGTH_DIGITS = 19
_UNAUTHENTICATED = 401
_PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
# PostgreSQL's text cannot hold it, and nothing people write does.
_NUL = (b"\x00", b"\\u0000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one request, and whether browsers are told to stay with TLS."""

    body_bytes: int
    body_timeout_s: int
    is_https: bool


class Guard:
    """ASGI middleware. It reads the body itself, bounded in size and time, before anything parses it."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        clock: Clock,
        new_id: Callable[[], str],
        limits: Limits,
        rates: RateLimits,
        figures: Figures,
    ) -> None:
        """`new_id` names a request that brought no usable `X-Request-Id`."""
        self._app = app
        self._clock = clock
        self._new_id = new_id
        self._limits = limits
        self._rates = rates
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever fails becomes a problem document."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = Headers(scope=scope).get("x-request-id", "")
        if not _REQUEST_ID.fullmatch(request_id):
            request_id = self._new_id()
        token = request_id_variable.set(request_id)
        began = self._clock.monotonic_ms()
        answer = _Answer(send, request_id, self._limits.is_https, self._clock)
        try:
            await self._answer(scope, receive, answer)
        finally:
            # To the beginning of the answer: a stream may go on for days.
            self._account(scope, answer, (answer.began_ms or self._clock.monotonic_ms()) - began)
            request_id_variable.reset(token)

    async def _answer(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            self._hold_to_rate(scope)
            body = await self._read_body(scope, receive)
        except CodedError as error:
            response = problem_response(scope, error.code, error.detail, retry_after_s=error.retry_after_s)
            response.headers["Connection"] = "close"  # what is left of the body is not read
            await response(scope, receive, answer.send)
            return
        except _Gone:
            return
        try:
            await self._app(scope, _replay(body, receive), answer.send)
        except Exception:
            _log.exception("a request failed")
            if answer.status is not None:
                raise
            response = problem_response(scope, Code.INTERNAL_ERROR)
            await response(scope, receive, answer.send)
        finally:
            self._rates.learn(scope, is_refused=answer.status == _UNAUTHENTICATED)

    def _hold_to_rate(self, scope: Scope) -> None:
        wait_s = self._rates.wait_s(scope, self._clock.monotonic_ms())
        if wait_s > 0:
            raise CodedError(Code.RATE_LIMITED, "too many requests", retry_after_s=wait_s)

    async def _read_body(self, scope: Scope, receive: Receive) -> bytes:
        headers = Headers(scope=scope)
        if b"%00" in scope.get("query_string", b"") or "\x00" in scope["path"]:
            raise CodedError(Code.INVALID_REQUEST, "the address holds a NUL character")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal()):
            raise CodedError(Code.INVALID_REQUEST, "Content-Length is not a number")
        if int(length[:MAX_LENGTH_DIGITS]) > self._limits.body_bytes:
            raise CodedError(Code.PAYLOAD_TOO_LARGE, f"over {self._limits.body_bytes} bytes")
        try:
            async with asyncio.timeout(self._limits.body_timeout_s):
                body = await self._collect(receive)
        except TimeoutError as error:
            raise CodedError(Code.INVALID_REQUEST, "the body did not arrive in time") from error
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and media_type not in _BODY_TYPES:
            raise CodedError(Code.UNSUPPORTED_MEDIA_TYPE, "send application/json")
        if any(mark in body for mark in _NUL):
            raise CodedError(Code.INVALID_REQUEST, "the body holds a NUL character")
        return body

    async def _collect(self, receive: Receive) -> bytes:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            body += message.get("body", b"")
            if len(body) > self._limits.body_bytes:
                raise CodedError(Code.PAYLOAD_TOO_LARGE, f"over {self._limits.body_bytes} bytes")
            if not message.get("more_body", False):
                return bytes(body)

    def _account(self, scope: Scope, answer: "_Answer", duration_ms: int) -> None:
        route = getattr(scope.get("route"), "path", UNKNOWN_ROUTE)
        status = answer.status or 499
        self._figures.answered(scope["method"], route, status, duration_ms)
        _log.info(
            "request",
            extra={"method": scope["method"], "route": route, "status": status, "duration_ms": duration_ms},
        )


class _Gone(Exception):
    """The client left before its request was whole."""


class _Answer:
    """Adds headers to the answer and remembers its status."""

    def __init__(self, send: Send, request_id: str, is_https: bool, clock: Clock) -> None:
        self._send = send
        self._clock = clock
        self._request_id = request_id
        self._is_https = is_https
        self.status: int | None = None
        self.began_ms: int | None = None

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.began_ms = self._clock.monotonic_ms()
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._request_id
            is_page = headers.get("content-type", "").startswith("text/html")
            for name, value in (
                ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
                ("Content-Security-Policy", _PAGE_POLICY if is_page else _API_POLICY),
                ("Cache-Control", "no-store"),
            ):
                headers.setdefault(name, value)
            if self._is_https:
                headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        await self._send(message)


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body that was read, once; then whatever the client does next (leaving, as a rule)."""
    waiting = [body]

    async def replayed() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replayed
