"""What runs by itself: one loop that runs jobs when they are due or when their news has come."""

from hub_server.foundation.scheduling.loop import Job, Loop

__all__ = ["Job", "Loop"]
