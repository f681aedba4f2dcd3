"""A hub that does not know the terminal is shown its certificate, once (protocol.md 3, 5)."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import pytest

from pos_app.hub_client import HubRefused, TerminalIdentity
from pos_app.hub_client.http_hub import HttpHub
from shared.clock import SystemClock
from shared.ids import IdSource
from shared.problems import Code
from shared.signing import Ed25519Signer
from tests.log_rules import ExpectedLogs

CERTIFICATE = "the.hubs.word"


class TokenEndpoint:
    """Knows nobody; takes a certificate if told to, and has no feed."""

    def __init__(self) -> None:
        self.takes_certificates = True
        self.forms: list[dict[str, list[str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.forms.append(parse_qs(body))
                is_good = outer.takes_certificates and "terminal_certificate" in outer.forms[-1]
                good = b'{"access_token":"t","token_type":"Bearer","expires_in":600}'
                self._answer(200 if is_good else 401, good if is_good else b'{"error":"invalid_client"}')

            def do_GET(self) -> None:
                self._answer(404, b'{"title":"no feed here","status":404,"code":"TX_NOT_FOUND"}')

            def _answer(self, status: int, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()


@pytest.fixture
def endpoint(expected_logs: ExpectedLogs) -> Iterator[TokenEndpoint]:
    expected_logs.allow("mps.pos.hub_client", "does not know|no token")
    made = TokenEndpoint()
    yield made
    made.server.shutdown()
    made.thread.join()
    made.server.server_close()


def _hub(endpoint: TokenEndpoint, certificate: str = CERTIFICATE) -> HttpHub:
    clock = SystemClock()
    ids = IdSource(clock)
    identity = TerminalIdentity(ids.new(), Ed25519Signer.generate(), certificate)
    address = f"http://127.0.0.1:{endpoint.server.server_address[1]}"
    return HttpHub(address, clock=clock, new_id=ids.new, identity=identity)


def _code(hub: HttpHub) -> Code:
    with pytest.raises(HubRefused) as refused:
        hub.changes(0, "0")
    hub.close()
    return refused.value.problem.code


def test_a_hub_that_does_not_know_the_terminal_is_asked_once_more_with_its_certificate(
    endpoint: TokenEndpoint,
) -> None:
    assert _code(_hub(endpoint)) is Code.TX_NOT_FOUND  # past the token
    first, second = endpoint.forms
    assert "terminal_certificate" not in first
    assert second["terminal_certificate"] == [CERTIFICATE]
    assert first["client_assertion"] != second["client_assertion"], "an assertion is good for one use"


def test_a_hub_that_does_not_take_the_certificate_either_has_refused(endpoint: TokenEndpoint) -> None:
    endpoint.takes_certificates = False
    assert _code(_hub(endpoint)) is Code.UNAUTHENTICATED
    assert len(endpoint.forms) == 2


def test_a_terminal_without_a_certificate_asks_once(endpoint: TokenEndpoint) -> None:
    assert _code(_hub(endpoint, "")) is Code.UNAUTHENTICATED
    assert len(endpoint.forms) == 1
