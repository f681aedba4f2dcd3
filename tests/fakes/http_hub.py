"""The hub in memory behind a real socket, for programs that run as processes of their own."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pos_app.hub_client import FeedComment, HubRefused, HubUnreachable
from shared.api.journal import JournalRequest
from shared.api.terminals import EnrolRequest, TokenResponse
from shared.clock import to_wire
from tests.fakes.hub import FakeHub


class HttpFakeHub:
    """Serves a `FakeHub` on a port of its own until closed."""

    def __init__(self, hub: FakeHub) -> None:
        self.hub = hub
        self.tokens_given = 0
        self.good_token = "token-0"
        self._closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer_get(self)

            def do_POST(self) -> None:
                outer.answer_post(self)

            def log_message(self, *_: Any) -> None:
                """Quiet: the tests look at what happened, not at a log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="fake-hub")
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer_get(self, request: BaseHTTPRequestHandler) -> None:
        if request.path == "/healthz":
            _send(request, 200, b'{"status":"ok"}')
        elif request.path == "/.well-known/jwks.json":
            _send(request, 200, self.hub.jwks().model_dump_json().encode())
        elif self._is_known(request):
            self._feed(request)

    def answer_post(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        if request.path == "/api/v1/oauth/token":
            self.tokens_given += 1
            self.good_token = f"token-{self.tokens_given}"
            answer = TokenResponse(access_token=self.good_token, token_type="Bearer", expires_in=600)
            _send(request, 200, answer.model_dump_json().encode())
        elif request.path == "/api/v1/terminals/enrol":
            enrolment = self.hub.enrol(EnrolRequest.model_validate_json(body))
            _send(request, 201, enrolment.model_copy(update={"hub": self.address}).model_dump_json().encode())
        elif self._is_known(request):
            self._journal(request, body)

    def _journal(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        entries = JournalRequest.model_validate_json(body).entries
        try:
            answer = self.hub.submit(entries, 0).model_dump_json().encode()
        except HubRefused as refused:
            problem = refused.problem.model_dump_json().encode()
            _send(request, refused.problem.status, problem, "application/problem+json")
        except HubUnreachable:
            # The answer is torn off in the middle.
            request.send_response(200)
            request.send_header("Content-Length", "1000")
            request.end_headers()
            request.wfile.write(b'{"results":[')
            request.close_connection = True
        else:
            _send(request, 200, answer)

    def _feed(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Connection", "close")
        request.end_headers()
        for item in self.hub.feed_items:
            if not isinstance(item, FeedComment):
                request.wfile.write(f"id: {item.cursor}\nevent: {item.kind}\ndata: {item.data}\n\n".encode())
        request.wfile.write(f": hub_time {to_wire(self.hub.clock.now())}\n\n".encode())
        request.wfile.flush()
        self._closing.wait(30)

    def _is_known(self, request: BaseHTTPRequestHandler) -> bool:
        if request.headers.get("Authorization") == f"Bearer {self.good_token}":
            return True
        problem = {"title": "sign in", "status": 401, "code": "UNAUTHENTICATED"}
        _send(request, 401, json.dumps(problem).encode(), "application/problem+json")
        return False


def _send(request: BaseHTTPRequestHandler, status: int, body: bytes, kind: str = "application/json") -> None:
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
