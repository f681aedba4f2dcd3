"""Writes the SQL of the first revision from the tables, while there is no released schema to keep.

python packaging/schema/draft_first_revision.py
"""

import sys
from pathlib import Path

from sqlalchemy import Dialect, make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from hub_server.foundation.storage import metadata
from hub_server.migrations import import_all_tables

VERSIONS = Path(__file__).resolve().parents[2] / "hub_server" / "migrations" / "versions"
DRIVERS = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite"}


def statements(dialect: Dialect) -> list[str]:
    """CREATE TABLE and CREATE INDEX of everything, in an order that foreign keys allow."""
    made: list[str] = []
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)))
        indexes = sorted(table.indexes, key=lambda each: each.name or "")
        made.extend(str(CreateIndex(index).compile(dialect=dialect)) for index in indexes)
    return ["\n".join(line.rstrip() for line in text.strip().expandtabs(4).splitlines()) for text in made]


def main() -> int:
    import_all_tables()
    for name, driver in DRIVERS.items():
        dialect = make_url(f"{driver}://").get_dialect()()
        text = ";\n\n".join(statements(dialect)) + ";\n"
        (VERSIONS / f"0001_first_whole.{name}.sql").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
