"""The charge screen's widgets and their places (design.md 2). It draws a `Screen` and says what was pressed."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QPushButton, QWidget

from pos_app.appearance import sizes as px
from pos_app.appearance.camera_preview import CameraPreview, Outline
from pos_app.appearance.sizes import LARGE, Sizes, label_height, sizes_for
from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import charging as words
from pos_app.appearance.type import font
from pos_app.appearance.widgets import Keypad, MoneyLabel, button, frame, label, set_role
from pos_app.features.charging.screen import AmountSize, Choice, ChoiceId, Screen, State, Tone
from shared.problems import Language

_PANEL_ROLES = {
    State.APPROVED: "paid",
    State.APPROVED_OFFLINE: "paid",
    State.IN_DOUBT: "doubt",
}
_HEADER_ROLES = {
    State.APPROVED_OFFLINE: "offline",
    State.DECLINED: "not_paid",
    State.GIVEN_UP: "given_up",
}
_SHOWS_CAMERA = frozenset({State.IDLE, State.AMOUNT_ENTERED})
_MAX_HEADLINES = 3
_CHOICES = 2
_NOTICE_PIXELS = 22
_NOTICE_SIZES = (22, 20, 18)
_DOTS_PIXELS = 56


class LeftPanel(QFrame):
    """What becomes of the charge: one column of labels, placed from the top; the camera lower left."""

    choice_pressed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setProperty("role", "plain")
        self.header = frame(self, "header", "offline")
        self.header_label = label(self.header, "header_label", px.DETAIL, bold=True)
        self.headlines = [
            label(self, f"headline_{n}", px.CODE_SEEN, bold=True, wrap=True) for n in range(_MAX_HEADLINES)
        ]
        self.above = label(self, "above", px.DETAIL, wrap=True)
        self.amount = MoneyLabel(self, "amount", LARGE.entry_amount)
        self.prompt = label(self, "prompt", px.PROMPT, wrap=True)
        self.reason = label(self, "reason", px.REASON, bold=True, wrap=True)
        self.details = label(self, "details", px.DETAIL, wrap=True)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("progress")
        self.progress.setTextVisible(False)
        self.pin_who = label(self, "pin_who", px.DETAIL, wrap=True)
        self.pin_dots = label(self, "pin_dots", _DOTS_PIXELS, bold=True)
        self.notice = label(self, "notice", _NOTICE_PIXELS, bold=True, wrap=True)
        self.footer = label(self, "footer", px.SMALLEST_TEXT)
        self.footer.setProperty("tone", "secondary")
        self.camera = CameraPreview(self)
        self.choices = [button(self, f"choice_{n}", 26, role="choice") for n in range(_CHOICES)]
        self._choice_ids: list[ChoiceId] = []
        for place, made in enumerate(self.choices):
            made.clicked.connect(
                lambda _checked=False, n=place: self.choice_pressed.emit(self._choice_ids[n])
            )
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def draw(self, screen: Screen, language: Language, sizes: Sizes, hint: Phrase) -> None:
        """Fill the labels, then place them."""
        state = screen.state
        set_role(self, _PANEL_ROLES.get(state, "plain"))
        header_role = _HEADER_ROLES.get(state)
        if header_role is not None:
            set_role(self.header, header_role)
        self.header.setVisible(header_role is not None)
        in_header = state in {State.DECLINED, State.GIVEN_UP}
        headline = screen.headline if not in_header else ()
        header_phrase = screen.headline[0] if in_header and screen.headline else screen.header
        self.header_label.setFont(font(screen.headline_pixels if in_header else px.DETAIL, bold=True))
        _say(self.header_label, header_phrase, language)
        for place, made in enumerate(self.headlines):
            made.setFont(font(screen.headline_pixels or px.CODE_SEEN, bold=True))
            _say(made, headline[place] if place < len(headline) else None, language)
        _say(self.above, screen.above, language)
        _say(self.prompt, screen.prompt, language)
        self.reason.setFont(font(self._reason_pixels(screen, sizes), bold=True))
        _say(self.reason, screen.reason, language)
        self.details.setText("\n".join(detail.said_in(language) for detail in screen.details))
        self.details.setVisible(bool(screen.details))
        self.details.setFont(font(self._detail_pixels(screen, sizes)))
        self._draw_amount(screen, sizes)
        self._draw_notice(screen, language, hint)
        self._draw_pin(screen, language)
        self._draw_choices(screen.choices, language)
        self.footer.setText(screen.footer)
        self.footer.setVisible(bool(screen.footer))
        self.camera.setVisible(state in _SHOWS_CAMERA)
        self.progress.setVisible(screen.progress is not None)
        if screen.progress is not None:
            self.progress.setMaximum(screen.progress.total_ms)
            self.progress.setValue(screen.progress.elapsed_ms)
        self._arrange(screen, sizes)

    def _reason_pixels(self, screen: Screen, sizes: Sizes) -> int:
        if screen.state is not State.IN_DOUBT:
            return px.REASON
        return px.DETAIL if sizes is LARGE else 24

    def _detail_pixels(self, screen: Screen, sizes: Sizes) -> int:
        if screen.state is State.IN_DOUBT:
            return 22
        return px.DETAIL if sizes is LARGE else 24

    def _draw_amount(self, screen: Screen, sizes: Sizes) -> None:
        self.amount.setVisible(screen.amount is not None)
        if screen.amount is None:
            return
        amount_sizes = {
            AmountSize.ENTRY: sizes.entry_amount,
            AmountSize.PAYABLE: sizes.payable,
            AmountSize.KEPT: px.KEPT_AMOUNT,
            AmountSize.DOUBT: px.DOUBT_AMOUNT,
        }
        self.amount.set_pixels(amount_sizes[screen.amount.size])
        set_role(self.amount, "grey" if screen.amount.is_grey else "", name="tone")
        self.amount.show_amount(screen.amount.text, untyped=screen.amount.untyped)

    def _draw_notice(self, screen: Screen, language: Language, hint: Phrase) -> None:
        notice = screen.notice
        shows_hint = notice is None and screen.state in _SHOWS_CAMERA
        self.notice.setVisible(notice is not None or shows_hint)
        if notice is not None:
            self.notice.setText(notice.phrase.said_in(language))
            is_bad = notice.tone is Tone.BAD
            self.notice.setMargin(8 if is_bad else 0)
            set_role(self.notice, "bad" if is_bad else "", name="tone")
        elif shows_hint:
            self.notice.setMargin(0)
            self.notice.setText(hint.said_in(language))
            set_role(self.notice, "secondary", name="tone")

    def _draw_pin(self, screen: Screen, language: Language) -> None:
        pin = screen.pin
        self.pin_who.setVisible(pin is not None)
        self.pin_dots.setVisible(pin is not None)
        if pin is None:
            return
        said = pin.who.said_in(language)
        if pin.remark is not None:
            said += "\n" + pin.remark.said_in(language)
        self.pin_who.setText(said)
        self.pin_dots.setText("● " * pin.digits or "－ － － －")

    def _draw_choices(self, choices: tuple[Choice, ...], language: Language) -> None:
        self._choice_ids = [choice.id for choice in choices]
        for place, made in enumerate(self.choices):
            made.setVisible(place < len(choices))
            if place < len(choices):
                made.setText(choices[place].phrase.said_in(language))
                # Dark keys on amber belong to doubt; on a plain panel they are keys as all others.
                set_role(made, "choice" if self.property("role") == "doubt" else "")
                made.setEnabled(choices[place].is_enabled)

    def _arrange(self, screen: Screen, sizes: Sizes) -> None:
        edge = px.DOUBT_EDGE if screen.state is State.IN_DOUBT else 0
        pad = edge + (sizes.padding if not edge else sizes.padding - 6)
        width = self.width() - 2 * pad
        top = self._arrange_header(screen, pad, width)
        bottom = self._arrange_bottom(screen, sizes, pad, width)
        column = self._column(screen)
        heights = [_height(widget, width) for widget in column]
        gap = max(0, min(sizes.padding, (bottom - top - sum(heights)) // max(1, len(column))))
        for widget, height in zip(column, heights, strict=True):
            widget.setGeometry(pad, top, width, height)
            top += height + gap
        if screen.state in _SHOWS_CAMERA:
            left = pad + sizes.camera[0] + sizes.padding
            room = QRect(left, bottom + sizes.padding, self.width() - left - pad, sizes.camera[1])
            for pixels in _NOTICE_SIZES:
                self.notice.setFont(font(pixels, bold=True))
                if _height(self.notice, room.width()) <= room.height():
                    break
            self.notice.setGeometry(room)
            self.notice.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def _arrange_header(self, screen: Screen, pad: int, width: int) -> int:
        if self.header.isHidden():
            return pad
        height = label_height(self.header_label.font().pixelSize()) + 24
        self.header.setGeometry(0, 0, self.width(), height)
        self.header_label.setGeometry(pad, 0, width, height)
        return height + 12

    def _arrange_bottom(self, screen: Screen, sizes: Sizes, pad: int, width: int) -> int:
        """Place what stands at the foot; the y above which the column has room."""
        bottom = self.height() - pad
        if not self.footer.isHidden():
            height = label_height(px.SMALLEST_TEXT)
            self.footer.setGeometry(pad, bottom - height, width, height)
            bottom -= height
        if screen.choices:
            height = 80
            half = (width - sizes.padding) // 2
            for place, made in enumerate(self.choices):
                made.setGeometry(pad + place * (half + sizes.padding), bottom - height, half, height)
            bottom -= height + 8
        if not self.camera.isHidden():
            camera_width, height = sizes.camera
            self.camera.setGeometry(pad, bottom - height, camera_width, height)
            bottom -= height + sizes.padding
        return bottom

    def _column(self, screen: Screen) -> list[QLabel | QProgressBar]:
        """The visible ones, in the order in which they are read."""
        amount_first = screen.state in {
            State.CONFIRMING,
            State.WAITING,
            State.CANCELLING,
            State.MANAGER_NEEDED,
        }
        lead: tuple[QLabel, ...] = (*self.headlines, self.amount, self.above)
        if amount_first:
            lead = (self.above, self.amount, *self.headlines)
        column: list[QLabel | QProgressBar] = [*lead, self.prompt, self.progress, self.reason, self.details]
        column += [self.pin_who, self.pin_dots]
        if screen.state not in _SHOWS_CAMERA:
            column.append(self.notice)
        return [widget for widget in column if not widget.isHidden()]


class ChargeView(QWidget):
    """The left panel, the keypad and the action button, each at its fixed place."""

    key_pressed = Signal(str)
    action_pressed = Signal()
    choice_pressed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("charge_view")
        self.panel = LeftPanel(self)
        self.keypad = Keypad(self)
        self.action: QPushButton = button(self, "action", 34, role="action")
        self.keypad.pressed.connect(self.key_pressed)
        self.action.clicked.connect(self.action_pressed)
        self.panel.choice_pressed.connect(self.choice_pressed)
        self._sizes = LARGE
        self._screen: Screen | None = None
        self._language: Language = "zh_TW"
        self._camera_words: Phrase | None = words.CAMERA_STARTING()
        self._hint: Phrase | None = None

    def show_screen(self, screen: Screen) -> None:
        """Draw a moment."""
        self._screen = screen
        self._draw()

    def set_language(self, language: Language) -> None:
        """Say everything in another language."""
        self._language = language
        self._draw()

    def set_camera_words(self, phrase: Phrase | None) -> None:
        """What is said in place of the picture; None while there is one."""
        self._camera_words = phrase
        self.panel.camera.show_words("" if phrase is None else phrase.said_in(self._language))

    def set_hint(self, phrase: Phrase | None) -> None:
        """What stands beside the camera: offline the limits' meter; None for how to hold a code."""
        if phrase != self._hint:
            self._hint = phrase
            self._draw()

    def show_frame(self, image: QImage | None) -> None:
        """The camera's newest picture; None while it rests."""
        self.panel.camera.show_frame(image)

    def show_outline(self, outline: Outline | None) -> None:
        """Where a code was seen in it."""
        self.panel.camera.show_outline(outline)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the measures for the window's size and place everything."""
        self._sizes = sizes = sizes_for(self.window().width(), self.window().height())
        left = self.width() - sizes.margin - sizes.right_width
        self.panel.setGeometry(
            QRect(
                sizes.margin,
                sizes.margin,
                left - 2 * sizes.margin,
                max(sizes.panel[1], self.height() - _outer(sizes)),
            )
        )
        self.keypad.set_sizes(sizes)
        self.keypad.move(left, sizes.margin)
        top = sizes.margin + self.keypad.height() + sizes.row_gap
        self.action.setGeometry(left, top, sizes.right_width, sizes.action_height)
        self._draw()

    def _draw(self) -> None:
        self.set_camera_words(self._camera_words)
        self.keypad.set_words(
            words.KEY_BACKSPACE().said_in(self._language), words.KEY_CLEAR().said_in(self._language)
        )
        screen = self._screen
        if screen is None:
            return
        self.keypad.set_keys_enabled(screen.keys_enabled, decimals=screen.decimals_enabled)
        phrase = screen.action.phrase
        self.action.setText("" if phrase is None else phrase.said_in(self._language))
        self.action.setEnabled(screen.action.is_enabled)
        self.panel.draw(screen, self._language, self._sizes, self._hint or words.CAMERA_HINT())


def _outer(sizes: Sizes) -> int:
    """What lies above and below the panel in a window of exactly the design's size."""
    content = sizes.window[1] - px.IDENTITY_ROW - px.LINE_ROW - px.NAVIGATION
    return content - sizes.panel[1]


def _say(made: QLabel, phrase: Phrase | None, language: Language) -> None:
    made.setText("" if phrase is None else phrase.said_in(language))
    made.setVisible(phrase is not None)


def _height(widget: QLabel | QProgressBar, width: int) -> int:
    """The height a widget needs at a width."""
    if isinstance(widget, QProgressBar):
        return 24
    if widget.wordWrap():
        metrics = QFontMetrics(widget.font())
        flags = int(Qt.TextFlag.TextWordWrap)
        inner = width - 2 * widget.margin()
        return (
            metrics.boundingRect(QRect(0, 0, inner, 4000), flags, widget.text()).height()
            + 2 * widget.margin()
        )
    return label_height(widget.font().pixelSize())
