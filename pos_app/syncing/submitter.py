"""Sends entries until each has a signed answer: a live charge first and alone, the backlog beside it (protocol.md 5)."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from pos_app.hub_client import HubPort, HubRefused, HubUnreachable
from pos_app.journal import charges, waiting
from pos_app.journal.failpoints import reach
from pos_app.journal.states import ChargeState
from pos_app.journal.waiting import WaitingEntry
from pos_app.storage import Database, StorageError
from pos_app.syncing.answering import Answering, Taken
from pos_app.syncing.backoff import Backoff
from pos_app.syncing.batches import BatchSize, within_request
from pos_app.syncing.core import Answer, Signed, Unsigned
from pos_app.syncing.line import LineState
from pos_app.syncing.line_watch import LineWatch
from shared.api.journal import SubmittedEntry
from shared.clock import Clock

logger = logging.getLogger("mps.pos.syncing")

AGAIN_MS: Final = 3_600_000
"""An unsigned answer is asked about hourly, unless something tells that it has changed."""
BATCH_TIMEOUT_MS: Final = 20_000
REVERSALS_BEFORE_A_CHARGE: Final = 10
LIVE_THREADS: Final = 2


class Submitter:
    """Two live threads and one for the backlog."""

    def __init__(
        self,
        database: Database,
        hub: HubPort,
        line: LineWatch,
        answering: Answering,
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        """`chance` gives numbers from 0 up to 1, for the waits between attempts."""
        self._database = database
        self._hub = hub
        self._line = line
        self._answering = answering
        self._clock = clock
        self._backoff = Backoff(chance)
        self._size = BatchSize()
        self._lock = threading.Lock()
        self._rest_until: dict[int, int] = {}
        self._in_flight: set[int] = set()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._live = ThreadPoolExecutor(LIVE_THREADS, thread_name_prefix="mps-live")
        self._thread = threading.Thread(target=self._run, name="mps-submitter")

    def start(self) -> None:
        """Begin with the backlog: every entry without a signed answer is due at a start."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no other request from the backlog; waits for nothing."""
        self._closing.set()
        self._wake.set()

    def close(self) -> None:
        """Stop; waits for a request under way, whose time is bounded."""
        self.stop()
        self._live.shutdown(wait=True)
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Something is due: the line is back, or an entry was written."""
        self._wake.set()

    def settled(self, seqs: Iterable[int]) -> None:
        """The hub says that these have a signed answer now."""
        with self._lock:
            for seq in seqs:
                self._rest_until.pop(seq, None)
        self.wake()

    def submit_live(self, seq: int, timeout_ms: int) -> Future[Answer]:
        """Send a charge ahead of everything but reversals that the hub has not heard of.

        The future raises `HubUnreachable`, `HubRefused` or `StorageError`. It goes on when nobody waits any more.
        """
        with self._lock:
            self._in_flight.add(seq)
        return self._live.submit(self._send_live, seq, timeout_ms)

    def send_waiting(self) -> bool:
        """One batch of what is due, on the caller's thread; whether more is due at once.

        Raises:
            HubUnreachable, HubRefused, StorageError: nothing was taken.
        """
        batch = self._due()
        if not batch:
            return False
        self._send(batch, BATCH_TIMEOUT_MS)
        return bool(self._due())

    def _send_live(self, seq: int, timeout_ms: int) -> Answer:
        try:
            before, mine = self._database.read(
                lambda tx: (
                    waiting.unsent_reversals(tx, REVERSALS_BEFORE_A_CHARGE),
                    waiting.waiting_entry(tx, seq),
                )
            ).result()
            taken = self._send([*before, mine], timeout_ms)
            return taken[-1].answer
        finally:
            with self._lock:
                self._in_flight.discard(seq)
            self.wake()

    def _send(self, batch: Sequence[WaitingEntry], timeout_ms: int) -> list[Taken]:
        reach("before_send")
        response = self._hub.submit([SubmittedEntry(jws=entry.jws) for entry in batch], timeout_ms)
        taken = self._answering.take(batch, response)
        self._note(taken)
        return taken

    def _note(self, taken: Sequence[Taken]) -> None:
        """When each is due again: never, once signed; hourly, once known; soon, if nothing was decided."""
        now = self._clock.monotonic_ms()
        ended = [one.entry.charge for one in taken if one.ends_wait and one.entry.charge is not None]
        fresh = self._database.read(
            lambda tx: [seq for charge in ended for seq in waiting.of_charge(tx, charge)]
        ).result()
        soon_ms = 0
        with self._lock:
            for one in taken:
                if isinstance(one.answer, Signed):
                    self._rest_until.pop(one.entry.seq, None)
                elif isinstance(one.answer, Unsigned):
                    self._rest_until[one.entry.seq] = now + AGAIN_MS
                else:
                    soon_ms = soon_ms or self._backoff.next_ms(somebody_waits=True)
                    self._rest_until[one.entry.seq] = now + soon_ms
            for seq in fresh:
                self._rest_until.pop(seq, None)
        if not soon_ms:
            self._backoff.reset()

    def _due(self) -> list[WaitingEntry]:
        now = self._clock.monotonic_ms()
        with self._lock:
            self._rest_until = {seq: due for seq, due in self._rest_until.items() if due > now}
            besides = frozenset(self._rest_until) | self._in_flight
        size = self._size.entries
        return within_request(self._database.read(lambda tx: waiting.unsigned(tx, size, besides)).result())

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            try:
                rest_ms = self._round()
            except Exception:
                # A submitter that died would leave the backlog where it is for ever.
                logger.exception("the submitter failed; it goes on")
                rest_ms = self._backoff.next_ms(somebody_waits=False)
            if not self._closing.is_set():
                self._wake.wait(rest_ms / 1000)

    def _round(self) -> int:
        """Send one batch; milliseconds to rest."""
        if self._line.state is LineState.OFFLINE:
            return AGAIN_MS
        try:
            batch = self._due()
            if not batch:
                return self._until_due_ms()
            self._send(batch, BATCH_TIMEOUT_MS)
        except HubUnreachable as error:
            logger.info("no answer to the backlog: %s", error)
            self._size.shrink()
            return self._backoff.next_ms(self._somebody_waits())
        except HubRefused as error:
            logger.warning("the hub refused the backlog: %s", error)
            self._size.shrink()
            asked_ms = (error.retry_after_s or 0) * 1000
            return max(asked_ms, self._backoff.next_ms(self._somebody_waits()))
        except StorageError:
            logger.exception("an answer could not be stored; it is asked again")
            return self._backoff.next_ms(self._somebody_waits())
        self._size.grow()
        return 0

    def _until_due_ms(self) -> int:
        with self._lock:
            soonest = min(self._rest_until.values(), default=None)
        return AGAIN_MS if soonest is None else max(0, soonest - self._clock.monotonic_ms())

    def _somebody_waits(self) -> bool:
        return bool(self._database.read(lambda tx: charges.in_states(tx, ChargeState.IN_DOUBT)).result())
