"""Sends entries until each has a signed answer: a live charge first and alone, the backlog beside it (protocol.md 5)."""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from pos_app.hub_client import HubPort, HubRefused, HubUnreachable, Unreachable
from pos_app.journal import waiting
from pos_app.journal.failpoints import beside_charges, reach
from pos_app.journal.waiting import WaitingEntry
from pos_app.storage import Database, StorageError
from pos_app.syncing.answering import Answering, Taken
from pos_app.syncing.batches import BatchSize, within_request
from pos_app.syncing.breaker import Breaker
from pos_app.syncing.core import STOPPED, Answer, Signed, Unsigned
from pos_app.syncing.line import LineState
from pos_app.syncing.line_watch import LineWatch
from pos_app.syncing.rests import Rests
from shared.api.journal import SubmittedEntry
from shared.clock import Clock

logger = logging.getLogger("mps.pos.syncing")

BATCH_TIMEOUT_MS: Final = 10_000
COUNTER_TIMEOUT_MS: Final = 5_000
IN_TIME_MS: Final = 3_000
"""An answer that took longer served no customer."""
CUSTOMER_FIRST_MS: Final = 500
OFFLINE_TRY_EVERY_MS: Final = 10_000
"""Offline for a charge may be slow for a backlog: so often it is tried, with the longer time-out."""
REVERSALS_BEFORE_A_CHARGE: Final = 10
AT_THE_COUNTER_AT_ONCE: Final = 10
LIVE_THREADS: Final = 2
_NOT_THIS_ONE: Final = frozenset({400, 413, 422})
"""Statuses that no other time will change, where one entry was sent alone."""


