"""A plain screen: one title, what is wrong, and the ways on; a path where a place is asked for."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from pos_app.appearance import sizes as px
from pos_app.appearance.type import font
from pos_app.appearance.widgets import button, frame, label, set_role
from pos_app.features.start_up.flow import StartUpScreen, Way
from shared.problems import Language

_BUTTON_HEIGHT = 72
_FIELD_HEIGHT = 60
_PLACE_HEIGHT = 48
_PLACES = 3
_MAIN = frozenset({Way.RETRY, Way.GO, Way.CARRY})


class StartUpView(QWidget):
    """Draws a `StartUpScreen`."""

    way_taken = Signal(object)
    place_chosen = Signal(int)
    path_typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start_up_view")
        panel = frame(self, "start_up_panel", "plain")
        self.title = label(panel, "start_up_title", 40, bold=True)
        self.body = label(panel, "start_up_body", 24, wrap=True)
        self.remark = label(panel, "start_up_remark", 22, bold=True, wrap=True)
        self.detail = label(panel, "start_up_detail", px.SMALLEST_TEXT, wrap=True)
        self.detail.setProperty("tone", "secondary")
        self.field = QLineEdit(panel)
        self.field.setObjectName("path_field")
        self.field.setFont(font(22))
        self.field.setFixedHeight(_FIELD_HEIGHT)
        self.field.textEdited.connect(self.path_typed)
        self.places = [button(panel, f"start_up_place_{n}", 18) for n in range(_PLACES)]
        self.buttons: dict[Way, QPushButton] = {
            way: button(panel, f"start_up_{way.value}", 24) for way in Way
        }
        for number, made in enumerate(self.places):
            made.setFixedHeight(_PLACE_HEIGHT)
            made.setStyleSheet("text-align: left; padding-left: 12px;")
            made.clicked.connect(partial(self._place_pressed, number))
        for way, made in self.buttons.items():
            made.setFixedHeight(_BUTTON_HEIGHT)
            made.clicked.connect(partial(self._pressed, way))
        column = QVBoxLayout(panel)
        column.setContentsMargins(48, 24, 48, 20)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.body)
        column.addWidget(self.field)
        for made in self.places:
            column.addWidget(made)
        column.addWidget(self.remark)
        column.addStretch(2)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, ways in ((first, (Way.CARRY, Way.ENROL)), (second, (Way.RETRY, Way.GO, Way.BACK, Way.QUIT))):
            row.setSpacing(16)
            for way in ways:
                row.addWidget(self.buttons[way], 2 if way in _MAIN else 1)
            column.addLayout(row)
        column.addWidget(self.detail)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.addWidget(panel)
        self._column = column
        self._screen: StartUpScreen | None = None
        self._language: Language = "zh_TW"

    def show_screen(self, screen: StartUpScreen) -> None:
        """Draw a moment; a path that is asked for takes the keys."""
        was_asked = self._screen is not None and self._screen.path is not None
        self._screen = screen
        self._draw()
        if screen.path is not None and not was_asked:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
            self.field.deselect()
        elif screen.path is None and was_asked:
            self.window().setFocus()

    def set_language(self, language: Language) -> None:
        """Say everything in another language."""
        self._language = language
        self._draw()

    def _pressed(self, way: Way, _checked: bool = False) -> None:
        self.way_taken.emit(way)

    def _place_pressed(self, number: int, _checked: bool = False) -> None:
        self.place_chosen.emit(number)

    def _draw(self) -> None:
        screen, language = self._screen, self._language
        shown = {} if screen is None else dict(screen.ways)
        # Where the journal can be carried out, that comes first; trying again is no longer the main thing.
        main = Way.CARRY if Way.CARRY in shown else next(iter(shown), None)
        for way, made in self.buttons.items():
            made.setVisible(way in shown)
            set_role(made, "action" if way is main else "")
            if way in shown:
                made.setText(shown[way].said_in(language))
        if screen is None:
            return
        self.title.setText(screen.title.said_in(language))
        self.body.setText(screen.body.said_in(language))
        for text, phrase in ((self.remark, screen.remark), (self.detail, screen.detail)):
            text.setText("" if phrase is None else phrase.said_in(language))
        self.remark.setVisible(screen.remark is not None)
        self.detail.setVisible(screen.detail is not None)
        self.field.setVisible(screen.path is not None)
        self.field.setReadOnly(not screen.ways)
        if screen.path is not None and self.field.text() != screen.path:
            self.field.setText(screen.path)
        for number, place in enumerate(self.places):
            place.setVisible(number < len(screen.places))
            if number < len(screen.places):
                place.setText(screen.places[number])
                set_role(place, "chosen" if screen.places[number] == screen.path else "")
        # Laid out at once: between two layouts a longer sentence would be seen cut off.
        self._column.activate()
