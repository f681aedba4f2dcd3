"""Column types that mean the same on both databases."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Dialect, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

from shared.clock import to_milliseconds

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class InstantColumn(TypeDecorator[datetime]):
    """An aware UTC instant of whole milliseconds: `timestamptz` on PostgreSQL, milliseconds on SQLite."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive datetime; cut to milliseconds."""
        if value is None:
            return None
        instant = to_milliseconds(value)
        return instant if dialect.name == "postgresql" else (instant - _EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Back to an aware instant."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return _EPOCH + timedelta(milliseconds=value)


class JsonColumn(TypeDecorator[Any]):
    """A JSON document: `jsonb` on PostgreSQL, text on SQLite."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own type."""
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())


def uuid_column(name: str, *args: Any, **options: Any) -> Column[str]:
    """A UUID kept in the database's own type and handled as lower-case text."""
    return Column(name, Uuid(as_uuid=False), *args, **options)


def enum_column(name: str, kind: type[StrEnum], *, nullable: bool = False, **options: Any) -> Column[str]:
    """A state as text, held to the enum's values by a check constraint."""
    values = ", ".join(f"'{member.value}'" for member in kind)
    check = CheckConstraint(f"{name} IN ({values})", name=f"{name}_known")
    return Column(name, String(32), check, nullable=nullable, **options)
