"""faults.md 13: requests that are cut short, slow, huge or endless get 4xx, in bounded memory and time.

At a real hub process: what it refuses never reaches its application, so only the process itself can show it.
"""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Final

import httpx
import pytest

from shared.api.journal import MAX_REQUEST_BYTES
from shared.journal_entries import Status
from tests.injectors.tcp_proxy import Line, Weather
from tests.system.hand_terminal import HandTerminal, enrol_by_hand
from tests.system.invariants import books_are_sound, hub_side_holds
from tests.system.processes import HubProcess
from tests.system.shop import CHEAP_HASHES, Shop

pytestmark = pytest.mark.xdist_group("strict_hub")

PATIENCE_S: Final = 1
"""The hub's, with a request's head and with its body."""
LATE_S: Final = 8.0
"""So long after that a busy machine may need to say so."""
FLOOD_BYTES: Final = 64 << 20
GROWTH_BYTES: Final = 32 << 20
TAKEN_BYTES: Final = 16 << 20
"""What the sockets and the hub may take of a flood before it is refused."""
CROWD: Final = 40
_DRIP_S: Final = 0.1
_PIECE: Final = 1 << 16
_AMOUNT: Final = 12_345
_PATH: Final = "/api/v1/terminals/me/journal"
_AS_JSON: Final = {"Content-Type": "application/json"}
_JOURNAL: Final = f"POST {_PATH} HTTP/1.1\r\nHost: hub\r\n".encode()
_JSON: Final = b"Content-Type: application/json\r\n"
_STATUS = re.compile(rb"^HTTP/1\.1 (\d{3}) ")


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A hub that waits no longer than a second for a request."""
    environment = {**CHEAP_HASHES, "MPS_HUB_BODY_TIMEOUT_S": str(PATIENCE_S)}
    with HubProcess(tmp_path_factory.mktemp("strict"), environment=environment) as hub:
        opened = Shop.open(hub)
        yield opened
        opened.close()


@dataclass(frozen=True, slots=True)
class Hostile:
    """A request: how it begins, and what comes then for as long as anybody listens."""

    head: bytes
    piece: bytes
    answers: frozenset[int]


ENDLESS: Final = {
    "a length that is too large": Hostile(
        _JOURNAL + _JSON + b"Content-Length: 9999999999\r\n\r\n", b"x" * _PIECE, frozenset({413})
    ),
    "a body without an end": Hostile(
        _JOURNAL + _JSON + b"Transfer-Encoding: chunked\r\n\r\n",
        b"10000\r\n" + b"x" * _PIECE + b"\r\n",
        frozenset({413}),
    ),
    "a header without an end": Hostile(_JOURNAL + b"X-Long: ", b"x" * _PIECE, frozenset({431})),
    "headers without an end": Hostile(_JOURNAL, b"X-Some: value\r\n" * 4_000, frozenset({400, 431})),
    "an address without an end": Hostile(b"POST /api/v1/", b"x" * _PIECE, frozenset({431})),
}
SLOW: Final = {
    "nothing": b"",
    "a head that drips": _JOURNAL + b"X-Slow: ",
    "a body that drips": _JOURNAL + _JSON + b"Content-Length: 1000\r\n\r\n",
    "chunks that drip": _JOURNAL + _JSON + b"Transfer-Encoding: chunked\r\n\r\n",
}


def _connected(shop: Shop) -> socket.socket:
    return socket.create_connection(("127.0.0.1", shop.hub.port), timeout=LATE_S)


def _answer(peer: socket.socket) -> int:
    """The status that was told before the connection ended; 0 if it ended without one."""
    told = b""
    with suppress(ConnectionResetError):  # with bytes of ours still unread; what was told has come before
        while data := peer.recv(4_096):
            told += data
    found = _STATUS.match(told)
    return int(found[1]) if found else 0


def _flood(shop: Shop, hostile: Hostile) -> tuple[int, int]:
    """`(bytes that were taken, status)`."""
    with _connected(shop) as peer:
        sent = 0
        with suppress(ConnectionResetError, BrokenPipeError):  # as it should be; the answer is read next
            peer.sendall(hostile.head)
            while sent < FLOOD_BYTES:
                peer.sendall(hostile.piece)
                sent += len(hostile.piece)
        return sent, _answer(peer)


def _drip(shop: Shop, head: bytes, piece: bytes) -> tuple[float, int]:
    """Send a little now and then until the connection ends: `(seconds, status)`."""
    began = time.monotonic()
    told = b""
    with _connected(shop) as peer:
        peer.sendall(head)
        peer.settimeout(_DRIP_S)
        while time.monotonic() - began < PATIENCE_S + LATE_S:
            try:
                data = peer.recv(4_096)
            except TimeoutError:
                if piece:
                    peer.sendall(piece)
                continue
            except ConnectionResetError:
                break
            if not data:
                break
            told += data
    found = _STATUS.match(told)
    return time.monotonic() - began, int(found[1]) if found else 0


def _peak_bytes(shop: Shop) -> int:
    """The most memory that the hub has held since `_forget_peak`."""
    status = Path(f"/proc/{shop.hub.pid}/status").read_text()
    return int(re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[0]) * 1_024


def _forget_peak(shop: Shop) -> int:
    Path(f"/proc/{shop.hub.pid}/clear_refs").write_text("5")
    return _peak_bytes(shop)


def _is_served(shop: Shop, terminal: HandTerminal) -> None:
    code = shop.payment_code()
    [result] = terminal.submit(terminal.charge(code.text, _AMOUNT)).results
    assert result.status is Status.COMPLETED, result


@pytest.fixture
def terminal(strict: Shop) -> HandTerminal:
    """A terminal whose genesis the hub has."""
    made = enrol_by_hand(strict.hub.url, strict.enrolment_code())
    made.submit(made.entries[0])
    return made


def test_what_has_no_end_is_refused_early_and_leaves_nothing_in_memory(
    strict: Shop, terminal: HandTerminal
) -> None:
    _is_served(strict, terminal)
    before = _forget_peak(strict)
    for kind, hostile in ENDLESS.items():
        sent, status = _flood(strict, hostile)
        assert sent < TAKEN_BYTES, f"{kind}: {sent} bytes were taken"
        assert status in hostile.answers, f"{kind}: {status}"
    deep = b'{"entries":' + b"[" * (MAX_REQUEST_BYTES - 11)
    nested = httpx.post(f"{strict.hub.url}{_PATH}", content=deep, headers=_AS_JSON, timeout=LATE_S)
    assert 400 <= nested.status_code < 500, nested.text
    grown = _peak_bytes(strict) - before
    assert grown < GROWTH_BYTES, f"the hub grew by {grown >> 20} MiB"
    _is_served(strict, terminal)
    hub_side_holds(strict, terminal.id)


def test_a_crowd_that_drips_is_let_go_and_holds_up_no_customer(strict: Shop, terminal: HandTerminal) -> None:
    before = _forget_peak(strict)
    ends: list[tuple[str, float, int]] = []

    def drip(kind: str, head: bytes) -> None:
        ends.append((kind, *_drip(strict, head, b"" if not head else b"1")))

    crowd = [Thread(target=drip, args=each) for each in list(SLOW.items()) * (CROWD // len(SLOW))]
    for one in crowd:
        one.start()
    _is_served(strict, terminal)
    for one in crowd:
        one.join()
    assert len(ends) == CROWD
    for kind, took_s, status in ends:
        assert took_s < PATIENCE_S + LATE_S, f"{kind}: still open after {took_s:.1f} s"
        assert 400 <= status < 500, f"{kind}: {status}"
    assert _peak_bytes(strict) - before < GROWTH_BYTES
    _is_served(strict, terminal)


def test_a_request_cut_short_is_as_if_it_had_never_been_and_may_be_sent_again(
    strict: Shop, terminal: HandTerminal
) -> None:
    code = strict.payment_code()
    funds = strict.balance(code.card_no)
    charge = terminal.charge(code.text, _AMOUNT)
    known = strict.entries_of(terminal.id)
    with Line(strict.hub.port) as line:
        for cut_at in (0, 100, 700, 1_000, 1_500):
            line.become(Weather(request_bytes=cut_at))
            with pytest.raises(httpx.TransportError):
                terminal.submit(charge, to=line.url)
        assert strict.entries_of(terminal.id) == known
        line.become(Weather())
        [whole] = terminal.submit(charge, to=line.url).results
    assert whole.status is Status.COMPLETED
    assert strict.balance(code.card_no) == funds - _AMOUNT
    hub_side_holds(strict, terminal.id)
    books_are_sound(strict)
