"""An answer of the hub's, read and stored: what both the live charge and the backlog do with it."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pos_app.hub_client import HubPort, HubRefused, HubUnreachable
from pos_app.journal import charges
from pos_app.journal.charges import Charge
from pos_app.journal.failpoints import reach
from pos_app.journal.waiting import WaitingEntry
from pos_app.storage import StorageConflict, Transaction
from pos_app.syncing.charge_book import ChargeBook, is_about_money
from pos_app.syncing.core import Answer, Signed, Undecided, Unreadable, Unsigned, read_answer
from pos_app.syncing.incarnations import mark_lost
from shared.api.journal import EntryResult, JournalResponse
from shared.journal_entries import Entry, EntryType, verify_entry

logger = logging.getLogger("mps.pos.syncing")

KEYS_ASKED_EVERY_MS: Final = 60_000
ChargeListener = Callable[[Charge, Charge], None]
"""Told of a charge before and after an answer changed it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one entry's answer; `ends_wait`: a new signed answer about a charge; `is_open`: its charge waits for
    one, and somebody with it."""

    entry: WaitingEntry
    answer: Answer
    ends_wait: bool
    is_open: bool


_Read = tuple[WaitingEntry, Entry, Answer]
_Kept = tuple[list[Taken], list[tuple[Charge, Charge]]]
"""What became of each answer, and the charges that changed: as they were and as they are."""


class Answering:
    """Reads and stores; tells of the charges that changed."""

    def __init__(self, book: ChargeBook, hub: HubPort) -> None:
        """`hub` is asked for keys alone."""
        self._book = book
        self._hub = hub
        self._keys_asked_ms = -KEYS_ASKED_EVERY_MS
        self._listeners: list[ChargeListener] = []
        self._batch_listeners: list[Callable[[], None]] = []

    def on_charge(self, listener: ChargeListener) -> None:
        """Tell the listener of each charge that an answer changed, on the thread that stored it."""
        self._listeners.append(listener)

    def on_batch(self, listener: Callable[[], None]) -> None:
        """Tell the listener after each stored answer, once the charges' listeners have heard."""
        self._batch_listeners.append(listener)

    @property
    def incarnation(self) -> str:
        """The hub's, as the newest answer told."""
        return self._book.hub_copy.facts.incarnation

    def take(self, sent: Sequence[WaitingEntry], response: JournalResponse) -> list[Taken]:
        """Verify outside the transaction, store inside one, then tell.

        Raises:
            StorageError: it could not be stored; it will be asked again.
        """
        read = self._read(sent, response)
        reach("after_answer_before_store")
        try:
            taken, changed = self._keep(read, response)
        except StorageConflict:
            logger.exception("an answer contradicts what is stored: each is stored by itself")
            taken, changed = self._store_one_by_one(read, response)
        reach("after_decision_commit")
        for before, after in changed:
            for listener in self._listeners:
                listener(before, after)
        for told in self._batch_listeners:
            told()
        return taken

    def _keep(self, read: Sequence[_Read], response: JournalResponse) -> _Kept:
        """The answers, and what they tell of the hub itself, in one commit."""

        def store(tx: Transaction, is_new_incarnation: bool) -> _Kept:
            if is_new_incarnation:
                mark_lost(tx, response.incarnation, response.verified_through)
            return self._store(tx, read, response)

        return self._book.hub_copy.take_answer(store, response.verified_through, response.incarnation)

    def _read(self, sent: Sequence[WaitingEntry], response: JournalResponse) -> list[_Read]:
        journal = self._book.journal
        entries = [verify_entry(entry.jws, journal.terminal_id, journal.verifier) for entry in sent]
        answers = self._answers(entries, response.results)
        if any(isinstance(answer, Unreadable) and answer.unknown_key for answer in answers):
            self._ask_for_keys()
            answers = self._answers(entries, response.results)
        for entry, answer in zip(entries, answers, strict=True):
            if isinstance(answer, Unreadable):
                logger.warning("the answer on entry %d cannot be believed: %s", entry.seq, answer.why)
        return list(zip(sent, entries, answers, strict=True))

    def _answers(self, entries: Sequence[Entry], results: Sequence[EntryResult]) -> list[Answer]:
        keys = self._book.hub_copy.facts.keys
        return [read_answer(entry, result, keys) for entry, result in zip(entries, results, strict=True)]

    def _ask_for_keys(self) -> None:
        """A key this terminal has not heard of: the hub may have changed it (faults.md 25). Not too often."""
        now = self._book.clock.monotonic_ms()
        if now - self._keys_asked_ms < KEYS_ASKED_EVERY_MS:
            return
        self._keys_asked_ms = now
        try:
            self._book.hub_copy.take_keys(self._hub.jwks())
        except (HubUnreachable, HubRefused) as error:
            logger.warning("the hub's keys cannot be read: %s", error)

    def _store(self, tx: Transaction, read: Sequence[_Read], response: JournalResponse) -> _Kept:
        taken: list[Taken] = []
        changed: list[tuple[Charge, Charge]] = []
        for waiting, entry, answer in read:
            before = charges.by_id(tx, waiting.charge) if waiting.charge else None
            new = False
            match answer:
                case Signed():
                    new = self._book.take_signed(tx, entry, waiting.charge, answer)
                    if waiting.type is EntryType.REVERSAL and answer.decision.status != "reversed":
                        logger.error("the hub refused the reversal %d: a person must look", entry.seq)
                case Unsigned() | Undecided():
                    self._book.take_unsigned(tx, entry, waiting.charge, answer, response.hub_time)
                case Unreadable():
                    pass  # logged; the entry is sent again
            after = charges.by_id(tx, waiting.charge) if waiting.charge else None
            if before is not None and after is not None and before != after:
                changed.append((before, after))
            ends = new and isinstance(answer, Signed) and is_about_money(waiting.type, answer.decision.status)
            taken.append(Taken(waiting, answer, ends, after is not None and after.state.is_open))
        return taken, changed

    def _store_one_by_one(self, read: Sequence[_Read], response: JournalResponse) -> _Kept:
        taken: list[Taken] = []
        changed: list[tuple[Charge, Charge]] = []
        for one in read:
            try:
                some, moved = self._keep([one], response)
            except StorageConflict:
                logger.exception("the answer on entry %d is set aside for a person", one[0].seq)
                some, moved = [Taken(one[0], Unreadable("contradicts what is stored"), False, False)], []
            taken += some
            changed += moved
        return taken, changed
