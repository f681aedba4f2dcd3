"""Sign-in between its flow and the PIN check in the background."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations.window import WORK_FAILED
from pos_app.background.qt import QtBackground
from pos_app.features.sign_in.flow import Person, PinAnswer, SignInFlow, SignInScreen
from shared.clock import Clock

_TICK_MS = 250
CheckPin = Callable[[str, str], PinAnswer]
"""Staff id and PIN to the answer; slow (bcrypt), so never on the window's thread."""


class SignInPresenter(QObject):
    """Owns the flow. `signed_in` tells the person."""

    screen_changed = Signal(object)
    signed_in = Signal(object)

    def __init__(
        self, check_pin: CheckPin, background: QtBackground, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._check_pin = check_pin
        self._background = background
        self._clock = clock
        self._flow = SignInFlow()
        self._last: str | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)

    @property
    def screen(self) -> SignInScreen:
        """What is shown now."""
        return self._flow.screen

    def begin(self, people: Sequence[Person], *, is_lock: bool) -> None:
        """Show the sign-in."""
        self._flow.begin(people, is_lock=is_lock, last=self._last)
        self._timer.start(_TICK_MS)
        self._show()

    def notify(self, notice: Phrase) -> None:
        """Say how the last one left, until the next sign-in."""
        self._flow.notify(notice)
        self._show()

    def update_people(self, people: Sequence[Person]) -> None:
        """The hub told of other people."""
        self._flow.update_people(people)
        self._show()

    def press(self, key: str) -> None:
        """A key of the pad."""
        self._flow.press(key)
        self._show()

    def digits_scanned(self, _count: int) -> None:
        """A barcode was scanned where a PIN is typed."""
        self._flow.digits_scanned()
        self._show()

    def choose(self, place: int) -> None:
        """A name was pressed."""
        self._flow.choose(place)
        self._show()

    def move(self, step: int) -> None:
        """↑ or ↓."""
        self._flow.move(step)
        self._show()

    def confirm(self) -> None:
        """Enter."""
        check = self._flow.confirm()
        self._show()
        if check is not None:
            self._background.run(
                "check PIN",
                lambda: self._check_pin(check.person.staff_id, check.pin),
                self._answered,
                self._failed,
            )

    def _answered(self, answer: PinAnswer) -> None:
        person = self._flow.answered(answer, self._clock.monotonic_ms())
        self._show()
        if person is not None:
            self._last = person.staff_id
            self._timer.stop()
            self.signed_in.emit(person)

    def _failed(self, error: Exception) -> None:
        self._flow.failed(WORK_FAILED())
        self._show()

    def _tick(self) -> None:
        self._flow.tick(self._clock.monotonic_ms())
        self._show()

    def _show(self) -> None:
        self.screen_changed.emit(self._flow.screen)
