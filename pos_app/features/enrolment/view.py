"""Three fields, the camera beside them, and one button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pos_app.appearance import sizes as px
from pos_app.appearance.camera_preview import CameraPreview
from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import rooms as words
from pos_app.appearance.type import font
from pos_app.appearance.widgets import button, frame, label, set_role
from pos_app.features.enrolment.flow import EnrolmentScreen, Stage
from shared.problems import Language

_FIELD_HEIGHT = 60
_BESIDE = 400


class EnrolmentView(QWidget):
    """Draws an `EnrolmentScreen`."""

    fields_changed = Signal(str, str, str)
    action_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("enrolment_view")
        panel = frame(self, "enrolment_panel", "plain")
        self.title = label(panel, "enrolment_title", 40, bold=True)
        self.how = label(panel, "enrolment_how", 22, wrap=True)
        self.labels = [label(panel, f"enrolment_label_{n}", px.BODY, bold=True) for n in range(3)]
        self.fields = [self._field(panel, name) for name in ("hub_field", "code_field", "name_field")]
        self.remark = label(panel, "enrolment_remark", 20, bold=True, wrap=True)
        self.remark.setMargin(8)
        self.camera = CameraPreview(panel)
        self.action = button(panel, "enrolment_action", 32, role="action")
        self.action.setFixedHeight(88)
        self.action.clicked.connect(self.action_pressed)
        column = QVBoxLayout()
        column.setSpacing(4)
        for name, field in zip(self.labels, self.fields, strict=True):
            column.addWidget(name)
            column.addWidget(field)
        column.addStretch(1)
        middle = QHBoxLayout()
        middle.setSpacing(32)
        middle.addLayout(column, 3)
        self.camera.setFixedSize(_BESIDE, 225)
        beside = QVBoxLayout()
        beside.addSpacing(px.label_height(px.BODY) + 4)
        beside.addWidget(self.camera)
        beside.addStretch(1)
        middle.addLayout(beside)
        whole = QVBoxLayout(panel)
        whole.setContentsMargins(32, 20, 32, 24)
        whole.setSpacing(10)
        whole.addWidget(self.title)
        whole.addWidget(self.how)
        whole.addWidget(self.remark)
        whole.addLayout(middle, 1)
        whole.addWidget(self.action)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 16, 16, 16)
        outer.addWidget(panel)
        self._screen: EnrolmentScreen | None = None
        self._language: Language = "zh_TW"
        self._camera_words: Phrase | None = None

    def _field(self, parent: QWidget, name: str) -> QLineEdit:
        made = QLineEdit(parent)
        made.setObjectName(name)
        made.setFont(font(24))
        made.setFixedHeight(_FIELD_HEIGHT)
        # Addresses and codes are ASCII: an input method would only spoil them; a name may be anything.
        made.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, name == "name_field")
        made.textEdited.connect(self._edited)
        return made

    def show_screen(self, screen: EnrolmentScreen) -> None:
        """Draw a moment."""
        self._screen = screen
        for field, text in zip(self.fields, (screen.hub, screen.code, screen.name), strict=True):
            if field.text() != text:
                field.setText(text)
        self._draw()

    def set_language(self, language: Language) -> None:
        """Say everything in another language."""
        self._language = language
        self._draw()

    def set_camera_words(self, phrase: Phrase | None) -> None:
        """What is said in place of the picture."""
        self._camera_words = phrase
        self.camera.show_words("" if phrase is None else phrase.said_in(self._language))

    def show_frame(self, image: QImage) -> None:
        """The camera's newest picture."""
        self.camera.show_frame(image)

    def focus_first(self) -> None:
        """Begin at the first empty field."""
        empty = [field for field in self.fields if not field.text()]
        (empty or self.fields)[0].setFocus()

    def _edited(self) -> None:
        self.fields_changed.emit(*(field.text() for field in self.fields))

    def _draw(self) -> None:
        language = self._language
        self.title.setText(words.ENROL_TITLE().said_in(language))
        self.how.setText(words.ENROL_HOW().said_in(language))
        for made, text in zip(
            self.labels, (words.ENROL_HUB, words.ENROL_CODE, words.ENROL_NAME), strict=True
        ):
            made.setText(text().said_in(language))
        self.action.setText(words.ENROL_GO().said_in(language))
        self.set_camera_words(self._camera_words)
        screen = self._screen
        if screen is None:
            return
        remark = screen.remark
        self.remark.setText("" if remark is None else remark.said_in(language))
        # What went wrong stands where the instructions stood: nothing below it moves.
        self.remark.setVisible(remark is not None)
        self.how.setVisible(remark is None)
        set_role(self.remark, "bad" if screen.is_bad else "", name="tone")
        self.action.setEnabled(screen.stage is Stage.FILLING)
        for field in self.fields:
            field.setReadOnly(screen.stage is not Stage.FILLING)
