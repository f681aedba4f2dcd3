"""A hub port whose line can be cut without a proxy between: what a proxy costs would count as the terminal's."""

from collections.abc import Callable
from typing import Any, cast

from pos_app.bootstrap import http_hub
from pos_app.hub_client import HubPort, HubUnreachable, Unreachable
from shared.clock import Clock


class LineSwitch:
    """Makes hub ports as `build_terminal` asks for them, and cuts them all."""

    def __init__(self) -> None:
        """The line is there."""
        self.is_down = False

    def make_hub(self, address: str, clock: Clock, identity: Any) -> HubPort:
        """The real port behind the switch."""
        return cast(HubPort, _Switched(http_hub(address, clock, identity), self))


class _Switched:
    def __init__(self, hub: HubPort, switch: LineSwitch) -> None:
        self._hub = hub
        self._switch = switch

    def __getattr__(self, name: str) -> Callable[..., Any]:
        ask: Callable[..., Any] = getattr(self._hub, name)
        if name in ("reset", "close"):
            return ask

        def asked(*arguments: Any, **more: Any) -> Any:
            if self._switch.is_down:
                raise HubUnreachable(Unreachable.REFUSED)
            return ask(*arguments, **more)

        return asked
