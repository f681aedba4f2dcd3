"""The hub's money: logins instead of admins, refresh, sharing, kiosks, promotions, adjustments, merchants' keys,
the audit chain; what is written for ever is guarded like postings.

What is only added stands in two files of SQL beside this one, a database each.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from alembic import op
from sqlalchemy import Connection, text

from hub_server.migrations import CannotMigrate

revision = "0002"
down_revision = "0001"

_FOR_EVER = (
    "audit_events",
    "audit_links",
    "audit_heads",
    "point_ledger",
    "payment_code_history",
    "idempotency_registry",
)
_KEYS = {
    "postings": ("id",),
    "audit_events": ("id",),
    "audit_links": ("position", "event_id"),
    "audit_heads": ("position",),
    "point_ledger": ("id", "request_hash"),
    "payment_code_history": ("id",),
    "idempotency_registry": ("(merchant_id, key)",),
}
"""What is unique in what is written for ever: INSERT OR REPLACE would remove the row that has it."""
_ADMIN_BECOMES_LOGIN = """INSERT INTO logins (id, kind, email, name, role, password_hash, status, created_at)
    SELECT id, 'admin', :address, name, 'superadmin', password_hash, 'active', created_at FROM admins
    WHERE email = :email"""
_BACKFILLS = (
    # A shift's opening is found by its time; where two bear the same, which is whose is not guessed.
    """UPDATE shifts SET opened_seq = found.seq FROM (
        SELECT terminal_id, at, min(seq) AS seq FROM journal_entries
        WHERE type = 'shift_open' AND status = 'accepted' GROUP BY terminal_id, at HAVING count(*) = 1
    ) AS found WHERE shifts.terminal_id = found.terminal_id AND shifts.opened_at = found.at""",
    """UPDATE transactions SET member_id = payment_codes.member_id FROM payment_codes
    WHERE transactions.code_ref = payment_codes.code_ref""",
)
_REFUSE_CHANGE = """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"""


def upgrade() -> None:
    """Add, move what moves, fill what is new, guard.

    Raises:
        CannotMigrate: two admins have the same address but for its case; nothing was changed.
    """
    connection = op.get_bind()
    dialect = connection.dialect.name
    addresses = _addresses(connection)
    for statement in _additions(dialect):
        connection.exec_driver_sql(statement)
    for email, address in addresses.items():
        connection.execute(text(_ADMIN_BECOMES_LOGIN), {"email": email, "address": address})
    for statement in ("DROP TABLE admins", *_BACKFILLS, *_guards(dialect)):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    """Money moved under this schema has no place in the one before."""
    raise RuntimeError("this revision cannot be taken back: restore a backup")


def _addresses(connection: Connection) -> dict[str, str]:
    """The address in lower case by which each admin will sign in.

    Two that become one are a person's to tell apart: both would hold every right, and if they are one person's,
    that person could approve what they proposed themselves.
    """
    emails = connection.execute(text("SELECT email FROM admins")).scalars().all()
    for _, alike in groupby(sorted(emails, key=_key), key=str.lower):
        found = list(alike)
        if len(found) > 1:
            raise CannotMigrate(
                f"the admins {' and '.join(found)} have the same e-mail address but for its case, by which they "
                "could not be told apart: change or delete all but one in the table admins, then migrate again"
            )
    return {email: email.lower() for email in emails}


def _key(email: str) -> tuple[str, str]:
    return email.lower(), email


def _additions(dialect: str) -> list[str]:
    path = Path(__file__).with_name(f"0002_hub_money.{dialect}.sql")
    return path.read_text(encoding="utf-8").removesuffix(";\n").split(";\n\n")


def _guards(dialect: str) -> Iterator[str]:
    if dialect == "postgresql":
        yield _REFUSE_CHANGE
    for table in _FOR_EVER:
        yield from _postgresql_guard(table) if dialect == "postgresql" else _sqlite_guard(table)
    if dialect == "sqlite":
        yield from (_sqlite_guard_against_replacing(table) for table in _KEYS)


def _postgresql_guard(table: str) -> Iterator[str]:
    yield (
        f"CREATE TRIGGER {table}_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _sqlite_guard(table: str) -> Iterator[str]:
    for change in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_refuse_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _sqlite_guard_against_replacing(table: str) -> str:
    """REPLACE removes rows without telling the triggers of DELETE.

    An id that SQLite is to give reads as -1 here, which it never gives.
    """
    taken = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {key} = {_new(key)})" for key in _KEYS[table])
    return (
        f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} WHEN {taken} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _new(key: str) -> str:
    """The key's columns in the row that is to be inserted."""
    return re.sub(r"\w+", r"NEW.\g<0>", key)
