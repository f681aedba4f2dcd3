"""`HubPort` over httpx: no redirects, no unbounded wait, no answer taken for another (faults.md 10, 13, 23)."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from pos_app.hub_client.address import checked_address
from pos_app.hub_client.connections import Connections
from pos_app.hub_client.errors import HubRefused, HubUnreachable, Unreachable
from pos_app.hub_client.http_feed import HttpFeed, translated
from pos_app.hub_client.port import Feed, TerminalIdentity
from pos_app.hub_client.tokens import AccessTokens
from shared.api.journal import JournalRequest, JournalResponse, SubmittedEntry
from shared.api.terminals import ASSERTION_TYPE, GRANT_TYPE, Enrolment, EnrolRequest, TokenResponse
from shared.clock import Clock, to_milliseconds
from shared.problems import Code, Problem
from shared.signing import Jwks
from shared.strict_json import loads_object

logger = logging.getLogger("mps.pos.hub_client")

CONNECT_TIMEOUT_S: Final = 1.0
SLOW_CONNECT_TIMEOUT_S: Final = 3.0
"""For what no customer waits for: the backlog and the feed come through a line that is too slow for a charge."""
NOBODY_WAITS_MS: Final = 10_000
DEFAULT_TIMEOUT_MS: Final = 10_000
FEED_SILENCE_S: Final = 40.0
MAX_ANSWER: Final = 4 << 20
M = TypeVar("M", bound=BaseModel)


class HttpHub:
    """One hub. Safe from any thread."""

    def __init__(
        self,
        base_url: str,
        *,
        clock: Clock,
        new_id: Callable[[], str],
        identity: TerminalIdentity | None = None,
        audience: str | None = None,
        language: str = "zh-TW",
        before_read: Callable[[], None] = lambda: None,
    ) -> None:
        """`identity` is None while the terminal enrols; `clock` is the estimate of hub time;
        `before_read` is called between sending entries and reading their answer (a test's place to fail).

        Raises:
            InsecureAddress: see `checked_address`.
        """
        self._base_url = checked_address(base_url)
        self._clock = clock
        self._language = language
        self._before_read = before_read
        self._swapping = threading.Lock()
        self._connections = self._new_connections()
        self._tokens: AccessTokens | None = None
        self._certificate = ""
        if identity is not None:
            self._certificate = identity.certificate
            self._tokens = AccessTokens(
                terminal_id=identity.terminal_id,
                audience=audience or self._base_url,
                signer=identity.signer,
                clock=clock,
                new_id=new_id,
                fetch=self._fetch_token,
            )

    def enrol(self, request: EnrolRequest) -> Enrolment:
        """`POST /api/v1/terminals/enrol`."""
        body = request.model_dump_json(exclude_none=True)
        response, content = self._exchange(
            "POST", "/api/v1/terminals/enrol", DEFAULT_TIMEOUT_MS, content=body
        )
        return _answer(response, content, Enrolment, 201)

    def submit(self, entries: Sequence[SubmittedEntry], timeout_ms: int) -> JournalResponse:
        """`POST /api/v1/terminals/me/journal`."""
        body = JournalRequest(entries=tuple(entries)).model_dump_json(exclude_none=True)
        response, content = self._authorised("POST", "/api/v1/terminals/me/journal", timeout_ms, body)
        answer = _answer(response, content, JournalResponse, 200)
        if len(answer.results) != len(entries):
            raise HubUnreachable(Unreachable.NO_ANSWER, "another number of results than entries")
        return answer

    def changes(self, head: int, last_event_id: str) -> Feed:
        """`GET /api/v1/terminals/me/changes`."""
        token = self._token(DEFAULT_TIMEOUT_MS)
        connections = self._connections
        request = connections.client.build_request(
            "GET",
            f"{self._base_url}/api/v1/terminals/me/changes",
            params={"head": str(head)},
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "text/event-stream",
                "Last-Event-ID": last_event_id,
            },
            timeout=httpx.Timeout(FEED_SILENCE_S, connect=SLOW_CONNECT_TIMEOUT_S),
            extensions=connections.extensions,
        )
        try:
            response = connections.client.send(request, stream=True)
        except (httpx.HTTPError, RuntimeError) as error:
            raise translated(error) from error
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.status_code == 200 and kind == "text/event-stream":
            return HttpFeed(response)
        self._refused_token(response, token)
        try:
            raise _problem(response, _bounded(response, self._clock, DEFAULT_TIMEOUT_MS))
        finally:
            response.close()

    def probe(self, timeout_ms: int) -> datetime | None:
        """`GET /healthz`; the time is that of the `Date` header (RFC 9110 6.6.1)."""
        response, content = self._exchange("GET", "/healthz", timeout_ms)
        if response.status_code != 200:
            raise _problem(response, content)
        return _date(response)

    def jwks(self) -> Jwks:
        """`GET /.well-known/jwks.json`."""
        response, content = self._exchange("GET", "/.well-known/jwks.json", DEFAULT_TIMEOUT_MS)
        return _answer(response, content, Jwks, 200)

    def reset(self) -> None:
        """Begin with fresh connections; a request under way fails at once."""
        with self._swapping:
            old, self._connections = self._connections, self._new_connections()
        old.cut()

    def close(self) -> None:
        """Close the connections; a request under way fails at once."""
        self._connections.cut()

    def _new_connections(self) -> Connections:
        return Connections({"Accept-Language": self._language, "Content-Type": "application/json"})

    def _authorised(self, method: str, path: str, timeout_ms: int, body: str) -> tuple[httpx.Response, bytes]:
        """With the token; once more with a fresh one if the hub does not take it (a restarted hub has new keys)."""
        token = self._token(timeout_ms)
        response, answer = self._exchange(
            method, path, timeout_ms, content=body, token=token, before_read=self._before_read
        )
        if response.status_code != 401:
            return response, answer
        self._refused_token(response, token)
        return self._exchange(method, path, timeout_ms, content=body, token=self._token(timeout_ms))

    def _token(self, timeout_ms: int) -> str:
        if self._tokens is None:
            raise ValueError("a terminal that is not enrolled has no token")
        return self._tokens.current(timeout_ms)

    def _refused_token(self, response: httpx.Response, token: str) -> None:
        if response.status_code == 401 and self._tokens is not None:
            self._tokens.forget(token)

    def _fetch_token(self, sign_assertion: Callable[[], str], timeout_ms: int) -> TokenResponse:
        """A hub that does not know the terminal is shown its certificate, once: it may be restored from before the
        enrolment (protocol.md 5)."""
        response, content = self._ask_for_token(sign_assertion(), "", timeout_ms)
        if self._certificate and _is_unknown_client(response, content):
            logger.warning("the hub does not know this terminal: it is shown its certificate")
            response, content = self._ask_for_token(sign_assertion(), self._certificate, timeout_ms)
        if response.status_code in (400, 401):
            logger.error("the hub gives this terminal no token (%d)", response.status_code)
            raise HubRefused(
                Problem(title="no token", status=response.status_code, code=Code.UNAUTHENTICATED)
            )
        return _answer(response, content, TokenResponse, 200)

    def _ask_for_token(
        self, assertion: str, certificate: str, timeout_ms: int
    ) -> tuple[httpx.Response, bytes]:
        form = {
            "grant_type": GRANT_TYPE,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        if certificate:
            form["terminal_certificate"] = certificate
        return self._exchange("POST", "/api/v1/oauth/token", timeout_ms, form=form)

    def _exchange(
        self,
        method: str,
        path: str,
        timeout_ms: int,
        *,
        content: str | None = None,
        form: dict[str, str] | None = None,
        token: str | None = None,
        before_read: Callable[[], None] = lambda: None,
    ) -> tuple[httpx.Response, bytes]:
        """One request and its whole, bounded answer.

        Raises:
            HubUnreachable: no answer, or not a whole one.
        """
        seconds = timeout_ms / 1000
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connect = SLOW_CONNECT_TIMEOUT_S if timeout_ms >= NOBODY_WAITS_MS else CONNECT_TIMEOUT_S
        timeout = httpx.Timeout(seconds, connect=min(connect, seconds))
        connections = self._connections
        client = connections.client
        try:
            request = client.build_request(
                method,
                self._base_url + path,
                content=content,
                data=form,
                headers=headers,
                timeout=timeout,
                extensions=connections.extensions,
            )
            response = client.send(request, stream=True)
            before_read()
            try:
                return response, _bounded(response, self._clock, timeout_ms)
            finally:
                response.close()
        # httpx raises RuntimeError when the client was closed meanwhile (`reset`, `close`).
        except (httpx.HTTPError, RuntimeError) as error:
            raise translated(error) from error


def _bounded(response: httpx.Response, clock: Clock, timeout_ms: int) -> bytes:
    """The body, whole: not larger than `MAX_ANSWER`, not later than `timeout_ms`, however it drips."""
    began = clock.monotonic_ms()
    content = b""
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > MAX_ANSWER:
            raise HubUnreachable(Unreachable.NO_ANSWER, "an answer larger than any of ours")
        if clock.monotonic_ms() - began > timeout_ms:
            raise HubUnreachable(Unreachable.TIMED_OUT, "an answer that drips")
    return content


def _answer(response: httpx.Response, content: bytes, model: type[M], status: int) -> M:
    if response.status_code != status:
        raise _problem(response, content)
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise HubUnreachable(Unreachable.NO_ANSWER, f"not a {model.__name__}") from error


def _problem(response: httpx.Response, content: bytes) -> HubRefused | HubUnreachable:
    """A problem document of the hub's; anything else (a proxy's page, a captive portal) is no answer."""
    try:
        problem = Problem.model_validate_json(content)
    except ValidationError:
        return HubUnreachable(Unreachable.NO_ANSWER, f"status {response.status_code} and no problem document")
    after = response.headers.get("Retry-After", "")
    return HubRefused(problem, int(after) if after.isdecimal() and len(after) < 6 else None)


def _is_unknown_client(response: httpx.Response, content: bytes) -> bool:
    """Whether the token endpoint says, in OAuth's form, that it does not know who asks (RFC 6749 5.2)."""
    if response.status_code not in (400, 401):
        return False
    try:
        return loads_object(content).get("error") == "invalid_client"
    except ValueError:
        return False


def _date(response: httpx.Response) -> datetime | None:
    try:
        date = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return to_milliseconds(date if date.tzinfo else date.replace(tzinfo=UTC))
