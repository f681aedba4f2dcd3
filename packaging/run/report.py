"""What a run has to show: steps with their facts, what failed in plain words, `summary.json`."""

import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from ground import RUN

log = logging.getLogger("run")

Facts = dict[str, Any]
_SECONDS_DIGITS: Final = 2


class StoryBroken(Exception):
    """A step could not be done, and those after it would make no sense. The report already holds the reason."""


class Report:
    """Collects. `steps` are the names that must all be reached and all be `ok`."""

    def __init__(self, steps: Sequence[str]) -> None:
        self._facts: dict[str, Facts] = {name: {"ok": False, "reason": "not reached"} for name in steps}
        self._seconds: dict[str, float] = {}
        self._began = time.monotonic()
        self._at: str | None = None
        self.failures: list[str] = []
        self.files: dict[str, list[str]] = {"receipts": [], "screenshots": []}

    @contextmanager
    def step(self, name: str) -> Iterator[Facts]:
        """One step; fill in its facts. It is `ok` if nothing failed in it.

        Raises:
            StoryBroken: something in it raised; it is reported.
        """
        facts: Facts = {}
        before, began = len(self.failures), time.monotonic()
        self._at = name
        try:
            yield facts
        except Exception as error:
            log.exception("%s", name)
            self._fail(f"{type(error).__name__}: {error}" if not str(error) else str(error))
            raise StoryBroken(name) from error
        finally:
            seconds = round(time.monotonic() - began, _SECONDS_DIGITS)
            self._seconds[name] = seconds
            is_ok = len(self.failures) == before and sys.exc_info()[0] is None
            self._facts[name] = {**facts, "ok": is_ok}
            self._at = None
            say(f"  {'✓' if is_ok else '✕'} {name}  {seconds:.1f} s")

    def expect(self, holds: bool, otherwise: str) -> None:
        """Note a failure unless it holds, and go on."""
        if not holds:
            self._fail(otherwise)

    def expect_equal(self, what: str, seen: object, expected: object) -> None:
        """Note a failure unless both are the same."""
        self.expect(seen == expected, f"{what} is {seen!r} and not {expected!r}")

    @property
    def is_ok(self) -> bool:
        """Whether all of it happened."""
        return not self.failures and all(self.holds(name) for name in self._facts)

    def holds(self, name: str) -> bool:
        """Whether a step was reached and nothing failed in it."""
        return bool(self._facts[name]["ok"])

    def write(self, **more: object) -> Path:
        """Write `summary.json`; `more` stands in it beside the steps."""
        content = {
            "ok": self.is_ok,
            "failures": self.failures,
            **self._facts,
            **more,
            **self.files,
            "timings": {**self._seconds, "total": round(time.monotonic() - self._began, _SECONDS_DIGITS)},
        }
        path = RUN / "summary.json"
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return path

    def tell(self) -> None:
        """What a person at the shell wants to know."""
        for failure in self.failures:
            say(f"FAILED  {failure}")
        for name, facts in self._facts.items():
            if facts.get("reason") == "not reached":
                say(f"FAILED  {name}: not reached")

    def _fail(self, words: str) -> None:
        self.failures.append(f"{self._at}: {words}" if self._at else words)
        log.error("%s", self.failures[-1])
        log.debug("%s", "".join(traceback.format_stack(limit=6)))


def say(words: str) -> None:
    """A line to the shell, at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
