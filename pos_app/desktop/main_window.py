"""The window's frame: three rows and one page between them. Keys and scans go to the page; F-keys go to the navigation."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from pos_app.appearance import sizes as px
from pos_app.appearance.theme import Scheme, colours_of, style_sheet
from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import window as words
from pos_app.desktop.line_words import LineWords
from pos_app.desktop.rows import IdentityRow, LineRow, NavigationRow, NavigationState, Place
from shared.problems import Language

_NAMES = {
    Qt.Key.Key_Return: "enter",
    Qt.Key.Key_Enter: "enter",
    Qt.Key.Key_Escape: "esc",
    Qt.Key.Key_Backspace: "back",
    Qt.Key.Key_Delete: "clear",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_F5: "f5",
}
_PLACES = {
    Qt.Key.Key_F2: Place.CHARGE,
    Qt.Key.Key_F3: Place.HISTORY,
    Qt.Key.Key_F7: Place.SHIFT,
    Qt.Key.Key_F8: Place.INBOX,
    Qt.Key.Key_F9: Place.REPRINT,
    Qt.Key.Key_F12: Place.LOCK,
}
_FULL_WIDTH_DIGITS = {0xFF10 + n: str(n) for n in range(10)} | {0xFF0E: ".", 0x3002: "."}


def _nothing() -> None:
    """A page that needs no word of being shown."""


def _ignored(_text: str) -> None:
    """A page that takes no codes."""


def _unused(_key: str) -> bool:
    """A page that uses no key."""
    return False


def _kept(_count: int) -> None:
    """A page on which a barcode's digits do no harm."""


def _no_remark(_phrase: Phrase) -> None:
    """A page on which a spoilt scan means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A screen of a feature: its widgets, and what keys and codes do there. `key` answers whether it used the key;
    `digits_scanned` takes back the last digits, which were a scanner's."""

    view: QWidget
    set_language: Callable[[Language], None]
    key: Callable[[str], bool] = _unused
    scanned: Callable[[str], None] = _ignored
    spoilt: Callable[[Phrase], None] = _no_remark
    digits_scanned: Callable[[int], None] = _kept
    shown: Callable[[], None] = _nothing
    place: Place | None = None


@dataclass(slots=True)
class FrameWords:
    """What the rows say; changed piece by piece as news comes."""

    who: Phrase = field(default_factory=words.PRODUCT)
    camera: Phrase = field(default_factory=words.CAMERA_NONE)
    printer: Phrase = field(default_factory=words.PRINTER_ASKING)
    line: LineWords | None = None
    last: Phrase | None = None
    is_open: bool = False
    to_do: int = 0


