"""The line between terminal and hub: the TCP proxy, as tests of everyday faults know it."""

from tests.injectors.tcp_proxy import Line, LineFault, Weather

__all__ = ["Line", "LineFault", "Weather"]
