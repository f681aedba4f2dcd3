"""A real server in a thread of the test."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from hub_server.foundation.web import HubServer

BACKLOG = 128
BEGIN_S = 10
LOOKS = 3
"""A closed connection is forgotten within as many turns of the loop."""


class PromptServer(HubServer):
    """Stops when it is told to: uvicorn looks every tenth of a second, which a thousand tests would wait for."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._has_begun = threading.Event()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """In uvicorn's order, without the tenth of a second that it gives connections on which nothing goes on."""
        self.end_streams()
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(LOOKS):
            await asyncio.sleep(0)
        await asyncio.wait_for(self._wait_tasks_to_complete(), timeout=self.config.timeout_graceful_shutdown)
        await self.lifespan.shutdown()

    async def main_loop(self) -> None:
        """Until told to stop; answers bear the date of the begin."""
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await self.on_tick(0)
        self._has_begun.set()
        await self._stop.wait()

    def stop(self) -> None:
        """Let it end; any thread may call this. A server that did not come to serve ends by itself."""
        self.should_exit = True
        if self._has_begun.wait(BEGIN_S) and self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port of the loopback; yields its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(BACKLOG)  # clients queue from here on, so nobody has to wait for the thread
        config = uvicorn.Config(app, log_config=None, lifespan="on", timeout_graceful_shutdown=10)
        server = PromptServer(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="hub-under-test")
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.stop()
            thread.join()
