"""Reading rows by the thousand, so that memory stays flat."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, Select

PAGE = 1_000
Rows = Iterator[Row[Any]]


def stream(connection: Connection, query: Select[Any]) -> Rows:
    """The rows of a query, a page at a time."""
    yield from connection.execution_options(yield_per=PAGE).execute(query)
