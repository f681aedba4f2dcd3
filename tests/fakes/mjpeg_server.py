"""A network camera: MJPEG over HTTP on a free port of this machine, whose cable can be pulled."""

import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import cv2

from pos_app.devices.camera import Picture

_BOUNDARY: Final = "frame"
_BETWEEN_FRAMES_S: Final = 0.03


class MjpegCamera:
    """Streams pictures over and over to whoever connects."""

    def __init__(self, pictures: Sequence[Picture]) -> None:
        self._parts = [_part(picture) for picture in pictures]
        self._plugged = threading.Event()
        self._plugged.set()
        self._ending = threading.Event()
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera._stream(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """The test's own asserts say what matters."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """What goes after `--camera`."""
        return f"http://127.0.0.1:{self._server.server_port}/video.mjpg"

    def unplug(self) -> None:
        """Hang up on whoever watches and refuse who comes."""
        self._plugged.clear()

    def plug_in(self) -> None:
        """Stream again."""
        self._plugged.set()

    @contextmanager
    def running(self) -> Iterator["MjpegCamera"]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self._ending.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()

    def _stream(self, request: BaseHTTPRequestHandler) -> None:
        if not self._plugged.is_set():
            request.send_error(503)
            return
        request.send_response(200)
        request.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
        request.end_headers()
        for part in itertools.cycle(self._parts):
            if self._ending.is_set() or not self._plugged.is_set():
                return
            try:
                request.wfile.write(part)
            except (BrokenPipeError, ConnectionResetError):
                return  # the watcher went away, as watchers do
            self._ending.wait(_BETWEEN_FRAMES_S)


def _part(picture: Picture) -> bytes:
    done, jpeg = cv2.imencode(".jpg", picture)
    assert done
    body = jpeg.tobytes()
    head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n"
