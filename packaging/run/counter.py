"""What a cashier does at the window, one gesture each, and what the counter shows for it."""

import re
from collections.abc import Callable
from typing import Final

from ground import RUN
from PySide6.QtCore import Qt
from recording_printer import Receipt
from report import Report
from stage import Card, Stage
from window_driver import NotSeen, WindowDriver

from pos_app.appearance.translations import charging as words
from pos_app.appearance.translations import window
from shared.money import parse_amount

_TX_NO: Final = re.compile(r"\bPAY\d{10}\b")
_OFFLINE_NO: Final = re.compile(r"\b[A-Z]\d+-\d+\b")
_PRINT_S: Final = 15.0


class Counter:
    """A cashier with a window, a stage around it, and a report that pictures and receipts go into."""

    def __init__(self, driver: WindowDriver, stage: Stage, report: Report) -> None:
        self.driver = driver
        self.stage = stage
        self._report = report
        self._saved = 0

    def picture(self, name: str) -> None:
        """A picture of the window in the language it speaks."""
        path = self.driver.take_picture(name)
        self._report.files["screenshots"].append(path.name)

    def picture_in_both(self, name: str) -> None:
        """A picture, and one more in English: the language is switched while the window runs, and back."""
        self.picture(name)
        self.switch_language("en")
        self.picture(f"{name}-en")
        self.switch_language("zh_TW")

    def switch_language(self, to: str) -> None:
        """Press the language button if the window speaks the other one."""
        if self.driver.language == to:
            return
        self.driver.click(window.SWITCH_LANGUAGE)
        self.driver.language = "en" if to == "en" else "zh_TW"
        self.driver.wait_for(window.SWITCH_LANGUAGE)

    def home(self) -> None:
        """No phone before the camera, and the charge screen empty."""
        self.stage.camera.show_desk()
        self.driver.wait_until("the desk before the camera", lambda: self.stage.camera.has_been_seen)
        self.driver.wait_until("an empty charge screen", self._is_empty, 15)

    def type_amount(self, text: str) -> None:
        """Type an amount as its digits."""
        self.driver.type(text)

    def show_code(self, text: str) -> None:
        """Bring a phone with that code before the camera; the window goes on living while it is drawn."""
        self.driver.do(lambda: self.stage.camera.show_phone(text))

    def show_card(self, card: Card) -> None:
        """A member opens a card's payment code on the phone and shows it."""
        self.show_code(self.driver.do(lambda: self.stage.new_code(card)))

    def ring_up(self, amount: str, card: Card) -> int:
        """Amount, then the code; returns what the window says will be paid, in minor units."""
        self.type_amount(amount)
        self.driver.wait_for(words.AMOUNT_PROMPT)
        self.show_card(card)
        self.driver.wait_for(words.ACTION_CHARGE)
        return self.amount_shown()

    def confirm(self) -> None:
        """Enter."""
        self.driver.press(Qt.Key.Key_Return)

    def amount_shown(self) -> int:
        """The big figure, in minor units."""
        return parse_amount(self.driver.shows("amount").replace(",", ""), 2)

    def tx_no_shown(self) -> str:
        """The transaction's number as the window says it."""
        return self._found(_TX_NO)

    def offline_no_shown(self) -> str:
        """The number of an offline charge as the window says it."""
        return self._found(_OFFLINE_NO)

    def expect_receipt(self, name: str) -> Receipt:
        """Wait for one more receipt out of the printer and keep it as `receipt-NN-name.bin` and `.png`."""
        printer, wanted = self.stage.printer, self._saved + 1
        self.driver.wait_until(
            f"the {name} receipt out of the printer", lambda: len(printer.receipts) >= wanted, _PRINT_S
        )
        receipt = printer.receipts[self._saved]
        self._saved = wanted
        for path in receipt.save(RUN / f"receipt-{wanted:02d}-{name}"):
            self._report.files["receipts"].append(path.name)
        return receipt

    def go(self, key: Qt.Key, wait_for: Callable[[], object]) -> None:
        """Open a room of the window."""
        self.driver.press(key)
        self.driver.wait_until(f"the room of {key.name}", wait_for)

    def _is_empty(self) -> bool:
        if self.driver.reads(words.IDLE_PROMPT):
            return True
        self.driver.press(Qt.Key.Key_Escape)
        return False

    def _found(self, pattern: re.Pattern[str]) -> str:
        for text in self.driver.texts():
            if found := pattern.search(text):
                return found.group()
        raise NotSeen(f"no {pattern.pattern} on the window: {' / '.join(self.driver.texts())}")
