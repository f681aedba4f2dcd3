"""A tiny server between terminal and hub that passes everything on, but spoils the answers to the journal."""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Self

import httpx

_JOURNAL: Final = "/api/v1/terminals/me/journal"
_HTTP_S: Final = 20
_PASSED_ON: Final = ("Authorization", "Content-Type", "Accept", "Accept-Language", "Last-Event-ID")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it goes over the wire. `cut_at`: so many bytes of the body, then the connection ends."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    cut_at: int | None = None


Spoil = Callable[[Answer], Answer]


class Spoiler:
    """Use as a context manager. `spoil` is what happens to the hub's answer to the journal; None: nothing."""

    def __init__(self, hub_url: str) -> None:
        """Listens on a port of its own once it is entered."""
        self.spoil: Spoil | None = None
        self.reaches_hub = True
        self.asked = 0
        spoiler = self
        client = httpx.Client(base_url=hub_url, timeout=_HTTP_S)
        self._client = client

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
                with client.stream("GET", self.path, headers=headers) as answer, suppress(OSError):
                    self.send_response(answer.status_code)
                    self.send_header("Content-Type", answer.headers["Content-Type"])
                    self.send_header("Connection", "close")
                    self.end_headers()
                    with suppress(httpx.TransportError):  # the feed's end, when the hub ends
                        for chunk in answer.iter_raw():
                            self.wfile.write(chunk)
                            self.wfile.flush()
                self.close_connection = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
                spoil = spoiler.spoil if self.path == _JOURNAL else None
                if self.path == _JOURNAL:
                    spoiler.asked += 1
                if spoil is None or spoiler.reaches_hub:
                    told = client.post(self.path, content=body, headers=headers)
                    answer = Answer(
                        told.status_code, told.content, {"Content-Type": told.headers["Content-Type"]}
                    )
                else:
                    answer = Answer(200, b"{}")
                with suppress(OSError):
                    self._say(spoil(answer) if spoil is not None else answer)

            def _say(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: answer.cut_at])
                self.wfile.flush()
                self.close_connection = self.close_connection or answer.cut_at is not None

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """It keeps no diary."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="spoiler", daemon=True
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """Its own."""
        return self._server.server_port

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._client.close()


def problem(code: str, status: int, retry_after_s: int | None = None) -> Spoil:
    """The hub's own problem document."""
    body = json.dumps({"type": "about:blank", "title": code, "status": status, "code": code}).encode()
    headers = {"Content-Type": "application/problem+json"}
    if retry_after_s is not None:
        headers["Retry-After"] = str(retry_after_s)
    return lambda _: Answer(status, body, headers)


def page(status: int) -> Spoil:
    """What a proxy or a captive portal says."""
    return lambda _: Answer(status, b"<html><body>declined</body></html>", {"Content-Type": "text/html"})


def cut(answer: Answer) -> Answer:
    """Half of the answer, then nothing more."""
    return Answer(answer.status, answer.body, answer.headers, cut_at=len(answer.body) // 2)


def garbage(_: Answer) -> Answer:
    """JSON that is no answer of ours."""
    return Answer(200, b'{"results": "declined"}')


def no_results(answer: Answer) -> Answer:
    """An answer about nothing."""
    return Answer(200, json.dumps({**json.loads(answer.body), "results": []}).encode())


def unsigned_decline(answer: Answer) -> Answer:
    """A decline that nobody signed."""
    content = json.loads(answer.body)
    for result in content["results"]:
        error = {"code": "INSUFFICIENT_BALANCE", "title": "no", "detail": ""}
        result.update(status="declined", decision=None, transaction=None, error=error)
    return Answer(200, json.dumps(content).encode())


def foreign_decline(answer: Answer) -> Answer:
    """A decline beside the hub's signature on something else: the decision's last characters are changed."""
    content = json.loads(answer.body)
    for result in content["results"]:
        if result.get("decision"):
            text: str = result["decision"]
            result.update(
                status="declined", decision=text[:-8] + ("A" * 8 if text[-8:] != "A" * 8 else "B" * 8)
            )
    return Answer(200, json.dumps(content).encode())