class MainWindow(QWidget):
    """The frame. It knows no feature: pages are added by whoever wires them."""

    place_pressed = Signal(object)
    page_changed = Signal(str)
    closing = Signal()

    def __init__(self, language: Language, scheme: Scheme = Scheme.LIGHT) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("MPS")
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(*px.SMALL.window)
        self.words = FrameWords()
        self.identity = IdentityRow(self)
        self.line = LineRow(self)
        self.content = QWidget(self)
        self.content.setObjectName("content")
        self.navigation = NavigationRow(self)
        self.navigation.pressed.connect(self.place_pressed)
        self.identity.language_pressed.connect(self.switch_language)
        self.identity.scheme_pressed.connect(self.switch_scheme)
        self._pages: dict[str, Page] = {}
        self._current = ""
        self._language: Language = language
        self._scheme = scheme
        self.setStyleSheet(style_sheet(colours_of(scheme)))
        self.resize(*px.LARGE.window)
        self.draw_frame()

    @property
    def language(self) -> Language:
        """What everything is said in."""
        return self._language

    @property
    def scheme(self) -> Scheme:
        """Light or dark."""
        return self._scheme

    @property
    def current(self) -> str:
        """The name of the page shown."""
        return self._current

    def add_page(self, name: str, page: Page) -> None:
        """Put a screen into the window; it shows when asked for."""
        old = self._pages.pop(name, None)
        if old is not None:
            old.view.deleteLater()
        self._pages[name] = page
        page.view.setParent(self.content)
        page.view.hide()
        page.view.setGeometry(self.content.rect())
        page.set_language(self._language)

    def show_page(self, name: str) -> None:
        """Go to a screen."""
        if self._current in self._pages and self._current != name:
            self._pages[self._current].view.hide()
        self._current = name
        page = self._pages[name]
        page.view.setGeometry(self.content.rect())
        page.view.show()
        # Keys begin at the window; a page that has fields takes the focus itself when it is shown.
        self.setFocus()
        page.shown()
        self.draw_frame()
        self.page_changed.emit(name)

    def set_language(self, language: Language) -> None:
        """Say everything in another language, while running."""
        self._language = language
        for page in self._pages.values():
            page.set_language(language)
        self.draw_frame()

    def switch_language(self) -> None:
        """The other language."""
        self.set_language("en" if self._language == "zh_TW" else "zh_TW")

    def set_scheme(self, scheme: Scheme) -> None:
        """Light or dark, while running."""
        self._scheme = scheme
        self.setStyleSheet(style_sheet(colours_of(scheme)))
        self.draw_frame()

    def switch_scheme(self) -> None:
        """The other scheme."""
        self.set_scheme(Scheme.DARK if self._scheme is Scheme.LIGHT else Scheme.LIGHT)

    def draw_frame(self) -> None:
        """Draw the rows from `words`."""
        said, language = self.words, self._language
        switch = words.SWITCH_DARK if self._scheme is Scheme.LIGHT else words.SWITCH_LIGHT
        self.identity.show_words(
            said.who.said_in(language),
            said.camera.said_in(language),
            said.printer.said_in(language),
            switch().said_in(language),
            language,
        )
        self.line.show_line(said.line, said.last, language)
        page = self._pages.get(self._current)
        at = None if page is None else page.place
        self.navigation.show_state(NavigationState(at, said.is_open, said.to_do), language)

    def scanned(self, text: str) -> None:
        """A code came by scanner, camera or clipboard."""
        if self._current:
            self._pages[self._current].scanned(text)

    def spoilt(self, phrase: Phrase) -> None:
        """A scanner's keys could not be read."""
        if self._current:
            self._pages[self._current].spoilt(phrase)

    def digits_scanned(self, count: int) -> None:
        """The last digits were a barcode's."""
        if self._current:
            self._pages[self._current].digits_scanned(count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no field wanted."""
        place = _PLACES.get(Qt.Key(event.key()))
        if place is not None:
            if self.words.is_open and not event.isAutoRepeat():
                self.place_pressed.emit(place)
            return
        is_paste = event.key() == Qt.Key.Key_V and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if is_paste:
            self.scanned(QGuiApplication.clipboard().text())
            return
        name = _NAMES.get(Qt.Key(event.key())) or event.text().translate(_FULL_WIDTH_DIGITS)
        if name == "enter" and event.isAutoRepeat():
            return
        page = self._pages.get(self._current)
        if not (page is not None and name and page.key(name)):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows at their heights; the page has what is between them."""
        width, height = self.width(), self.height()
        self.identity.setGeometry(0, 0, width, px.IDENTITY_ROW)
        self.line.setGeometry(0, px.IDENTITY_ROW, width, px.LINE_ROW)
        top = px.IDENTITY_ROW + px.LINE_ROW
        self.content.setGeometry(0, top, width, height - top - px.NAVIGATION)
        self.navigation.setGeometry(0, height - px.NAVIGATION, width, px.NAVIGATION)
        for page in self._pages.values():
            page.view.setGeometry(self.content.rect())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell whoever must close the terminal behind."""
        self.closing.emit()
        super().closeEvent(event)
