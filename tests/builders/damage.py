"""What somebody with every right on the database can do to it: past triggers, rights and foreign keys."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Executable, Table, delete, insert, text, update

from hub_server.foundation.storage import Database


class Superuser:
    """Changes rows that are written for ever."""

    def __init__(self, database: Database) -> None:
        """On a database whose role is a superuser's, as the tests' is."""
        self._database = database

    def change(self, table: Table, where: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Rows are other than they were written."""
        conditions = [table.c[name] == value for name, value in where.items()]
        self.execute(update(table).where(*conditions).values(**values))

    def drop(self, table: Table, where: Mapping[str, Any]) -> None:
        """Rows disappear."""
        conditions = [table.c[name] == value for name, value in where.items()]
        self.execute(delete(table).where(*conditions))

    def add(self, table: Table, row: Mapping[str, Any]) -> None:
        """A row appears."""
        self.execute(insert(table).values(**row))

    def execute(self, *statements: Executable | str) -> None:
        """Statements in one transaction, with nothing that guards the tables."""

        def work(connection: Connection) -> None:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            else:
                triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                for name in connection.execute(text(triggers)).scalars().all():
                    connection.execute(text(f'DROP TRIGGER "{name}"'))
            for statement in statements:
                connection.execute(text(statement) if isinstance(statement, str) else statement)

        if not self._database.is_sqlite:
            self._database.run(work)
            return
        # Foreign keys can be let go of only outside a transaction, by the connection that has it.
        with self._database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            work(connection)
            connection.commit()
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
