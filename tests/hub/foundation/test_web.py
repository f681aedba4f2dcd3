"""What the web does before any capability is asked: problem documents, limits, headers, figures."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter
from pydantic import Field

from hub_server.bootstrap import Hub
from hub_server.foundation.context import Context
from hub_server.foundation.observability import Figures
from hub_server.foundation.storage import DatabaseBusy
from hub_server.foundation.web import WebParts, make_application
from hub_server.settings import Settings
from shared.api.messages import Request
from shared.problems import Code, CodedError
from tests.hub.serving import serving
from tests.log_rules import ExpectedLogs

ENROL = "/api/v1/terminals/enrol"
SECRET = "s3cret-canary"


class _Body(Request):
    number: Annotated[int, Field(ge=0)]
    inner: dict[str, int] = Field(default_factory=dict)


def _router() -> APIRouter:
    router = APIRouter()

    @router.post("/number")
    def number(body: _Body) -> int:
        return body.number

    @router.get("/fault")
    def fault() -> None:
        raise RuntimeError(SECRET)

    @router.get("/busy")
    def busy() -> None:
        raise DatabaseBusy("lock not had in time")

    @router.get("/coded/{code}")
    def coded(code: Code) -> None:
        raise CodedError(code, "because", retry_after_s=7)

    return router


@pytest.fixture
def web(hub_context: Context) -> Iterator[httpx.Client]:
    """An application with routes that misbehave."""
    figures = Figures()

    @asynccontextmanager
    async def life() -> AsyncIterator[dict[str, Any]]:
        yield {}

    parts = WebParts(routers=[_router()], life=life, is_ready=lambda: False, figures=figures, version="1")
    app = make_application(hub_context, parts)
    with serving(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client


def code_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_a_hub_on_a_current_database_is_ready(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_a_hub_that_cannot_serve_says_so_and_still_lives(web: httpx.Client) -> None:
    assert web.get("/healthz").status_code == 200
    assert code_of(web.get("/readyz")) == (503, "SYSTEM_BUSY")


def test_an_unknown_path_is_a_problem_document_in_the_language_asked_for(client: httpx.Client) -> None:
    answer = client.get("/nowhere", headers={"Accept-Language": "zh-TW", "X-Request-Id": "abc-1"})

    assert code_of(answer) == (404, "NOT_FOUND")
    assert answer.json()["title"] == "查無資料"
    assert answer.json()["instance"] == "/nowhere"
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "abc-1"


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "<script>", "é"])
def test_a_request_id_that_is_none_is_replaced(client: httpx.Client, sent: str) -> None:
    answer = client.get("/healthz", headers=[(b"X-Request-Id", sent.encode())])

    assert answer.headers["x-request-id"] != sent
    assert len(answer.headers["x-request-id"]) == 36


def test_a_wrong_method_tells_the_right_ones(client: httpx.Client) -> None:
    answer = client.delete("/healthz")

    assert code_of(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET"


NO_JSON: dict[str, bytes] = {
    "torn": b'{"number": 1',
    "empty": b"",
    "not UTF-8": b'{"number": "\xff\xfe"}',
    "endlessly nested": b"[" * 200_000,
    "a huge number": b'{"number": ' + b"9" * 5_000 + b"}",
    "not a number": b'{"number": NaN}',
    "a text for a number": b'{"number": "1"}',
    "true for a number": b'{"number": true}',
    "a list": b"[1]",
    "with a NUL": b'{"number": 1, "inner": {"\\u0000": 1}}',
    "with a raw NUL": b'{"number": 1}\x00',
    "a surrogate by itself": b'{"number": 1, "inner": {"\\ud800": "x"}}',
}


@pytest.mark.parametrize("what", NO_JSON)
def test_a_body_that_is_no_good_is_an_invalid_request(web: httpx.Client, what: str) -> None:
    answer = web.post("/number", content=NO_JSON[what], headers={"Content-Type": "application/json"})

    assert code_of(answer) == (422, "INVALID_REQUEST")


def test_a_wrong_field_is_pointed_at_and_its_value_not_repeated(web: httpx.Client) -> None:
    answer = web.post("/number", json={"number": -1, "inner": {"a/b~c": SECRET}})

    assert code_of(answer) == (422, "INVALID_REQUEST")
    assert {field["pointer"] for field in answer.json()["errors"]} == {"/number", "/inner/a~1b~0c"}
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""]
)
def test_another_content_type_is_not_supported(web: httpx.Client, content_type: str) -> None:
    answer = web.post("/number", content=b'{"number": 1}', headers={"Content-Type": content_type})

    assert code_of(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_form_is_not_taken_for_json(web: httpx.Client) -> None:
    assert code_of(web.post("/number", data={"number": "1"})) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_body_too_large_is_refused_before_it_is_sent(web: httpx.Client) -> None:
    with _raw(web) as line:
        line.sendall(b"POST /number HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n")
        answer = _read_all(line)

    assert b" 413 " in answer
    assert b"PAYLOAD_TOO_LARGE" in answer


def test_an_endless_body_in_pieces_is_refused_at_the_limit(web: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * (1 << 16)

    try:
        answer = web.post("/number", content=pieces(), headers={"Content-Type": "application/json"})
    except (httpx.WriteError, httpx.ReadError):
        return  # the hub hung up while we were still sending, which is a refusal too
    assert code_of(answer) == (413, "PAYLOAD_TOO_LARGE")


def test_exactly_the_limit_is_taken(web: httpx.Client) -> None:
    body = b'{"number": 7' + b" " * ((1 << 20) - 13) + b"}"

    answer = web.post("/number", content=body, headers={"Content-Type": "application/json"})

    assert (len(body), answer.status_code, answer.json()) == (1 << 20, 200, 7)


class TestSlowBodies:
    """With a limit of one second."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"body_timeout_s": 1})

    def test_a_body_that_does_not_come_is_given_up(self, web: httpx.Client) -> None:
        with _raw(web) as line:
            line.sendall(b"POST /number HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{")
            answer = _read_all(line)

        assert b" 422 " in answer
        assert b"did not arrive in time" in answer


