"""A network camera over a shop's desk: Motion JPEG over HTTP, into whose view a member's phone can be brought."""

import contextlib
import functools
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import cv2

from tests.builders.codes import Pixels
from tests.builders.phone_video import PhoneLook, counter_frame, phone_frame

_BOUNDARY: Final = "frame"
_FRAMES_PER_SECOND: Final = 12
_ARRIVAL_FRAMES: Final = 9
_HELD_FRAMES: Final = 5
_DESK_FRAMES: Final = 5
_JPEG_QUALITY: Final = 82
# A watcher that stops reading finds the present when it reads on, not what the buffers kept.
_SEND_BUFFER_BYTES: Final = 64 * 1024
_BUFFERED_FRAMES: Final = 4
_FROM_CORNER: Final = (640.0, 420.0)
_HELD: Final = PhoneLook(code_px=300, angle=4, tilt=0.04)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the camera sees since `since` (monotonic seconds): a phone arriving, once, then what stays."""

    since: float
    arriving: tuple[bytes, ...]
    staying: tuple[bytes, ...]

    def frame_at(self, now: float) -> bytes:
        number = int((now - self.since) * _FRAMES_PER_SECOND)
        if number < len(self.arriving):
            return self.arriving[number]
        return self.staying[(number - len(self.arriving)) % len(self.staying)]


class DeskCamera:
    """Streams to whoever connects to `address`; use as a context manager. Begins with the empty desk."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._scene = _desk()
        self._sent = 0
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def setup(self) -> None:
                self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
                super().setup()

            def do_GET(self) -> None:
                camera._stream(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """A camera keeps no diary."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="desk-camera", daemon=True
        )

    @property
    def address(self) -> str:
        """What goes after `--camera`."""
        return f"http://127.0.0.1:{self._server.server_port}/desk.mjpg"

    @property
    def has_been_seen(self) -> bool:
        """Whether enough of the present scene went out for a watcher with full buffers to have it before its eyes."""
        return self._sent > _BUFFERED_FRAMES

    @property
    def is_still(self) -> bool:
        """Whether the phone, if there is one, has arrived and is held."""
        return self.has_been_seen and self._sent > len(self._scene.arriving) + _BUFFERED_FRAMES

    def show_desk(self) -> None:
        """Take the phone away."""
        self._change(_desk())

    def show_phone(self, text: str, *, dark_mode: bool = False) -> None:
        """Bring a phone into view that shows `text` as a QR code. Draws for about half a second first."""
        self._change(_phone(text, dark_mode=dark_mode))

    def _change(self, scene: _Scene) -> None:
        self._scene = scene
        self._sent = 0

    def __enter__(self) -> "DeskCamera":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _stream(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
        request.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # the watcher leaves, as watchers do
            while not self._ending.wait(1 / _FRAMES_PER_SECOND):
                request.wfile.write(self._scene.frame_at(time.monotonic()))
                self._sent += 1


def _desk() -> _Scene:
    return _Scene(time.monotonic(), (), _desk_parts())


@functools.cache
def _desk_parts() -> tuple[bytes, ...]:
    return tuple(_part(counter_frame(seed=n)) for n in range(_DESK_FRAMES))


def _phone(text: str, *, dark_mode: bool) -> _Scene:
    held = replace(_HELD, dark_mode=dark_mode)
    arriving = tuple(_part(phone_frame(text, look)) for look in _looks_of_arrival(held))
    staying = tuple(_part(phone_frame(text, replace(held, seed=1000 + n))) for n in range(_HELD_FRAMES))
    return _Scene(time.monotonic(), arriving, staying)


def _looks_of_arrival(held: PhoneLook) -> Iterator[PhoneLook]:
    """The phone comes from the lower right: small, turned, smeared; then nearer and stiller."""
    across, down = _FROM_CORNER
    x, y = held.centre
    for n in range(_ARRIVAL_FRAMES):
        left = 1 - (n + 1) / _ARRIVAL_FRAMES
        yield replace(
            held,
            centre=(x + across * left, y + down * left),
            angle=held.angle + 20 * left,
            code_px=held.code_px - 100 * left,
            smear_px=16 * left,
            blur_px=held.blur_px + 2 * left,
            seed=n,
        )


def _part(picture: Pixels) -> bytes:
    done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise RuntimeError("OpenCV could not write a JPEG")
    body = jpeg.tobytes()
    head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n"
