"""The camera's picture, lower left on the charge screen, the code in it outlined 6 px (design.md 2)."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from pos_app.appearance.sizes import BODY, OUTLINE
from pos_app.appearance.type import font

_SURFACE = "#20262E"
_TEXT = "#F2F4F7"
_OUTLINE = "#FFC83D"


@dataclass(frozen=True, slots=True)
class Outline:
    """The corners of a code, each coordinate in thousandths of the picture's width and height."""

    corners: tuple[tuple[int, int], ...]


class CameraPreview(QWidget):
    """Shows the newest frame, or the sentence that says why there is none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("camera_preview")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._image: QImage | None = None
        self._outline: Outline | None = None
        self._words = ""

    def show_frame(self, image: QImage | None) -> None:
        """The newest picture; scaled by the caller's thread to about this size. None: nothing is seen just now."""
        self._image = image
        self.update()

    def show_outline(self, outline: Outline | None) -> None:
        """Where a code was seen."""
        self._outline = outline
        self.update()

    def show_words(self, words: str) -> None:
        """No picture: say why. An empty sentence shows the picture again."""
        self._words = words
        if words:
            self._image = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture, outline, or words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(_SURFACE))
        if self._image is not None:
            painter.drawImage(self.rect(), self._image)
            if self._outline is not None:
                painter.setPen(QPen(QColor(_OUTLINE), OUTLINE))
                painter.drawPolygon(self._polygon(self._outline))
        elif self._words:
            painter.setPen(QColor(_TEXT))
            painter.setFont(font(BODY))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 16, -16, -16), flags, self._words)
        painter.end()

    def _polygon(self, outline: Outline) -> QPolygonF:
        width, height = self.width(), self.height()
        return QPolygonF([QPointF(x * width / 1000, y * height / 1000) for x, y in outline.corners])
