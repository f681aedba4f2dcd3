"""uvicorn, taught to end the change feed's streams when it stops: they would never end by themselves."""

import socket

import uvicorn


class HubServer(uvicorn.Server):
    """Before waiting for open requests, calls `close_streams` of the application's lifespan state."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: no new connections, streams ended, requests finished, then the lifespan's end."""
        self.end_streams()
        await super().shutdown(sockets)

    def end_streams(self) -> None:
        """End what would never end by itself."""
        close_streams = self.lifespan.state.get("close_streams")
        if close_streams is not None:
            close_streams()
