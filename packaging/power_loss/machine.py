"""A machine whose power can go: a kernel in user mode, on a disk that forgets what it was not told to flush.

The disk's chain: the guest's ext4 on /dev/vda → qemu-storage-daemon (vhost-user) → nbdkit's cache in `writeback` → the
image. What the guest wrote stays in that cache, in nbdkit's hands, until the guest's file system asks for a flush. A cut
kills all three with SIGKILL: the guest's memory and all that was not flushed are gone, as with a real disk. (The
kernel's own disk, ubd, will not do: up to Linux 6.1 it answers a flush without passing it on.)
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_ROOT: Final = Path(__file__).resolve().parents[2]
_INIT: Final = Path(__file__).with_name("guest_init.sh")
_MEMORY: Final = "256M"
_THERE_S: Final = 15.0
_BLOCK_DEVICE: Final = 2
"""Virtio's number for a disk."""
_LOOK_S: Final = 0.02


class Disk:
    """The image as a disk with a volatile cache."""

    def __init__(self, image: Path, folder: Path) -> None:
        """`folder` holds its sockets while it has power."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.socket, cache = folder / "disk", folder / "cache"
        self._said = folder / "log"
        self._processes: list[subprocess.Popen[bytes]] = []
        self._start(
            cache, "nbdkit", "-f", "-U", str(cache), "--filter=cache", "file", str(image), "cache=writeback"
        )
        self._start(
            self.socket,
            "qemu-storage-daemon",
            "--blockdev",
            f"driver=nbd,node-name=disk,server.type=unix,server.path={cache}",
            "--export",
            f"type=vhost-user-blk,id=disk,node-name=disk,addr.type=unix,addr.path={self.socket},writable=on",
        )

    def cut(self) -> None:
        """Its cache is gone."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()

    def _start(self, socket: Path, *words: str) -> None:
        with self._said.open("ab") as said:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
        self._processes.append(process)
        deadline = time.monotonic() + _THERE_S
        while not socket.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                self.cut()
                raise RuntimeError(f"no disk: {self._said.read_text(errors='replace')[-1000:]}")
            time.sleep(_LOOK_S)


@dataclass
class Machine:
    """The guest. What it says on its console is heard line by line, and what it said before the cut is `said`."""

    disk: Disk
    environment: Mapping[str, str]
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Switch it on."""
        self._heard = threading.Condition()
        self._is_silent = False
        words = [f"{name}={value}" for name, value in self.environment.items()]
        self._process = subprocess.Popen(
            [
                *("linux.uml", f"mem={_MEMORY}", "quiet", "panic=-1", "con0=fd:0,fd:1", "con=null"),
                *("root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", f"init={_INIT}"),
                f"virtio_uml.device={self.disk.socket}:{_BLOCK_DEVICE}",
                f"POWER_LOSS_TREE={_ROOT}",
                f"POWER_LOSS_PYTHON={sys.executable}",
                *words,
            ],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._listener = threading.Thread(target=self._listen, name="console")
        self._listener.start()

    def wait_for(self, text: str, times: int, limit_s: float) -> bool:
        """Whether `text` was said in that many lines within the time, with the machine still running."""
        with self._heard:
            return self._heard.wait_for(
                lambda: self._count(text) >= times or self._is_silent, limit_s
            ) and not (self._is_silent and self._count(text) < times)

    def cut(self) -> None:
        """The power goes: the disk's cache, then the machine's memory."""
        self.disk.cut()
        _kill_session(self._process)
        self._listener.join()

    def _count(self, text: str) -> int:
        return sum(text in line for line in self.said)

    def _listen(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        for line in stream:
            with self._heard:
                self.said.append(line.decode(errors="replace").strip())
                self._heard.notify_all()
        with self._heard:
            self._is_silent = True
            self._heard.notify_all()

    def __enter__(self) -> Self:
        """It runs already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """However it ends, nothing goes on running."""
        self.cut()


def _kill_session(leader: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(leader.pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it has ended, and was waited for
    leader.wait()
