"""Enrolment as a state machine without Qt: two fields filled by keys, touch or a scan; one request; what came of it."""

import re
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import rooms as words

CODE_CHARS: Final = 10
_HUB: Final = re.compile(r"https?://[^\s/]+(/\S*)?", re.IGNORECASE)
_CODE: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{10}")
_CROCKFORD: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


class Stage(Enum):
    """Where the enrolment stands."""

    FILLING = "filling"
    WORKING = "working"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class EnrolCommand:
    """Enrol with these; the code is one-use, but a secret until used."""

    hub: str
    code: str = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentScreen:
    """Everything the view draws."""

    stage: Stage
    hub: str
    code: str = field(repr=False)
    name: str
    remark: Phrase | None
    is_bad: bool


def clean_code(text: str) -> str:
    """An enrolment code as people type it: dashes and spaces out, capitals, Crockford's look-alikes put right."""
    return re.sub(r"[\s\-]", "", text).upper().translate(_CROCKFORD)


class EnrolmentFlow:
    """One enrolment."""

    def __init__(self, name: str) -> None:
        self._screen = EnrolmentScreen(
            stage=Stage.FILLING, hub="", code="", name=name, remark=None, is_bad=False
        )

    @property
    def screen(self) -> EnrolmentScreen:
        """What is shown now."""
        return self._screen

    def fields_changed(self, hub: str, code: str, name: str) -> None:
        """The person typed."""
        if self._screen.stage is Stage.FILLING:
            self._screen = replace(self._screen, hub=hub, code=code, name=name)

    def scanned(self, hub: str | None, code: str | None) -> None:
        """A QR was read: an enrolment QR's address and code, or None where it was something else."""
        if self._screen.stage is not Stage.FILLING:
            return
        if hub is None or code is None:
            self._remark(words.ENROL_NOT_AN_ENROLMENT())
        else:
            self._screen = replace(self._screen, hub=hub, code=clean_code(code), remark=None, is_bad=False)

    def confirm(self) -> EnrolCommand | None:
        """Enter."""
        if self._screen.stage is not Stage.FILLING:
            return None
        hub, code = self._screen.hub.strip(), clean_code(self._screen.code)
        if _HUB.fullmatch(hub) is None:
            self._remark(words.ENROL_BAD_HUB())
            return None
        if _CODE.fullmatch(code) is None:
            self._remark(words.ENROL_BAD_CODE())
            return None
        self._screen = replace(self._screen, stage=Stage.WORKING, remark=words.ENROL_WORKING(), is_bad=False)
        return EnrolCommand(hub, code, self._screen.name.strip() or "POS")

    def failed(self, remark: Phrase) -> None:
        """The hub said no, or nothing."""
        self._screen = replace(self._screen, stage=Stage.FILLING)
        self._remark(remark)

    def done(self) -> None:
        """The terminal is known to the hub."""
        self._screen = replace(self._screen, stage=Stage.DONE, code="", remark=None)

    def _remark(self, phrase: Phrase) -> None:
        self._screen = replace(self._screen, remark=phrase, is_bad=True)
