"""Writes the SQL that leads from the schema before to the tables as they are: new tables, columns and indexes.

python packaging/schema/draft_revision.py

What cannot be added (a table that goes, data that moves) is written by hand in the revision's own module. A
revision that a release has brought to somebody's database is never written again: name the next one here.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Dialect, Index, Table, create_engine, inspect, make_url
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.schema import CheckConstraint, CreateColumn, CreateIndex, CreateTable

from hub_server.foundation.storage import metadata
from hub_server.migrations import import_all_tables

VERSIONS = Path(__file__).resolve().parents[2] / "hub_server" / "migrations" / "versions"
DRIVERS = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite"}
BEFORE = ("0001_first_whole",)
"""The revisions before, whose SQL made what is there."""
REVISION = "0002_hub_money"
REMADE = frozenset({"sessions"})
"""Tables whose checks this revision changes."""


def schema_before() -> Inspector:
    """What the revisions before make, on an empty SQLite database."""
    engine = create_engine("sqlite://")
    connection = engine.connect()
    for name in BEFORE:
        text = (VERSIONS / f"{name}.sqlite.sql").read_text(encoding="utf-8")
        for statement in text.removesuffix(";\n").split(";\n\n"):
            connection.exec_driver_sql(statement)
    return inspect(connection)


def statements(dialect: Dialect, before: Inspector) -> list[str]:
    """Everything that is to be added, in an order that foreign keys allow."""
    known = set(before.get_table_names())
    made: list[str] = []
    for table in metadata.sorted_tables:
        if table.name not in known:
            made += [
                str(CreateTable(table).compile(dialect=dialect)),
                *create_indexes(table.indexes, dialect),
            ]
        elif table.name in REMADE and dialect.name == "sqlite":
            made += remake(table, dialect, before)
        else:
            made += extend(table, dialect, before)
    return ["\n".join(line.rstrip() for line in text.strip().expandtabs(4).splitlines()) for text in made]


def extend(table: Table, dialect: Dialect, before: Inspector) -> Iterator[str]:
    """New columns with their own constraints, new indexes, and the checks of a table whose states are more now."""
    there = {column["name"] for column in before.get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            definition = str(CreateColumn(column).compile(dialect=dialect))
            keys = [
                f" CONSTRAINT fk_{table.name}_{column.name} REFERENCES {key.column.table.name} ({key.column.name})"
                for key in column.foreign_keys
            ]
            yield f"ALTER TABLE {table.name} ADD COLUMN {definition}{''.join(keys)}"
    checks = {*table.constraints, *(each for column in table.columns for each in column.constraints)}
    for check in sorted(checks, key=lambda each: str(each.name)):
        if table.name in REMADE and isinstance(check, CheckConstraint):
            yield f"ALTER TABLE {table.name} DROP CONSTRAINT {check.name}"
            yield f"ALTER TABLE {table.name} ADD CONSTRAINT {check.name} CHECK ({check.sqltext})"
    named = {index["name"] for index in before.get_indexes(table.name)}
    yield from create_indexes([index for index in table.indexes if index.name not in named], dialect)


def remake(table: Table, dialect: Dialect, before: Inspector) -> Iterator[str]:
    """SQLite changes no check: the rows move to a table made anew. Nothing may refer to it."""
    old, columns = f"{table.name}_before", ", ".join(c["name"] for c in before.get_columns(table.name))
    yield f"ALTER TABLE {table.name} RENAME TO {old}"
    for index in before.get_indexes(table.name):
        yield f"DROP INDEX {index['name']}"
    yield str(CreateTable(table).compile(dialect=dialect))
    yield f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {old}"
    yield f"DROP TABLE {old}"
    yield from create_indexes(table.indexes, dialect)


def create_indexes(indexes: Iterable[Index], dialect: Dialect) -> Iterator[str]:
    """In the order of their names."""
    for index in sorted(indexes, key=lambda each: each.name or ""):
        yield str(CreateIndex(index).compile(dialect=dialect))


def main() -> int:
    import_all_tables()
    before = schema_before()
    for name, driver in DRIVERS.items():
        dialect = make_url(f"{driver}://").get_dialect()()
        text = ";\n\n".join(statements(dialect, before)) + ";\n"
        (VERSIONS / f"{REVISION}.{name}.sql").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
