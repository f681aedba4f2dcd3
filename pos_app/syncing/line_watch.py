"""Whether the hub answers: told by every exchange, and by a probe when nothing else tells (issue: 1 s, 5 s, 2 s).

It is the customers' circuit breaker: while the line is offline they are served without it. A hub that answers probes and
no charges is as good as none, so the line then stays offline until a submission has worked.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from pos_app.hub_client import HubRefused, HubUnreachable, Unreachable
from pos_app.syncing.line import LineState
from pos_app.syncing.probe_patience import ProbePatience
from shared.clock import Clock

logger = logging.getLogger("mps.pos.syncing.line")

QUIET_MS: Final = 2_000
OFFLINE_PROBE_EVERY_MS: Final = 700
LONG_OFFLINE_MS: Final = 60_000
LONG_OFFLINE_PROBE_EVERY_MS: Final = 2_000
UNANSWERED_CHARGES: Final = 3
"""So many in a row without an answer, and customers are served offline, though the hub answers probes."""

Listener = Callable[[LineState], None]


class Probing(Protocol):
    """What the watch asks."""

    def probe(self, timeout_ms: int) -> datetime | None:
        """Raises `HubUnreachable` or `HubRefused` when the hub is not there."""
        ...


class LineWatch:
    """The line's state, its one setter, and the thread that probes."""

    def __init__(self, clock: Clock, chance: Callable[[], float]) -> None:
        """`clock` is the estimate of hub time; `chance` gives numbers from 0 up to 1, so that terminals do not probe
        in step."""
        self._clock = clock
        self._chance = chance
        self._patience = ProbePatience()
        self._unanswered = 0
        self._changed = threading.Condition()
        self._state = LineState.CONNECTING
        self._since = clock.now()
        self._since_ms = clock.monotonic_ms()
        self._heard_ms = clock.monotonic_ms() - QUIET_MS
        self._hurry = True
        self._closing = False
        self._listeners: list[Listener] = []
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> LineState:
        """The present state."""
        return self._state

    @property
    def since(self) -> datetime:
        """When it began."""
        return self._since

    def on_change(self, listener: Listener) -> None:
        """Tell the listener of each change, on whichever thread saw it. Before `start`."""
        self._listeners.append(listener)

    def start(self, hub: Probing) -> None:
        """Begin to probe."""
        self._thread = threading.Thread(target=self._run, args=(hub,), name="mps-line")
        self._thread.start()

    def close(self) -> None:
        """Stop; waits at most for one probe."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    @property
    def is_unserved(self) -> bool:
        """Whether the hub answers, but no charges: one submission that works ends it."""
        return self._unanswered >= UNANSWERED_CHARGES

    def heard(self) -> None:
        """The hub has answered something."""
        with self._changed:
            self._heard_ms = self._clock.monotonic_ms()
        if not self.is_unserved:
            self._set(LineState.ONLINE)

    def served(self) -> None:
        """The hub has answered a submission, in time for a customer."""
        self._unanswered = 0
        self.heard()

    def not_served(self) -> None:
        """A customer's charge had no answer in time, or one that tells of the hub's own trouble."""
        self._unanswered += 1
        if self.is_unserved:
            self._set(LineState.OFFLINE)

    def lost(self, kind: Unreachable) -> None:
        """An exchange had no answer: refused is known at once, anything else is asked again at once by a probe."""
        if kind is Unreachable.REFUSED:
            self._unanswered = 0
            self._set(LineState.OFFLINE)
            return
        with self._changed:
            self._hurry = True
            self._changed.notify_all()

    def wait_until_known(self, timeout_ms: int) -> LineState:
        """Wait until it is no longer connecting, for at most so long; the state then."""
        with self._changed:
            self._changed.wait_for(lambda: self._state is not LineState.CONNECTING, timeout_ms / 1000)
        return self._state

    def _set(self, state: LineState) -> None:
        with self._changed:
            if state is self._state:
                return
            before, self._state, self._since = self._state, state, self._clock.now()
            self._since_ms = self._clock.monotonic_ms()
            self._changed.notify_all()
        logger.info("the line is %s, was %s", state.value, before.value)
        for listener in self._listeners:
            try:
                listener(state)
            except Exception:
                # Called by whoever saw the change: the thread that probes, or one that holds the hub's answer.
                logger.exception("a listener to the line's state failed")

    def _run(self, hub: Probing) -> None:
        while self._wait_for_a_reason():
            timeout_ms = self._patience.timeout_ms(is_offline=self._state is LineState.OFFLINE)
            began_ms = self._clock.monotonic_ms()
            try:
                hub.probe(timeout_ms)
                self._patience.answered(self._clock.monotonic_ms() - began_ms)
            except HubRefused:
                continue  # it answers, which is all that is asked here
            except HubUnreachable:
                self._patience.unanswered()
                self._unanswered = 0  # the line itself is gone: when it is back, so is the hub
                self._set(LineState.OFFLINE)
            except Exception:
                # A watch that died would leave a green line over a dead one: say so and stop claiming anything.
                logger.exception("the line watch failed")
                self._set(LineState.OFFLINE)

    def _wait_for_a_reason(self) -> bool:
        """Wait until it is time to probe; False when closing."""
        with self._changed:
            if not self._closing and not self._hurry:
                self._changed.wait(self._rest_ms() / 1000)
            while not self._closing and not self._hurry and self._state is LineState.ONLINE:
                rest = self._rest_ms()
                if rest <= 0:
                    break
                self._changed.wait(rest / 1000)
            self._hurry = False
            return not self._closing

    def _rest_ms(self) -> int:
        if self._state is LineState.OFFLINE:
            is_long = self._clock.monotonic_ms() - self._since_ms > LONG_OFFLINE_MS
            every = LONG_OFFLINE_PROBE_EVERY_MS if is_long else OFFLINE_PROBE_EVERY_MS
            return int(every * (0.75 + self._chance() / 4))
        return max(0, self._heard_ms + QUIET_MS - self._clock.monotonic_ms())
