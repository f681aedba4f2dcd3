"""The counter: an opened terminal put into the window. It wires presenters to views and knows who is signed in."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import charging as charge_words
from pos_app.appearance.translations import inbox as inbox_words
from pos_app.appearance.translations import rooms as room_words
from pos_app.appearance.translations import window as words
from pos_app.background.qt import QtBackground
from pos_app.desktop.line_words import beside_camera, line_words
from pos_app.desktop.main_window import MainWindow, Page
from pos_app.desktop.pages import history_page, inbox_page, shift_page, sign_in_page
from pos_app.desktop.printing import (
    Papers,
    said_of_closing,
    said_of_printer,
    said_of_receipt,
    said_of_reprint,
    said_of_slip,
    said_of_status,
)
from pos_app.desktop.rows import Place
from pos_app.desktop.terminal import Terminal
from pos_app.devices.printer.port import Printer, PrinterStatus
from pos_app.devices.printer.spooler import JobStatus, PrintSpooler
from pos_app.features.charging.outcomes import GivenUp
from pos_app.features.charging.presenter import AtTheCounter, ChargePresenter, Figures
from pos_app.features.charging.sale import Manager
from pos_app.features.charging.view import ChargeView
from pos_app.features.history.flow import HistoryRow
from pos_app.features.history.presenter import HistoryPresenter, HistoryWork
from pos_app.features.inbox.flow import InboxRow
from pos_app.features.inbox.manager_pin import Manager as InboxManager
from pos_app.features.inbox.phrases import meaning_of
from pos_app.features.inbox.presenter import InboxPresenter, InboxWork
from pos_app.features.shift.flow import OpenShift
from pos_app.features.shift.presenter import ShiftPresenter, ShiftWork
from pos_app.features.sign_in.flow import Person
from pos_app.features.sign_in.presenter import SignInPresenter
from shared.clock import Clock
from shared.money import format_amount

_DIGITS = frozenset({*"0123456789", "00", ".", "back", "clear"})
_CLOSE_SPOOLER_S = 5.0
_REFRESH_MS = 1_000


class Counter(QObject):
    """One opened terminal in one window, from sign-in to closing."""

    def __init__(
        self, window: MainWindow, terminal: Terminal, printer: Printer, clock: Clock, background: QtBackground
    ) -> None:
        super().__init__(window)
        self._window = window
        self._terminal = terminal
        self._printer = printer
        self._background = background
        self._person: Person | None = None
        self._closed_shift = ""
        self._spooler = PrintSpooler(printer, lambda status: background.post(lambda: self._printed(status)))
        self._papers = Papers(terminal, self._spooler, clock, lambda: window.language)
        self._make_presenters(clock)
        self._add_pages()
        window.place_pressed.connect(self._go_to)
        terminal.on_change(lambda: background.post(self._news))
        # What depends on time alone (until when one may go on offline) is drawn anew by the second.
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._draw_line)
        self._timer.start(_REFRESH_MS)
        background.run("ask the printer", printer.status, self._printer_answered, self._work_failed)
        background.run("recall the last charge", terminal.history, self._recalled, self._work_failed)
        self._news()
        self.lock(is_lock=False)

    @property
    def _cashier(self) -> str:
        return "" if self._person is None else self._person.staff_id

    def _make_presenters(self, clock: Clock) -> None:
        terminal, background, identity = self._terminal, self._background, self._terminal.identity()
        self.charge = ChargePresenter(
            terminal.desk,
            background,
            clock,
            self._papers,
            self._check_manager,
            Figures(exponent=identity.exponent, response_timeout_ms=identity.response_timeout_ms),
            self,
        )
        self.sign_in = SignInPresenter(terminal.check_pin, background, clock, self)
        self.shift = ShiftPresenter(
            ShiftWork(
                figures=terminal.shift_figures,
                open_shift=terminal.open_shift,
                print_x=lambda cashier: self._papers.print_report(terminal.x_report(cashier)),
                close_shift=lambda cashier: self._papers.print_report(terminal.close_shift(cashier)),
            ),
            background,
            self,
        )
        self.history = HistoryPresenter(
            HistoryWork(rows=terminal.history, reprint=self._papers.print_again),
            background,
            identity.zone,
            identity.exponent,
            self,
        )
        self.inbox = InboxPresenter(
            InboxWork(
                rows=terminal.inbox,
                give_up=self._give_up,
                print_slip=self._print_slip,
                check_manager=self._check_manager,
                note=self._note_matter,
            ),
            background,
            self,
        )

    def _add_pages(self) -> None:
        identity = self._terminal.identity()
        self._add_charge()

        def home() -> None:
            self._go_to(Place.CHARGE)

        for name, page in (
            ("sign_in", sign_in_page(self.sign_in)),
            ("shift", shift_page(self.shift, identity, home)),
            ("history", history_page(self.history, home)),
            ("inbox", inbox_page(self.inbox, identity, home)),
        ):
            self._window.add_page(name, page)
        self.inbox.counted.connect(self._to_do_counted)
        self.charge.last_changed.connect(self._last_changed)
        self.charge.money_moved.connect(self._money_moved)
        self.sign_in.signed_in.connect(self._signed_in)
        self.shift.opened.connect(self._shift_opened)
        self.shift.closed.connect(self._shift_closed)

    def _add_charge(self) -> None:
        self.charge_view = view = ChargeView()
        presenter = self.charge
        presenter.screen_changed.connect(view.show_screen)
        view.key_pressed.connect(presenter.press)
        view.action_pressed.connect(presenter.act)
        view.choice_pressed.connect(presenter.choose)
        self._window.add_page(
            "charge",
            Page(
                view=view,
                set_language=view.set_language,
                key=self._charge_key,
                scanned=presenter.code_text,
                spoilt=presenter.scan_spoilt,
                digits_scanned=presenter.digits_scanned,
                shown=presenter.show,
                place=Place.CHARGE,
            ),
        )

    def _charge_key(self, key: str) -> bool:
        actions: dict[str, Callable[[], None]] = {
            "enter": self.charge.confirm,
            "esc": self.charge.cancel,
            "f5": self.charge.approve_offline,
            "up": lambda: self.charge.choose_manager(-1),
            "down": lambda: self.charge.choose_manager(1),
        }
        if key in actions:
            actions[key]()
        elif key in _DIGITS:
            self.charge.press(key)
        return key in actions or key in _DIGITS

    def lock(self, *, is_lock: bool = True) -> None:
        """Nobody stands here; what is under way goes on behind."""
        self._person = None
        self.charge.set_counter(None)
        self.inbox.leave()
        self._window.words.is_open = False
        self._draw_who()
        self.sign_in.begin(self._terminal.staff(), is_lock=is_lock)
        self._window.show_page("sign_in")

    def close(self) -> None:
        """Finish the paper that is printing, and the work that runs; then close the terminal."""
        self._timer.stop()
        self._spooler.close(_CLOSE_SPOOLER_S)
        self._background.close()
        self._terminal.close()

    def _go_to(self, place: Place) -> None:
        match place:
            case Place.LOCK:
                self.lock()
            case Place.REPRINT:
                self._reprint_last()
            case Place.SHIFT:
                self._show_shift()
            case Place.CHARGE if self._terminal.current_shift() is None:
                self._show_shift()
            case _:
                self._window.show_page(place.name.lower())

    def _show_shift(self) -> None:
        if self._person is not None:
            self.shift.begin(self._person.staff_id, self._person.name)
            self._window.show_page("shift")

    def _signed_in(self, person: Person) -> None:
        self._person = person
        self._closed_shift = ""
        shift = self._terminal.current_shift()
        self._window.words.is_open = shift is not None
        if shift is None:
            self._draw_who()
            self._show_shift()
        else:
            self._stand_at(shift)

    def _shift_opened(self, shift: OpenShift) -> None:
        self._window.words.is_open = True
        self._stand_at(shift)

    def _stand_at(self, shift: OpenShift) -> None:
        self.charge.set_counter(AtTheCounter(self._cashier, shift.shift_id))
        self._draw_who()
        self._window.show_page("charge")

    def _shift_closed(self, number: str) -> None:
        """The successor's PIN comes next; until then the sign-in says how the shift ended."""
        self._closed_shift = number
        self.lock(is_lock=False)
        self._say_closing()

    def _say_closing(self) -> None:
        status = self._papers.report_status()
        if self._person is None and self._closed_shift and status is not None:
            self.sign_in.notify(said_of_closing(self._closed_shift, status))

    def _check_manager(self, staff_id: str, pin: str) -> Phrase | None:
        answer = self._terminal.check_manager(staff_id, pin)
        if answer.is_right:
            return None
        if answer.wait_s:
            return room_words.SIGN_IN_WAIT(seconds=str(answer.wait_s))
        return room_words.SIGN_IN_WRONG()

    def _give_up(self, entry_id: str) -> Phrase:
        outcome = self._terminal.desk.give_up(entry_id)
        is_given_up = isinstance(outcome, GivenUp)
        return inbox_words.GIVEN_UP() if is_given_up else inbox_words.ANSWERED()

    def _print_slip(self, row: InboxRow) -> Phrase:
        language = self._window.language
        slip = self._terminal.slip_of(row, meaning_of(row).said_in(language))
        return said_of_slip(self._papers.print_slip(slip, language))

    def _note_matter(self, row: InboxRow, staff_id: str) -> Phrase:
        if not self._terminal.note_matter(row, staff_id):
            return inbox_words.NOTED_BEFORE()
        names = {one.staff_id: one.name for one in self._terminal.staff()}
        return inbox_words.NOTED(name=names.get(staff_id, staff_id))

    def _reprint_last(self) -> None:
        entry_id = self._papers.last_entry
        self._background.run("reprint", lambda: self._reprint(entry_id), self._reprinted, self._work_failed)

    def _reprint(self, entry_id: str | None) -> int | None:
        """The last approval of this run, or the newest in the journal."""
        if entry_id is None:
            entry_id = next((row.entry_id for row in self._terminal.history() if row.can_reprint), None)
        return None if entry_id is None else self._papers.print_again(entry_id)

    def _reprinted(self, number: int | None) -> None:
        self._say_last(said_of_reprint(number))

    def _work_failed(self, error: Exception) -> None:
        self._say_last(words.WORK_FAILED())

    def _say_last(self, phrase: Phrase) -> None:
        self._window.words.last = phrase
        self._window.draw_frame()

    def _printed(self, told: JobStatus) -> None:
        # Two threads tell of one job, so "queued" may arrive last: what counts is how the job stands now.
        status = self._spooler.status_of(told.job_id) or told
        self._window.words.printer = said_of_printer(status)
        if status.job_id == self._papers.last_entry:
            self.charge.receipt_said(said_of_receipt(status))
        self._say_closing()
        self._window.draw_frame()

    def _printer_answered(self, status: PrinterStatus) -> None:
        self._window.words.printer = said_of_status(status)
        self._window.draw_frame()

    def _last_changed(self, phrase: Phrase | None) -> None:
        self._window.words.last = phrase
        self._window.draw_frame()

    def _recalled(self, rows: tuple[HistoryRow, ...]) -> None:
        """After a start the last charge is said as the journal has it: one that was interrupted is cancelled."""
        if not rows or self._window.words.last is not None:
            return
        row, identity = rows[0], self._terminal.identity()
        self._say_last(
            charge_words.LAST_BEFORE(
                at=f"{row.at.astimezone(identity.zone):%H:%M}",
                amount=format_amount(row.payable, identity.exponent),
                state=room_words.HISTORY_STATES[row.state](),
            )
        )

    def _money_moved(self) -> None:
        self._news()

    def _to_do_counted(self, count: int) -> None:
        self._window.words.to_do = count
        self._window.draw_frame()

    def _news(self) -> None:
        """Line, staff, policy or journal changed."""
        staff = self._terminal.staff()
        managers = [one for one in staff if one.is_manager]
        self.charge.set_managers([Manager(one.staff_id, one.name) for one in managers])
        self.inbox.set_managers([InboxManager(one.staff_id, one.name) for one in managers])
        if self._person is None and self._window.current == "sign_in":
            self.sign_in.update_people(staff)
        self.inbox.refresh()
        if self._window.current == "shift":
            self.shift.refresh()
        self._draw_line()
        self._draw_who()

    def _draw_line(self) -> None:
        identity = self._terminal.identity()
        status = self._terminal.line_status()
        line = line_words(status, identity.zone, identity.exponent)
        now = self._terminal.now()
        self.charge_view.set_hint(beside_camera(status, now, identity.zone, identity.exponent))
        if line != self._window.words.line:
            self._window.words.line = line
            self._window.draw_frame()

    def _draw_who(self) -> None:
        identity, person = self._terminal.identity(), self._person
        who = words.STORE_AND_TERMINAL(store=identity.store_name, terminal=identity.terminal_no)
        if person is not None:
            shift = self._terminal.current_shift()
            at = words.CASHIER(name=person.name)
            if shift is not None:
                at = words.CASHIER_AND_SHIFT(name=person.name, shift=shift.number)
            who = words.WHO_AND_WHERE(place=who, person=at)
        self._window.words.who = who
        self._window.draw_frame()
