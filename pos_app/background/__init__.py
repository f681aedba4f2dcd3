"""Work off the caller's thread: a core without Qt for the command line, and its Qt face in `qt`."""

from pos_app.background.pool import BackgroundClosed, BackgroundPool, Task, TaskState

__all__ = ["BackgroundClosed", "BackgroundPool", "Task", "TaskState"]
