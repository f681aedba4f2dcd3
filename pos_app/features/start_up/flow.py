"""The start as a state machine without Qt: opening, opened, or a plain screen that says what is wrong and what to do."""

from dataclasses import dataclass
from enum import Enum

from pos_app.appearance.translations import Phrase, verbatim
from pos_app.appearance.translations import rooms as words


class StartUpFault(Enum):
    """Why the terminal cannot open."""

    LOCKED = "locked"
    KEY = "key"
    SETTINGS = "settings"
    JOURNAL = "journal"
    DISK = "disk"
    OTHER = "other"


class CannotOpen(Exception):
    """The terminal cannot open; `detail` (English, no secret) is for whoever is called."""

    def __init__(self, fault: StartUpFault, detail: str = "") -> None:
        super().__init__(detail or fault.value)
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class StartUpScreen:
    """Everything the view draws."""

    title: Phrase
    body: Phrase
    detail: Phrase | None = None
    can_retry: bool = False


class StartUpFlow:
    """Opening, until it succeeds."""

    def __init__(self) -> None:
        self._fault: CannotOpen | None = None

    def begin(self) -> None:
        """Try, or try again."""
        self._fault = None

    def failed(self, error: Exception) -> None:
        """It did not open."""
        self._fault = (
            error if isinstance(error, CannotOpen) else CannotOpen(StartUpFault.OTHER, type(error).__name__)
        )

    @property
    def screen(self) -> StartUpScreen:
        """What is shown now."""
        if self._fault is None:
            return StartUpScreen(title=words.START_LOADING(), body=words.START_CHECKING())
        detail = self._fault.detail
        return StartUpScreen(
            title=words.START_FAILED(),
            body=words.START_FAULTS[self._fault.fault.value](),
            detail=verbatim(detail) if detail else None,
            can_retry=True,
        )
