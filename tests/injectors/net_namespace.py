"""A network of a process's own that can be cut by the kernel: packets dropped, answers dropped, connections reset
(faults.md, NS).

The namespace has a loopback and nothing else. What listens in it is a door: a socket made inside, whose connections are
carried on from outside to a port of this machine.
"""

import asyncio
import socket
import subprocess
import sys
import threading
from enum import Enum
from types import TracebackType
from typing import Final, Self

_WAIT_S: Final = 10
_CHUNK: Final = 65_536
_UP: Final = "ip link set lo up && echo up && exec cat"
_LISTEN: Final = """
import socket, sys
made = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
with socket.socket(fileno=int(sys.argv[2])) as out:
    socket.send_fds(out, [b"."], [made.fileno()])
"""
_RULES: Final = """
flush ruleset
table inet line {{
  chain arriving {{
    type filter hook input priority filter; policy accept;
    {rule}
  }}
}}
"""


class Cut(Enum):
    """What the kernel does with the packets to a door; the value is nftables' rule."""

    NONE = ""
    SILENT = "tcp dport {port} drop; tcp sport {port} drop"
    ONE_WAY = "tcp sport {port} drop"
    RESET = "tcp dport {port} reject with tcp reset"


class NetNamespace:
    """Use as a context manager; it goes with the process that holds it."""

    def __init__(self) -> None:
        """Nothing is made yet."""
        self._holder: subprocess.Popen[str] | None = None

    @property
    def within(self) -> tuple[str, ...]:
        """What goes before a command line that runs in it."""
        assert self._holder is not None
        target = str(self._holder.pid)
        return ("nsenter", "--target", target, "--user", "--preserve-credentials", "--net", "--")

    def cut(self, how: Cut, port: int) -> None:
        """From now on, also for connections that are there; returns once it is so."""
        rule = "\n    ".join(how.value.format(port=port).split("; "))
        subprocess.run(
            [*self.within, "nft", "-f", "-"],
            input=_RULES.format(rule=rule),
            text=True,
            timeout=_WAIT_S,
            check=True,
        )

    def listen(self, port: int) -> socket.socket:
        """A socket that listens on the namespace's loopback."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            words = [*self.within, sys.executable, "-c", _LISTEN, str(port), str(theirs.fileno())]
            subprocess.run(words, pass_fds=[theirs.fileno()], timeout=_WAIT_S, check=True)
            _, [descriptor], _, _ = socket.recv_fds(ours, 1, 1)
        return socket.socket(fileno=descriptor)

    def __enter__(self) -> Self:
        """Make it."""
        words = ["unshare", "--map-root-user", "--net", "sh", "-c", _UP]
        self._holder = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self._holder.stdout is not None
        said = self._holder.stdout.readline()
        assert said.strip() == "up", f"no network namespace: {said}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of it."""
        assert self._holder is not None
        assert self._holder.stdin is not None
        assert self._holder.stdout is not None
        self._holder.stdin.close()
        self._holder.wait(_WAIT_S)
        self._holder.stdout.close()


class Door:
    """What connects to the listener inside reaches a port of this machine. Use as a context manager."""

    def __init__(self, listener: socket.socket, target_port: int) -> None:
        """`listener` is closed with it."""
        self._listener = listener
        self._target_port = target_port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="door")
        self._server: asyncio.Server | None = None
        self._carrying: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        """Open."""
        self._thread.start()
        opening = asyncio.start_server(self._carry, sock=self._listener)
        self._server = asyncio.run_coroutine_threadsafe(opening, self._loop).result(_WAIT_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, whatever is still on its way."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(_WAIT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_WAIT_S)
        self._loop.close()

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._carrying):
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    async def _carry(self, inside: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        try:
            outside, on = await asyncio.open_connection("127.0.0.1", self._target_port)
            try:
                await asyncio.gather(_pump(inside, on), _pump(outside, back))
            finally:
                on.close()
        except (OSError, asyncio.CancelledError):
            back.transport.abort()
        finally:
            back.close()
            self._carrying.discard(task)


async def _pump(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    while data := await source.read(_CHUNK):
        to.write(data)
        await to.drain()
    to.close()
