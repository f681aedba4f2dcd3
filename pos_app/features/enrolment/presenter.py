"""Enrolment between its flow and the request in the background."""

import re
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal

from pos_app.appearance.translations import errors
from pos_app.appearance.translations import rooms as words
from pos_app.background.qt import QtBackground
from pos_app.features.enrolment.flow import EnrolCommand, EnrolmentFlow, EnrolmentScreen
from shared.problems import Refusal

Enrol = Callable[[EnrolCommand], object]
"""Makes the key and enrols. Returns what was opened, a `Refusal`, or None where the hub could not be reached."""

_ENROLMENT_QR: Final = re.compile(r"MPS-ENROL:(?P<hub>https?://[^#\s]+)#(?P<code>\S+)", re.IGNORECASE)


class EnrolmentPresenter(QObject):
    """Owns the flow; `enrolled` tells the opened terminal."""

    screen_changed = Signal(object)
    enrolled = Signal(object)

    def __init__(
        self, enrol: Enrol, background: QtBackground, name: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._enrol = enrol
        self._background = background
        self._flow = EnrolmentFlow(name)

    @property
    def screen(self) -> EnrolmentScreen:
        """What is shown now."""
        return self._flow.screen

    def fields_changed(self, hub: str, code: str, name: str) -> None:
        """The person typed."""
        self._flow.fields_changed(hub, code, name)

    def scanned(self, text: str) -> None:
        """A QR was read by camera or scanner."""
        found = _ENROLMENT_QR.fullmatch(text.strip())
        if found is None:
            self._flow.scanned(None, None)
        else:
            self._flow.scanned(found["hub"], found["code"])
        self._show()

    def confirm(self) -> None:
        """Enter."""
        command = self._flow.confirm()
        self._show()
        if command is not None:
            self._background.run("enrol", lambda: self._enrol(command), self._answered, self._failed)

    def _answered(self, answer: object) -> None:
        if isinstance(answer, Refusal):
            sentence = errors.SENTENCES.get(answer.code, words.ENROL_REFUSED)
            is_told = answer.code.value.startswith("ENROLMENT")
            self._flow.failed(sentence() if is_told else words.ENROL_REFUSED())
        elif answer is None:
            self._flow.failed(words.ENROL_NO_LINE())
        else:
            self._flow.done()
            self.enrolled.emit(answer)
        self._show()

    def _failed(self, error: Exception) -> None:
        self._flow.failed(words.ENROL_REFUSED())
        self._show()

    def _show(self) -> None:
        self.screen_changed.emit(self._flow.screen)
