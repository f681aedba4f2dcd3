"""A plain screen: one title, one sentence, and the ways on."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.appearance import sizes as px
from pos_app.appearance.translations import rooms as words
from pos_app.appearance.widgets import button, frame, label
from pos_app.features.start_up.flow import StartUpScreen
from shared.problems import Language

_BUTTON_HEIGHT = 88


class StartUpView(QWidget):
    """Draws a `StartUpScreen`."""

    retry_pressed = Signal()
    quit_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start_up_view")
        panel = frame(self, "start_up_panel", "plain")
        self.title = label(panel, "start_up_title", 56, bold=True)
        self.body = label(panel, "start_up_body", px.DETAIL, wrap=True)
        self.detail = label(panel, "start_up_detail", px.SMALLEST_TEXT, wrap=True)
        self.detail.setProperty("tone", "secondary")
        self.retry = button(panel, "start_up_retry", 28, role="action")
        self.quit = button(panel, "start_up_quit", 28)
        for made in (self.retry, self.quit):
            made.setFixedHeight(_BUTTON_HEIGHT)
        self.retry.clicked.connect(self.retry_pressed)
        self.quit.clicked.connect(self.quit_pressed)
        column = QVBoxLayout(panel)
        column.setContentsMargins(48, 48, 48, 32)
        column.setSpacing(20)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.body)
        column.addStretch(2)
        buttons = QHBoxLayout()
        buttons.setSpacing(16)
        buttons.addWidget(self.retry, 2)
        buttons.addWidget(self.quit, 1)
        column.addLayout(buttons)
        column.addWidget(self.detail)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.addWidget(panel)
        self._screen: StartUpScreen | None = None
        self._language: Language = "zh_TW"

    def show_screen(self, screen: StartUpScreen) -> None:
        """Draw a moment."""
        self._screen = screen
        self._draw()

    def set_language(self, language: Language) -> None:
        """Say everything in another language."""
        self._language = language
        self._draw()

    def _draw(self) -> None:
        screen, language = self._screen, self._language
        self.retry.setText(words.START_RETRY().said_in(language))
        self.quit.setText(words.START_QUIT().said_in(language))
        if screen is None:
            return
        self.title.setText(screen.title.said_in(language))
        self.body.setText(screen.body.said_in(language))
        self.detail.setText("" if screen.detail is None else screen.detail.said_in(language))
        self.retry.setVisible(screen.can_retry)
        self.quit.setVisible(screen.can_retry)
