"""A request that waits for a silent hub can be ended from another thread."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pos_app.hub_client import HubUnreachable
from pos_app.hub_client.http_hub import HttpHub
from shared.clock import SystemClock

LONG_MS = 60_000
SOON_S = 10


@pytest.fixture
def silent_hub() -> Iterator[socket.socket]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(SOON_S)
        yield server


@pytest.mark.parametrize("end", [HttpHub.reset, HttpHub.close])
def test_a_request_under_way_fails_at_once_when_the_line_is_given_up(
    silent_hub: socket.socket, end: Callable[[HttpHub], None]
) -> None:
    hub = HttpHub(
        f"http://127.0.0.1:{silent_hub.getsockname()[1]}", clock=SystemClock(), new_id=lambda: "unused"
    )
    with ThreadPoolExecutor(1) as other:
        asked = other.submit(hub.probe, LONG_MS)
        peer, _ = silent_hub.accept()
        with peer:
            assert peer.recv(1024).startswith(b"GET /healthz")
            end(hub)
            with pytest.raises(HubUnreachable):
                asked.result(SOON_S)
    hub.close()


def test_after_a_reset_the_hub_is_asked_over_a_new_connection(silent_hub: socket.socket) -> None:
    hub = HttpHub(
        f"http://127.0.0.1:{silent_hub.getsockname()[1]}", clock=SystemClock(), new_id=lambda: "unused"
    )
    hub.reset()
    with ThreadPoolExecutor(1) as other:
        asked = other.submit(hub.probe, LONG_MS)
        peer, _ = silent_hub.accept()
        with peer:
            assert peer.recv(1024).startswith(b"GET /healthz")
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            assert asked.result(SOON_S) is None
    hub.close()
