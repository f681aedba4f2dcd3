"""Texts that people give: bounded, and without control characters, which printers would obey. Pure."""

from typing import Annotated

from pydantic import StringConstraints

_PLAIN = r"^[^\u0000-\u001f\u007f-\u009f]*$"

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=_PLAIN)]
"""Of a person, a merchant, a store, a terminal."""

Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_PLAIN)]
"""Where a store is."""

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=_PLAIN)]
"""Why somebody did something, for the audit log."""

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_PLAIN)]
"""What somebody says of a case."""