def test_a_body_cut_in_half_harms_nobody(web: httpx.Client) -> None:
    with _raw(web) as line:
        line.sendall(b"POST /number HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{")

    assert web.post("/number", json={"number": 3}).json() == 3


@pytest.mark.parametrize("path", ["/nowhere%00", "/healthz?a=%00"])
def test_a_nul_in_the_address_is_an_invalid_request(client: httpx.Client, path: str) -> None:
    assert code_of(client.get(path)) == (422, "INVALID_REQUEST")


def test_a_fault_of_ours_is_logged_with_the_request_and_tells_nobody_else(
    web: httpx.Client, expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    expected_logs.allow("mps.hub.web", "a request failed")

    answer = web.get("/fault", headers={"X-Request-Id": "abc-2"})

    assert code_of(answer) == (500, "INTERNAL_ERROR")
    assert answer.json()["request_id"] == "abc-2"
    assert SECRET not in answer.text
    assert [record.name for record in caplog.records if record.exc_info] == ["mps.hub.web"]


def test_a_busy_database_asks_to_come_again(web: httpx.Client, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("mps.hub.web", "busy")

    answer = web.get("/busy", headers={"Accept-Language": "zh-TW"})

    assert code_of(answer) == (503, "SYSTEM_BUSY")
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["title"] == "系統繁忙，請重試"


def test_each_code_of_the_catalogue_has_its_document(web: httpx.Client) -> None:
    for code in Code:
        answer = web.get(f"/coded/{code}")

        assert answer.json()["code"] == code
        assert answer.json()["status"] == answer.status_code
        assert answer.json()["detail"] == "because"
        assert (answer.headers.get("retry-after") == "7") == (answer.status_code in {429, 503}), code


def test_answers_carry_headers_that_keep_browsers_safe(client: httpx.Client) -> None:
    headers = client.get("/healthz").headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["strict-transport-security"] == "max-age=31536000"


def test_the_documentation_needs_nothing_from_elsewhere(client: httpx.Client, hub: Hub) -> None:
    page, described = client.get("/docs"), client.get("/openapi.json").json()

    assert page.status_code == 200
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text
    for path in described["paths"]:
        assert path in page.text
    assert {"/api/v1/terminals/enrol", "/api/v1/oauth/token", "/healthz"} <= described["paths"].keys()


def test_figures_name_routes_and_never_paths(web: httpx.Client) -> None:
    for number in range(20):
        web.get(f"/nowhere/{number}")
        web.get(f"/coded/{Code.NOT_FOUND}?n={number}")
    web.request("PROPFIND", "/healthz")

    lines = [
        line for line in web.get("/metrics").text.splitlines() if line.startswith("mps_hub_requests_total")
    ]

    assert any('method="GET",route="/coded/{code}",status="404"} 20.0' in line for line in lines)
    assert any('method="GET",route="unknown",status="404"} 20.0' in line for line in lines)
    assert any('method="other"' in line for line in lines)
    assert len(lines) == 3


def _raw(client: httpx.Client) -> socket.socket:
    return socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=30)


def _read_all(line: socket.socket) -> bytes:
    received = b""
    while piece := line.recv(65_536):
        received += piece
    return received
