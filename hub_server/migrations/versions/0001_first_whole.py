"""The first whole: every table, the sequences of numbers, the first tier table; postings are for ever.

The statements stand in two files of SQL beside this one, a database each, and are never changed once released.
"""

from collections.abc import Iterator
from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

# domain.md, Tiers and points: tier, from how many points, rate in 1/10,000.
_TIERS = (
    '[{"tier": 0, "from_points": 0, "rate": 10000}, {"tier": 1, "from_points": 1000, "rate": 9500}, '
    '{"tier": 2, "from_points": 5000, "rate": 9000}, {"tier": 3, "from_points": 10000, "rate": 8500}]'
)
_SEQUENCES = ("charge", "refund", "reversal", "top_up", "adjustment", "card", "merchant")
_EPOCH = {"postgresql": "'1970-01-01T00:00:00Z'", "sqlite": "0"}

_POSTGRESQL_GUARD = (
    """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'postings is append-only'; END $$""",
    """CREATE TRIGGER postings_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON postings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
)
_SQLITE_GUARD = (
    """CREATE TRIGGER postings_are_not_updated BEFORE UPDATE ON postings
    BEGIN SELECT RAISE(ABORT, 'postings is append-only'); END""",
    """CREATE TRIGGER postings_are_not_deleted BEFORE DELETE ON postings
    BEGIN SELECT RAISE(ABORT, 'postings is append-only'); END""",
)


def upgrade() -> None:
    """Make everything."""
    dialect = op.get_bind().dialect.name
    for statement in _statements(dialect):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """There is nothing before the first."""
    raise RuntimeError("the first revision cannot be taken back: restore a backup")


def _statements(dialect: str) -> Iterator[str]:
    text = Path(__file__).with_name(f"0001_first_whole.{dialect}.sql").read_text(encoding="utf-8")
    yield from text.removesuffix(";\n").split(";\n\n")
    if dialect == "postgresql":
        yield from (f"CREATE SEQUENCE number_{name}" for name in _SEQUENCES)
    yield from _POSTGRESQL_GUARD if dialect == "postgresql" else _SQLITE_GUARD
    yield f"INSERT INTO tier_tables (version, tiers, created_at) VALUES (1, '{_TIERS}', {_EPOCH[dialect]})"
