"""The rule that an unexpected log record of WARNING or above fails the test that caused it.

A warning nobody reads is a fault nobody hears of; a test that means to provoke one says so.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager


class ExpectedLogs:
    """The records a test allows: by logger name (and those below it) and a pattern found in the message."""

    def __init__(self) -> None:
        self._allowed: list[tuple[str, re.Pattern[str]]] = []

    def allow(self, logger: str, pattern: str) -> None:
        """Allow records of `logger` whose message `pattern` (a regular expression) is found in."""
        self._allowed.append((logger, re.compile(pattern)))

    def covers(self, record: logging.LogRecord) -> bool:
        return any(
            (record.name == logger or record.name.startswith(f"{logger}."))
            and pattern.search(record.getMessage())
            for logger, pattern in self._allowed
        )


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def no_unexpected_logs(expected: ExpectedLogs) -> Iterator[None]:
    """Raise AssertionError at the end of the block if a record was logged that `expected` does not cover."""
    collector = _Collector()
    logging.getLogger().addHandler(collector)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(collector)
    unexpected = [record for record in collector.records if not expected.covers(record)]
    if unexpected:
        told = "\n".join(f"{record.levelname} {record.name}: {record.getMessage()}" for record in unexpected)
        raise AssertionError(f"unexpected log records (allow them with `expected_logs.allow`):\n{told}")
