"""A terminal from its data directory: everything put together, nothing started."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from pos_app.devices.key_store.port import KeyStore, KeyStoreFailed
from pos_app.features.charging.desk import Desk
from pos_app.features.charging.outcomes import Outcome
from pos_app.features.enrolment.enrol import Enrolling
from pos_app.features.history.past_charges import PastCharges
from pos_app.features.inbox.pending_matters import PendingMatters
from pos_app.features.shift.shift_desk import ShiftDesk
from pos_app.features.sign_in.check_pin import PinCheck
from pos_app.features.start_up.recover_charges import recover_charges
from pos_app.hub_client import HubPort, TerminalIdentity
from pos_app.hub_copy import HubCopy
from pos_app.journal.charges import Charge
from pos_app.journal.failpoints import check_choice, reach
from pos_app.journal.journal import Journal
from pos_app.settings import KeyStoreKind, Settings
from pos_app.storage import Database
from pos_app.syncing.answering import Answering
from pos_app.syncing.charge_book import ChargeBook
from pos_app.syncing.feed_reader import FeedReader
from pos_app.syncing.hub_clock import HubClock
from pos_app.syncing.journal_watch import JournalWatch, prove_at_start
from pos_app.syncing.line import LineState, LineStatus
from pos_app.syncing.line_watch import LineWatch
from pos_app.syncing.status_board import StatusBoard
from pos_app.syncing.submitter import Submitter
from pos_app.syncing.watched_hub import WatchedHub
from shared.clock import Clock, SystemClock
from shared.ids import IdSource

MakeHub = Callable[[str, Clock, TerminalIdentity | None], HubPort]
"""Makes the port to the hub at an address; who the terminal is, is None while it enrols."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A terminal that is open: its use cases, its line, and the way to close it. Made by `build_terminal`.

    Attributes:
        recovered: the charges without an outcome that opening it has reversed.
    """

    settings: Settings
    hub_copy: HubCopy
    clock: HubClock
    desk: Desk
    shift: ShiftDesk
    pins: PinCheck
    history: PastCharges
    inbox: PendingMatters
    line: LineWatch
    board: StatusBoard
    submitter: Submitter
    feed: FeedReader
    journal_watch: JournalWatch
    database: Database
    book: ChargeBook
    hub: HubPort
    recovered: tuple[Charge, ...]

    def on_line_status(self, listener: Callable[[LineStatus], None]) -> None:
        """Tell the listener now and after each change, from any thread."""
        self.board.subscribe(listener)

    def on_late_outcome(self, listener: Callable[[Outcome], None]) -> None:
        """Tell the listener when a charge in doubt gets its answer, from any thread."""
        self.desk.on_late_outcome(listener)

    def start(self) -> None:
        """Begin to watch the line, to read the feed and to send; after the listeners are there."""
        self.line.start(self.hub)
        self.feed.start()
        self.submitter.start()
        self.journal_watch.start()

    def close(self) -> None:
        """Stop the threads in bounded time, wipe a code in hand, release the data directory."""
        self.desk.forget_code()
        self.submitter.stop()
        # A request into a line that swallows would be waited for until its own time is up: whoever waits is let go.
        self.hub.close()
        self.line.close()
        self.feed.close()
        self.submitter.close()
        self.journal_watch.close()
        # A line that was lost meanwhile began with fresh connections.
        self.hub.close()
        self.database.close()


def app_version() -> str:
    """This program's version."""
    return version("mps")


def build_terminal(
    settings: Settings, *, make_hub: MakeHub | None = None, machine: Clock | None = None
) -> Terminal:
    """Open the data directory, prove the journal, reverse what a crash left, and put everything together.

    Nothing is sent before `start`.

    Raises:
        DataDirectoryInUse, NewerDatabase, StorageError: see `Database`.
        NotEnrolled: there is no terminal yet.
        KeyStoreFailed: its key is missing or cannot be read.
        JournalDamaged: its journal does not verify.
    """
    check_choice()
    clock = HubClock(machine or SystemClock())
    database = Database(settings.data_dir)
    try:
        hub_copy = HubCopy(database)
        key = key_store(settings).load()
        if key is None:
            raise KeyStoreFailed("the terminal's key is gone: enrol again in a new data directory")
        facts, ids = hub_copy.facts, IdSource(clock)
        book = ChargeBook(Journal(facts.terminal_id, key), hub_copy, clock, ids.new)
        if facts.clock_locked:
            clock.lock()
        proved_from = prove_at_start(database, book)
        recovered = recover_charges(database, book)
        identity = TerminalIdentity(facts.terminal_id, key, facts.certificate)
        hub = (make_hub or http_hub)(facts.hub, clock, identity)
        return _compose(settings, database, book, hub, recovered, proved_from)
    except BaseException:
        database.close()
        raise


