"""The hub's money: logins instead of admins, refresh, sharing, kiosks, promotions, adjustments, merchants' keys,
the audit chain; what is written for ever is guarded like postings.

What is only added stands in two files of SQL beside this one, a database each.
"""

from collections.abc import Iterator
from pathlib import Path

from alembic import op

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
_ADMINS_BECOME_LOGINS = (
    """INSERT INTO logins (id, kind, email, name, role, password_hash, status, created_at)
    SELECT id, 'admin', lower(email), name, 'superadmin', password_hash, 'active', created_at FROM admins""",
    "DROP TABLE admins",
)
_REFUSE_CHANGE = """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"""


def upgrade() -> None:
    """Add, move what moves, guard."""
    dialect = op.get_bind().dialect.name
    for statement in _statements(dialect):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Money moved under this schema has no place in the one before."""
    raise RuntimeError("this revision cannot be taken back: restore a backup")


def _statements(dialect: str) -> Iterator[str]:
    text = Path(__file__).with_name(f"0002_hub_money.{dialect}.sql").read_text(encoding="utf-8")
    yield from text.removesuffix(";\n").split(";\n\n")
    yield from _ADMINS_BECOME_LOGINS
    if dialect == "postgresql":
        yield _REFUSE_CHANGE
    for table in _FOR_EVER:
        yield from _postgresql_guard(table) if dialect == "postgresql" else _sqlite_guard(table)


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