class Submitter:
    """Two live threads and one for what waits: first the charges that somebody may stand and wait for, then the rest."""

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
        self._breaker = Breaker(clock, chance)
        self._rests = Rests(clock, chance)
        self._size = BatchSize(clock)
        self._lock = threading.Lock()
        self._in_flight: dict[int, int] = {}
        self._introduces = True
        self._answered_ms = -1
        self._incarnation = answering.incarnation
        self._tried_ms = clock.monotonic_ms()
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
        """An entry was written, or something is due."""
        self._wake.set()

    def line_is_lost(self) -> None:
        """The hub is not there: what asks it by itself begins with one attempt when it is back."""
        self._breaker.line_is_lost()

    def line_is_back(self) -> None:
        """The hub is there again: who waits at the counter at once, the backlog soon, and not with everybody else's."""
        self._rests.end_failures()
        self._breaker.line_is_back()
        self.wake()

    def introduce(self, since_ms: int) -> None:
        """The feed was opened anew at `since_ms`: have at least one answer since then, which tells whether the hub is
        the one that it was."""
        if self._answered_ms < since_ms:
            self._introduces = True
            self.wake()

    def settled(self, seqs: Iterable[int]) -> None:
        """The hub says that these have a signed answer now."""
        self._rests.end(seqs)
        self.wake()

    def submit_live(self, seq: int, timeout_ms: int) -> Future[Answer]:
        """Send a charge ahead of everything but reversals that the hub has not heard of.

        The future raises `HubUnreachable`, `HubRefused` or `StorageError`. It goes on when nobody waits any more.
        """
        with self._lock:
            self._in_flight[seq] = self._clock.monotonic_ms()
        return self._live.submit(self._send_live, seq, timeout_ms)

    def send_waiting(self) -> bool:
        """One batch of what is due, on the caller's thread; whether more is due at once.

        Raises:
            HubUnreachable, HubRefused, StorageError: nothing was taken.
        """
        batch = self._at_the_counter() or self._due()
        if not batch:
            return False
        self._send(batch, BATCH_TIMEOUT_MS)
        return bool(self._at_the_counter() or self._due())

    def _send_live(self, seq: int, timeout_ms: int) -> Answer:
        try:
            before, mine = self._database.read(
                lambda tx: (
                    waiting.unsent_reversals(tx, REVERSALS_BEFORE_A_CHARGE),
                    waiting.waiting_entry(tx, seq),
                )
            ).result()
            taken, took_ms = self._send([*before, mine], timeout_ms)
            self._size.charge_answered(took_ms)
            if took_ms > IN_TIME_MS:
                self._line.not_served()
            return taken[-1].answer
        except HubUnreachable as error:
            if error.kind is not Unreachable.REFUSED:
                self._line.not_served()
            raise
        except HubRefused as error:
            if error.problem.status >= 500 and error.problem.code not in STOPPED:
                self._line.not_served()
            self._rests.soon(seq, at_the_counter=True, asked_s=error.retry_after_s)
            if error.retry_after_s is not None:
                self._breaker.failed(error.retry_after_s)
            raise
        finally:
            with self._lock:
                self._in_flight.pop(seq, None)
            self.wake()

    def _send(self, batch: Sequence[WaitingEntry], timeout_ms: int) -> tuple[list[Taken], int]:
        """What became of each, and how long the answer took."""
        with beside_charges(all(entry.charge is None for entry in batch)):
            return self._send_and_take(batch, timeout_ms)

    def _send_and_take(self, batch: Sequence[WaitingEntry], timeout_ms: int) -> tuple[list[Taken], int]:
        reach("before_send")
        began_ms = self._clock.monotonic_ms()
        response = self._hub.submit(
            [SubmittedEntry(jws=entry.jws, decision=entry.decision) for entry in batch], timeout_ms
        )
        took_ms = self._clock.monotonic_ms() - began_ms
        if took_ms <= IN_TIME_MS:
            self._line.served()
        taken = self._answering.take(batch, response)
        self._introduces, self._answered_ms = False, began_ms
        self._note(taken)
        return taken, took_ms

    def _note(self, taken: Sequence[Taken]) -> None:
        """When each is due again: never, once signed; hourly, once known; soon, if nothing was decided."""
        if self._answering.incarnation != self._incarnation:
            self._incarnation = self._answering.incarnation
            self._rests.end_all()
        for one in taken:
            if isinstance(one.answer, Signed):
                self._rests.end([one.entry.seq])
            elif isinstance(one.answer, Unsigned):
                self._rests.hourly(one.entry.seq)
            else:
                self._rests.soon(one.entry.seq, at_the_counter=one.is_open)
        # After the rest of the batch: a charge put off in it is due now that its advice or reversal has its answer.
        ended = [one.entry.charge for one in taken if one.ends_wait and one.entry.charge is not None]
        if ended:
            read = self._database.read(
                lambda tx: [s for charge in ended for s in waiting.of_charge(tx, charge)]
            )
            self._rests.end(read.result())

    def _besides(self) -> frozenset[int]:
        with self._lock:
            return self._rests.resting() | self._in_flight.keys()

    def _for_a_customer_ms(self) -> int:
        """How long the line is still left to a charge under way: a sound hub has answered by then."""
        with self._lock:
            newest = max(self._in_flight.values(), default=-CUSTOMER_FIRST_MS)
        return newest + CUSTOMER_FIRST_MS - self._clock.monotonic_ms()

    def _at_the_counter(self) -> list[WaitingEntry]:
        """Charges that nobody has decided: who stands and waits comes before the backlog, however long that is."""
        besides = self._besides()
        return self._database.read(
            lambda tx: waiting.due_at_the_counter(tx, AT_THE_COUNTER_AT_ONCE, besides)
        ).result()

    def _due(self) -> list[WaitingEntry]:
        """The next batch; after a reconnection with nothing to send, the journal's last entry."""
        besides, size = self._besides(), self._size.entries
        batch = within_request(self._database.read(lambda tx: waiting.due(tx, size, besides)).result())
        if batch or not self._introduces:
            return batch
        return self._database.read(waiting.last_entry).result()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            try:
                rest_ms = self._round()
            except Exception:
                # A submitter that died would leave the backlog where it is for ever.
                logger.exception("the submitter failed; it goes on")
                self._breaker.failed()
                rest_ms = self._breaker.enter()
            if not self._closing.is_set():
                self._wake.wait(rest_ms / 1000)

    def _round(self) -> int:
        """Send one batch; milliseconds to rest."""
        if (for_a_customer_ms := self._for_a_customer_ms()) > 0:
            return for_a_customer_ms  # or woken at its end
        if self._line.state is LineState.OFFLINE and not self._line.is_unserved:
            rest_ms = self._tried_ms + OFFLINE_TRY_EVERY_MS - self._clock.monotonic_ms()
            if rest_ms > 0:
                return rest_ms
        self._tried_ms = self._clock.monotonic_ms()
        urgent = self._at_the_counter()
        if urgent:
            self._send_urgent(urgent)
            return 0
        rest_ms = self._breaker.enter()
        return min(rest_ms, self._rests.until_next_ms()) if rest_ms > 0 else self._send_backlog()

    def _send_urgent(self, batch: Sequence[WaitingEntry]) -> None:
        try:
            self._send(batch, COUNTER_TIMEOUT_MS)
        except (HubUnreachable, HubRefused, StorageError) as error:
            logger.info("charges in doubt have no answer yet: %s", error)
            asked_s = error.retry_after_s if isinstance(error, HubRefused) else None
            for entry in batch:
                self._rests.soon(entry.seq, at_the_counter=True, asked_s=asked_s)

    def _send_backlog(self) -> int:
        """Through the breaker: it hears whether the hub has answered."""
        batch: list[WaitingEntry] = []
        try:
            batch = self._due()
            if not batch:
                # Nothing to ask: what comes next finds out.
                self._breaker.worked()
                return self._rests.until_next_ms()
            _, took_ms = self._send(batch, BATCH_TIMEOUT_MS)
        except HubUnreachable as error:
            logger.info("no answer to the backlog: %s", error)
            self._size.failed()
            self._breaker.failed()
        except HubRefused as error:
            logger.warning("the hub refused the backlog: %s", error)
            self._size.failed()
            self._refused(batch, error)
        except StorageError:
            logger.exception("an answer could not be stored; it is asked again")
            self._breaker.failed()
        else:
            self._size.answered(len(batch), took_ms)
            self._breaker.worked()
        return 0

    def _refused(self, batch: Sequence[WaitingEntry], error: HubRefused) -> None:
        """One entry that the hub will not take holds up none of the others (faults.md 31)."""
        alone = batch[0] if len(batch) == 1 else None
        if alone is not None and error.problem.status in _NOT_THIS_ONE:
            logger.error("the hub does not take entry %d: it is set aside for an hour", alone.seq)
            self._rests.hourly(alone.seq)
            self._breaker.worked()
            return
        if alone is not None and error.problem.status >= 500:
            self._rests.soon(alone.seq, at_the_counter=False, asked_s=error.retry_after_s)
        self._breaker.failed(error.retry_after_s)