def _compose(
    settings: Settings,
    database: Database,
    book: ChargeBook,
    bare_hub: HubPort,
    recovered: tuple[Charge, ...],
    proved_from: int,
) -> Terminal:
    clock, hub_copy = book.clock, book.hub_copy
    line = LineWatch(clock, random.random)
    hub = WatchedHub(bare_hub, line, clock)
    answering = Answering(book, hub)
    submitter = Submitter(database, hub, line, answering, clock, random.random)
    board = StatusBoard(database, book, line)
    feed = FeedReader(
        database,
        hub,
        hub_copy,
        clock,
        line,
        on_settled=submitter.settled,
        on_contact=board.refresh,
        on_opened=submitter.introduce,
        chance=random.random,
    )
    desk = Desk(database, book, submitter, line, board.refresh)
    answering.on_charge(desk.charge_changed)
    answering.on_batch(board.refresh)

    journal_watch = JournalWatch(
        database,
        settings.data_dir,
        book,
        proved_from=proved_from,
        on_tick=board.refresh,
        on_damage=board.refresh,
    )

    _tell_of_line(line, feed, submitter, hub, board)

    def entry_written() -> None:
        submitter.wake()
        board.refresh()

    return Terminal(
        settings=settings,
        hub_copy=hub_copy,
        clock=clock,
        desk=desk,
        shift=ShiftDesk(database, book, entry_written),
        pins=PinCheck(database, hub_copy, clock),
        history=PastCharges(database, hub_copy, clock),
        inbox=PendingMatters(database, clock),
        line=line,
        board=board,
        submitter=submitter,
        feed=feed,
        journal_watch=journal_watch,
        database=database,
        book=book,
        hub=hub,
        recovered=recovered,
    )


def _tell_of_line(
    line: LineWatch, feed: FeedReader, submitter: Submitter, hub: HubPort, board: StatusBoard
) -> None:
    """Whoever waits for the line, or holds a connection over it, hears of its changes."""

    line.on_change(_on_line(feed, submitter, hub, board))


def _on_line(
    feed: FeedReader, submitter: Submitter, hub: HubPort, board: StatusBoard
) -> Callable[[LineState], None]:
    """What a line that comes or goes means to those who ask over it."""

    def changed(state: LineState) -> None:
        if state is LineState.OFFLINE:
            feed.line_is_lost()
            submitter.line_is_lost()
            hub.reset()
        else:
            feed.line_is_back()
            submitter.line_is_back()
        board.refresh()

    return changed


def build_enrolment(settings: Settings, machine: Clock | None = None) -> tuple[Enrolling, Database]:
    """What enrols; close the database before `build_terminal`.

    Raises:
        DataDirectoryInUse, NewerDatabase, StorageError: see `Database`.
    """
    database = Database(settings.data_dir)
    ids = IdSource(machine or SystemClock())
    return Enrolling(database, key_store(settings), ids.new, app_version()), database


def key_store(settings: Settings) -> KeyStore:
    """Where this terminal's key is kept."""
    from pos_app.devices.key_store.key_file import KeyFile

    file = KeyFile(settings.data_dir)
    if settings.key_store is KeyStoreKind.FILE:
        return file
    # keyring looks for back ends as it is imported, which a command that needs none should not wait for.
    from pos_app.devices.key_store.os_key_store import FirstThatWorks, OsKeyStore

    return FirstThatWorks(OsKeyStore(settings.data_dir), file)


def http_hub(address: str, clock: Clock, identity: TerminalIdentity | None) -> HubPort:
    """The real hub over HTTP.

    Raises:
        InsecureAddress: neither https nor this machine.
    """
    from pos_app.hub_client.http_hub import HttpHub

    ids = IdSource(clock)
    return HttpHub(
        address,
        clock=clock,
        new_id=ids.new,
        identity=identity,
        audience=address,
        before_read=lambda: reach("after_send_before_read"),
    )
