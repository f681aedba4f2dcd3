"""Somebody's PIN beside what it is for, with a pad where the charge screen's stands."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from pos_app.appearance import sizes as px
from pos_app.appearance.pin_screen import PinScreen
from pos_app.appearance.sizes import sizes_for
from pos_app.appearance.translations import charging as charge_words
from pos_app.appearance.widgets import Keypad, button, frame, label
from shared.problems import Language

_BUTTON_HEIGHT = 72


class PinPanel(QWidget):
    """Draws a `PinScreen`."""

    key_pressed = Signal(str)
    action_pressed = Signal()
    back_pressed = Signal()
    moved = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("pin_view")
        self.panel: QFrame = frame(self, "pad_panel", "plain")
        self.title = label(self.panel, "pad_title", 32, bold=True)
        self.head = label(self.panel, "pad_head", px.DETAIL, bold=True)
        self.meaning = label(self.panel, "pad_meaning", px.BODY, wrap=True)
        self.means = label(self.panel, "pad_means", px.BODY, wrap=True)
        self.means.setProperty("tone", "secondary")
        for text in (self.meaning, self.means):
            text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.who = label(self.panel, "pad_who", px.DETAIL)
        self.dots = label(self.panel, "pad_dots", 56, bold=True)
        self.remark = label(self.panel, "pad_remark", 22, bold=True, wrap=True)
        self.other = button(self.panel, "pad_other", 28)
        self.back = button(self.panel, "pad_back", 24)
        self.keypad = Keypad(self)
        self.action = button(self, "pad_action", 36, role="action")
        self.keypad.pressed.connect(self.key_pressed)
        self.action.clicked.connect(self.action_pressed)
        self.back.clicked.connect(self.back_pressed)
        self.other.clicked.connect(lambda: self.moved.emit(1))
        self.other.setText("↓")
        self.hide()

    def show_screen(self, screen: PinScreen, language: Language) -> None:
        """Draw a moment."""
        for made, phrase in (
            (self.title, screen.title),
            (self.head, screen.head),
            (self.meaning, screen.meaning),
            (self.means, screen.means),
            (self.who, screen.who),
            (self.remark, screen.remark),
            (self.back, screen.back),
            (self.action, screen.action),
        ):
            made.setText("" if phrase is None else phrase.said_in(language))
        self.other.setVisible(screen.can_change)
        self.dots.setText("● " * screen.digits if screen.digits else "－ － － －")
        self.dots.setVisible(screen.who is not None)
        self.action.setEnabled(screen.can_go)
        self.keypad.set_words(
            charge_words.KEY_BACKSPACE().said_in(language), charge_words.KEY_CLEAR().said_in(language)
        )
        self.keypad.set_keys_enabled(screen.keys_enabled, decimals=False)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The pad at the right, the matter at the left."""
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

    def _arrange(self) -> None:
        pad, inner = 24, self.panel.width() - 48
        top = 16
        for made, height in (
            (self.title, px.label_height(32)),
            (self.head, px.label_height(px.DETAIL)),
            (self.meaning, 116),
            (self.means, 60),
        ):
            made.setGeometry(pad, top, inner, height)
            top += height + 8
        other = 64 if not self.other.isHidden() else 0
        self.who.setGeometry(pad, top, inner - other - 8, px.label_height(px.DETAIL))
        self.other.setGeometry(pad + inner - 64, top - 6, 64, 52)
        top += px.label_height(px.DETAIL) + 8
        self.dots.setGeometry(pad, top, inner, px.label_height(56))
        top += px.label_height(56)
        bottom = self.panel.height() - 16 - _BUTTON_HEIGHT
        self.remark.setGeometry(pad, top, inner, max(0, bottom - top - 8))
        self.back.setGeometry(pad, bottom, inner // 2, _BUTTON_HEIGHT)
