"""A client with the sockets it has opened, so that what waits on one can be ended from another thread."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from weakref import WeakSet

import httpx

_OPENED: Final = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


class Connections:
    """An `httpx.Client` that can be cut: closing a socket does not wake who reads from it, shutting it down does."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """`headers` go with each request."""
        # `trust_env=False`: a proxy set for a browser is no road to the hub.
        self.client = httpx.Client(
            headers=dict(headers), follow_redirects=False, trust_env=False, verify=_trust()
        )
        self._lock = threading.Lock()
        self._streams: WeakSet[Any] = WeakSet()
        self._is_cut = False

    @property
    def extensions(self) -> dict[str, Any]:
        """What each request carries, so that its connection is known here from its beginning."""
        return {"trace": self._note}

    def cut(self) -> None:
        """End every request under way, at once, and close."""
        with self._lock:
            self._is_cut = True
            streams = list(self._streams)
        for stream in streams:
            _shut_down(stream)
        self.client.close()

    def _note(self, event: str, info: Mapping[str, Any]) -> None:
        if event in _OPENED:
            stream = info["return_value"]
            with self._lock:
                self._streams.add(stream)
                is_cut = self._is_cut
            if is_cut:
                # It was being opened while the others were cut.
                _shut_down(stream)


@cache
def _trust() -> ssl.SSLContext:
    """Whom to believe over TLS; read once, for it takes longer than a request, and each lost line begins anew."""
    return httpx.create_ssl_context(trust_env=False)


def _shut_down(stream: Any) -> None:
    raw = stream.get_extra_info("socket")
    if isinstance(raw, socket.socket):
        with contextlib.suppress(OSError):  # ended already, by whichever side
            raw.shutdown(socket.SHUT_RDWR)
