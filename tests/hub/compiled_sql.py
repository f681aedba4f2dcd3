"""One cache of compiled SQL for all databases of a kind: a test's hub would compile every statement anew."""

from sqlalchemy import Engine

_FIRST: dict[str, Engine] = {}
_STATEMENTS = 5_000


def share_compiled_sql(engine: Engine) -> None:
    """Let the engine use what others of its kind have compiled in this process.

    SQLAlchemy keeps compiled statements for one engine and its dialect; both are the first engine's from now on.
    What a dialect learns at its first connection is the same for every database here: they are of one server.
    """
    first = _FIRST.setdefault(engine.dialect.name, engine)
    first._compiled_cache.capacity = _STATEMENTS  # type: ignore[union-attr]
    engine.dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
