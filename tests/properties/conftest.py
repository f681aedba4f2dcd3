"""The hub's fixtures, on both databases."""

from tests.hub.conftest import (
    clock,
    database_url,
    hub_context,
    keys,
    postgres_template,
    settings,
    sqlite_template,
)

__all__ = [
    "clock",
    "database_url",
    "hub_context",
    "keys",
    "postgres_template",
    "settings",
    "sqlite_template",
]
