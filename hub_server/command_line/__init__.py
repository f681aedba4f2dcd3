"""The command `mps-hub`: what an administrator types (surface.md)."""

from hub_server.command_line.program import run

__all__ = ["run"]
