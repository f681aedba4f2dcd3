"""A manager's PIN entered in place, without Qt: whose, how many digits, and what is to be said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import inbox as words

MIN_PIN: Final = 4
MAX_PIN: Final = 12


@dataclass(frozen=True, slots=True)
class Manager:
    """Somebody whose PIN can note a matter as done."""

    staff_id: str
    name: str


@dataclass(frozen=True, slots=True)
class CheckManager:
    """Check a manager's PIN."""

    staff_id: str
    pin: str = field(repr=False)


class ManagerPin:
    """One PIN. While it is checked, keys do nothing."""

    def __init__(self) -> None:
        self.managers: tuple[Manager, ...] = ()
        self.remark: Phrase | None = None
        self.is_checking = False
        self._chosen = 0
        self._pin = ""

    @property
    def digits(self) -> int:
        """How many were typed."""
        return len(self._pin)

    @property
    def manager(self) -> Manager | None:
        """Whose PIN it is."""
        return self.managers[self._chosen] if self.managers else None

    @property
    def can_go(self) -> bool:
        """Whether Enter would check it."""
        return not self.is_checking and bool(self.managers) and len(self._pin) >= MIN_PIN

    def set_managers(self, managers: Sequence[Manager]) -> None:
        """As last told by the hub; what is being typed stays if its person does."""
        before = self.manager
        self.managers = tuple(managers)
        if before in self.managers:
            self._chosen = self.managers.index(before)
        else:
            self._chosen, self._pin = 0, ""

    def begin(self) -> None:
        """Start afresh."""
        self._pin, self.remark, self.is_checking = "", None, False

    def press(self, key: str) -> None:
        """A digit, `back` or `clear`."""
        if self.is_checking:
            return
        if key == "back":
            self._pin = self._pin[:-1]
        elif key == "clear":
            self._pin = ""
        elif key.isdecimal() and len(key) == 1 and len(self._pin) < MAX_PIN:
            self._pin += key
            self.remark = None

    def scanned(self) -> None:
        """The last digits were a barcode's and no PIN's: no attempt was made."""
        if not self.is_checking:
            self._pin, self.remark = "", words.NOTE_BARCODE()

    def move(self, step: int) -> None:
        """↑ or ↓: another manager."""
        if self.managers and not self.is_checking:
            self._chosen = (self._chosen + step) % len(self.managers)
            self._pin, self.remark = "", None

    def confirm(self) -> CheckManager | None:
        """Enter."""
        manager = self.manager
        if manager is None or not self.can_go:
            return None
        check = CheckManager(manager.staff_id, self._pin)
        self._pin, self.remark, self.is_checking = "", words.NOTE_CHECKING(), True
        return check

    def refused(self, remark: Phrase) -> None:
        """Wrong, or too soon after wrong ones."""
        self.remark, self.is_checking = remark, False
