"""Times in queries: any spelling of RFC 3339, however fine, since people type them."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator

from shared.clock import to_milliseconds

_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,30})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def _read_instant(value: object) -> datetime:
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise ValueError("not a time by RFC 3339")
    try:
        return to_milliseconds(datetime.fromisoformat(value.upper()))
    except OverflowError as error:
        raise ValueError("beyond what a calendar holds") from error


AskedInstant = Annotated[datetime, BeforeValidator(_read_instant)]
"""Cut to whole milliseconds, aware."""
