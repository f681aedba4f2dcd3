"""Names at the left, the PIN pad at the right, at the places of the charge screen's keypad."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from pos_app.appearance import sizes as px
from pos_app.appearance.sizes import sizes_for
from pos_app.appearance.translations import charging as charge_words
from pos_app.appearance.translations import rooms as words
from pos_app.appearance.widgets import Keypad, button, frame, label, set_role
from pos_app.features.sign_in.flow import SignInScreen
from shared.problems import Language

_ROW = 72
_PEOPLE_SHOWN = 6


class SignInView(QWidget):
    """Draws a `SignInScreen`."""

    key_pressed = Signal(str)
    person_chosen = Signal(int)
    action_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sign_in_view")
        self.panel: QFrame = frame(self, "sign_in_panel", "plain")
        self.title = label(self.panel, "sign_in_title", 32, bold=True)
        self.people: list[QPushButton] = []
        self.remark = label(self.panel, "sign_in_remark", 24, bold=True, wrap=True)
        self.pin_of = label(self.panel, "sign_in_pin_of", px.DETAIL)
        self.dots = label(self.panel, "sign_in_dots", 56, bold=True)
        self.hint = label(self.panel, "sign_in_hint", px.BODY)
        self.hint.setProperty("tone", "secondary")
        self.notice = label(self.panel, "sign_in_notice", px.BODY, bold=True)
        self.keypad = Keypad(self)
        self.action = button(self, "sign_in_action", 36, role="action")
        self.keypad.pressed.connect(self.key_pressed)
        self.action.clicked.connect(self.action_pressed)
        self._screen: SignInScreen | None = None
        self._first = 0
        self._language: Language = "zh_TW"

    def show_screen(self, screen: SignInScreen) -> None:
        """Draw a moment."""
        self._screen = screen
        self._draw()

    def set_language(self, language: Language) -> None:
        """Say everything in another language."""
        self._language = language
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The pad stands where the charge screen's does."""
        sizes = sizes_for(self.window().width(), self.window().height())
        left = self.width() - sizes.margin - sizes.right_width
        self.keypad.set_sizes(sizes)
        self.keypad.move(left, sizes.margin)
        top = sizes.margin + self.keypad.height() + sizes.row_gap
        self.action.setGeometry(left, top, sizes.right_width, sizes.action_height)
        self.panel.setGeometry(
            sizes.margin, sizes.margin, left - 2 * sizes.margin, top + sizes.action_height - sizes.margin
        )
        self._arrange()

    def _draw(self) -> None:
        screen, language = self._screen, self._language
        self.keypad.set_words(
            charge_words.KEY_BACKSPACE().said_in(language), charge_words.KEY_CLEAR().said_in(language)
        )
        self.action.setText(words.SIGN_IN_GO().said_in(language))
        self.hint.setText(words.SIGN_IN_KEYS().said_in(language))
        if screen is None:
            return
        self.title.setText(screen.title.said_in(language))
        self._draw_people(screen)
        remark = screen.remark
        self.remark.setText("" if remark is None else remark.said_in(language))
        self.remark.setVisible(remark is not None)
        notice = screen.notice
        self.notice.setText("" if notice is None else notice.said_in(language))
        self.notice.setVisible(notice is not None)
        self.hint.setVisible(notice is None)
        if screen.people:
            chosen = screen.people[screen.chosen]
            self.pin_of.setText(words.SIGN_IN_PIN_OF(name=chosen.name).said_in(language))
        self.pin_of.setVisible(bool(screen.people))
        self.dots.setText("● " * screen.digits if screen.digits else "－ － － －")
        self.dots.setVisible(bool(screen.people))
        self.keypad.set_keys_enabled(screen.keys_enabled, decimals=False)
        self.action.setEnabled(screen.can_go)
        self._arrange()

    def _draw_people(self, screen: SignInScreen) -> None:
        first = max(0, min(screen.chosen - _PEOPLE_SHOWN // 2, len(screen.people) - _PEOPLE_SHOWN))
        shown = screen.people[first : first + _PEOPLE_SHOWN]
        while len(self.people) < len(shown):
            made = button(self.panel, f"person_{len(self.people)}", 24)
            self.people.append(made)
            made.clicked.connect(partial(self._chosen, len(self.people) - 1))
        self._first = first
        for place, made in enumerate(self.people):
            made.setVisible(place < len(shown))
            if place < len(shown):
                person = shown[place]
                role = words.ROLE_MANAGER() if person.is_manager else words.ROLE_CASHIER()
                made.setText(words.STAFF_ROW(name=person.name, role=role).said_in(self._language))
                set_role(made, "chosen" if first + place == screen.chosen else "")

    def _chosen(self, place: int, _checked: bool = False) -> None:
        self.person_chosen.emit(self._first + place)

    def _arrange(self) -> None:
        width, height = self.panel.width(), self.panel.height()
        pad = 24
        inner = width - 2 * pad
        self.title.setGeometry(pad, pad, inner, px.label_height(32))
        top = pad + px.label_height(32) + 12
        half = (inner - 12) // 2
        for place, made in enumerate(self.people):
            row, column = divmod(place, 2)
            made.setGeometry(pad + column * (half + 12), top + row * (_ROW + 12), half, _ROW)
        shown = sum(not made.isHidden() for made in self.people)
        top += -(-shown // 2) * (_ROW + 12) + 16
        self.pin_of.setGeometry(pad, top, inner, px.label_height(px.DETAIL))
        top += px.label_height(px.DETAIL)
        self.dots.setGeometry(pad, top, inner, px.label_height(56))
        bottom = height - pad - px.label_height(px.BODY)
        for line in (self.hint, self.notice):
            line.setGeometry(pad, bottom, inner, px.label_height(px.BODY))
        top = top + px.label_height(56) if not self.dots.isHidden() else pad + 80
        self.remark.setGeometry(pad, top, inner, max(0, min(120, bottom - top)))
        self.remark.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
