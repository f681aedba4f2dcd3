"""The few widgets that all screens use: labels, money, keys. None takes the focus, none is a default button."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from pos_app.appearance.sizes import BODY, DECIMALS_PERCENT, DETAIL, Sizes, label_height
from pos_app.appearance.type import font

KEYS = ("7", "8", "9", "4", "5", "6", "1", "2", "3", "0", "00", ".")
BACKSPACE, CLEAR = "back", "clear"
# Of the plain text's colour, this leaves 4.5 on the plain surface in both schemes.
_UNTYPED_ALPHA = 0.62
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def set_role(widget: QWidget, role: str, *, name: str = "role") -> None:
    """Give the widget its role in the style sheet, and have it drawn anew if that changed."""
    if widget.property(name) == role:
        return
    widget.setProperty(name, role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    for child in widget.findChildren(QLabel):
        child.style().unpolish(child)
        child.style().polish(child)


def label(parent: QWidget, name: str, pixels: int, *, bold: bool = False, wrap: bool = False) -> QLabel:
    """A text of the terminal's type; plain text always, so that a name with `<` in it is shown as it is."""
    made = QLabel(parent)
    made.setObjectName(name)
    made.setFont(font(pixels, bold=bold))
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setAlignment(_LEFT)
    made.setWordWrap(wrap)
    if not wrap:
        made.setMinimumHeight(label_height(pixels))
    return made


def button(parent: QWidget, name: str, pixels: int = BODY, *, role: str = "") -> QPushButton:
    """A button that never takes the focus: Enter and Space belong to the screen, and to scanners."""
    made = QPushButton(parent)
    made.setObjectName(name)
    made.setFont(font(pixels, bold=True))
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setAutoDefault(False)
    made.setDefault(False)
    if role:
        made.setProperty("role", role)
    return made


def frame(parent: QWidget, name: str, role: str) -> QFrame:
    """A surface with a role."""
    made = QFrame(parent)
    made.setObjectName(name)
    made.setProperty("role", role)
    return made


class MoneyLabel(QLabel):
    """An amount, flush right, its decimals at 60 %; `untyped` of the last characters are drawn paler."""

    def __init__(self, parent: QWidget, name: str, pixels: int) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._untyped = 0
        self.set_pixels(pixels)

    def set_pixels(self, pixels: int) -> None:
        """The size of the whole part."""
        self.setFont(font(pixels, bold=True))
        self.setMinimumHeight(label_height(pixels))

    def show_amount(self, text: str, *, untyped: int = 0) -> None:
        """Decimal text such as `1,284.05`."""
        self._untyped = untyped
        self.setText(text)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the figure, as high as a line."""
        return QSize(int(self.text_width()) + 1, self.minimumHeight())

    def text_width(self) -> float:
        """The figure's width as drawn."""
        return sum(QFontMetricsF(drawn).horizontalAdvance(part) for part, drawn, _ in self._parts())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both parts on one base line."""
        painter = QPainter(self)
        metrics = QFontMetricsF(self.font())
        rect = QRectF(self.contentsRect())
        base = rect.top() + (rect.height() - metrics.height()) / 2 + metrics.ascent()
        x = rect.left() + rect.width() - self.text_width()
        for part, drawn, is_typed in self._parts():
            shade = self.palette().color(QPalette.ColorRole.WindowText)
            shade.setAlphaF(1.0 if is_typed else _UNTYPED_ALPHA)
            painter.setPen(shade)
            painter.setFont(drawn)
            painter.drawText(QPointF(x, base), part)
            x += QFontMetricsF(drawn).horizontalAdvance(part)
        painter.end()

    def _parts(self) -> list[tuple[str, QFont, bool]]:
        """Whole part and decimals, each with its font and whether it was typed."""
        whole, point, decimals = self.text().partition(".")
        small = font(self.font().pixelSize() * DECIMALS_PERCENT // 100, bold=True)
        typed = len(decimals) + len(point) - self._untyped
        runs = [(whole, self.font(), True), ((point + decimals)[:typed], small, True)]
        return [*runs, ((point + decimals)[typed:], small, False)]


class Keypad(QWidget):
    """⌫ and 清除 above 789 / 456 / 123 / 0 00 . at the places of design.md 2. Emits digits, `00`, `.`, `back`, `clear`."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget, *, decimals: bool = True) -> None:
        super().__init__(parent)
        self.setObjectName("keypad")
        self._edits = {name: button(self, f"key_{name}", DETAIL) for name in (BACKSPACE, CLEAR)}
        self._keys = {name: button(self, f"key_{name}", 40) for name in KEYS}
        for name, made in (self._edits | self._keys).items():
            made.setText(name if name in KEYS else "")
            made.clicked.connect(lambda _checked=False, key=name: self.pressed.emit(key))
        self._decimals = decimals

    def set_words(self, backspace: str, clear: str) -> None:
        """The two keys that have words."""
        self._edits[BACKSPACE].setText(backspace)
        self._edits[CLEAR].setText(clear)

    def set_keys_enabled(self, enabled: bool, *, decimals: bool = True) -> None:
        """Whether keys can be pressed; a PIN has neither `00` nor `.`."""
        for name, made in (self._edits | self._keys).items():
            made.setEnabled(enabled and (decimals or name not in ("00", ".")))

    def set_sizes(self, sizes: Sizes) -> None:
        """Place the keys. The height is that of ⌫ 清除, a gap, and four rows."""
        width, height = sizes.key
        half = (sizes.right_width - sizes.row_gap) // 2
        self._edits[BACKSPACE].setGeometry(QRect(0, 0, half, sizes.edit_height))
        self._edits[CLEAR].setGeometry(QRect(half + sizes.row_gap, 0, half, sizes.edit_height))
        top = sizes.edit_height + sizes.row_gap
        for place, made in enumerate(self._keys.values()):
            row, column = divmod(place, 3)
            made.setGeometry(
                column * (width + sizes.key_gap), top + row * (height + sizes.key_gap), width, height
            )
        self.setFixedSize(sizes.right_width, top + 4 * height + 3 * sizes.key_gap)
