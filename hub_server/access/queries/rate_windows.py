"""How often somebody tried something in a stretch of time: one count for all nodes, kept over restarts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from hub_server.access.tables import rate_windows
from hub_server.foundation.storage import InstantColumn


@dataclass(frozen=True, slots=True)
class RateWindow:
    """`count` tries since `began_at`."""

    began_at: datetime
    count: int


def count_try(
    connection: Connection, kind: str, subject: str, *, window: timedelta, at: datetime
) -> RateWindow:
    """Count one more; the first after the window's end begins a new one. One statement, so none is lost."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    is_over = rate_windows.c.began_at <= at - window
    row = connection.execute(
        insert(rate_windows)
        .values(kind=kind, subject=subject, began_at=at, count=1)
        .on_conflict_do_update(
            index_elements=[rate_windows.c.kind, rate_windows.c.subject],
            set_={
                "began_at": case((is_over, literal(at, InstantColumn())), else_=rate_windows.c.began_at),
                "count": case((is_over, 1), else_=rate_windows.c.count + 1),
            },
        )
        .returning(rate_windows.c.began_at, rate_windows.c.count)
    ).one()
    return RateWindow(*row)


def window_of(
    connection: Connection, kind: str, subject: str, *, window: timedelta, at: datetime
) -> RateWindow | None:
    """What was counted, unless the window is over."""
    row = connection.execute(
        select(rate_windows.c.began_at, rate_windows.c.count).where(
            rate_windows.c.kind == kind,
            rate_windows.c.subject == subject,
            rate_windows.c.began_at > at - window,
        )
    ).first()
    return None if row is None else RateWindow(*row)


def forget_window(connection: Connection, kind: str, subject: str) -> None:
    """Begin anew with the next try."""
    connection.execute(
        delete(rate_windows).where(rate_windows.c.kind == kind, rate_windows.c.subject == subject)
    )


def forget_windows_of(connection: Connection, kind: str, beginning: str) -> None:
    """Begin anew with every subject that begins so."""
    connection.execute(
        delete(rate_windows).where(
            rate_windows.c.kind == kind, rate_windows.c.subject.startswith(beginning, autoescape=True)
        )
    )


def forget_windows_before(connection: Connection, began: datetime) -> None:
    """Drop what counts for nothing any more."""
    connection.execute(delete(rate_windows).where(rate_windows.c.began_at < began))
