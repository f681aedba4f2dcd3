"""The cuttable line does what its faults say."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.fakes.line import Line, LineFault


@pytest.fixture
def echo_port() -> Iterator[int]:
    """A server that answers each line with itself."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=_echo, args=(peer,)).start()

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def _echo(peer: socket.socket) -> None:
    with peer:
        try:
            while data := peer.recv(100):
                peer.sendall(data)
        except ConnectionError:
            return


def _ask(line: Line) -> bytes:
    with socket.create_connection(("127.0.0.1", line.port), timeout=0.3) as peer:
        peer.sendall(b"hello")
        return peer.recv(100)


def test_a_sound_line_passes_everything(echo_port: int) -> None:
    with Line(echo_port) as line:
        assert _ask(line) == b"hello"


def test_a_refusing_line_refuses_and_recovers_on_the_same_port(echo_port: int) -> None:
    with Line(echo_port) as line:
        line.become(LineFault.REFUSE)
        with pytest.raises(ConnectionRefusedError):
            _ask(line)
        line.become(LineFault.NONE)
        assert _ask(line) == b"hello"


@pytest.mark.parametrize("fault", [LineFault.SWALLOW, LineFault.LOSE_REPLIES])
def test_a_swallowing_line_is_silent_and_recovers_for_new_connections(
    echo_port: int, fault: LineFault
) -> None:
    with Line(echo_port) as line:
        line.become(fault)
        with pytest.raises(TimeoutError):
            _ask(line)
        line.become(LineFault.NONE)
        assert _ask(line) == b"hello"
