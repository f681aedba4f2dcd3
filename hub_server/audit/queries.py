"""Writing audit events, and the rows of the chain over them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Text, cast, exists, func, insert, select

from hub_server.audit.rules import Head, KeptHead, Link, StoredEvent
from hub_server.audit.tables import audit_events, audit_heads, audit_links

STREAM_PAGE = 1_000
_COLUMNS = (
    *(column for column in audit_events.c if column.name != "data"),
    cast(audit_events.c.data, Text).label("data"),
)
"""The data as text: what somebody spoilt must still be read, to be named."""


def insert_events(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert events in one statement."""
    connection.execute(insert(audit_events), list(rows))


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last link."""

    position: int
    hash: str


def chain_end(connection: Connection) -> ChainEnd | None:
    """The last link of the chain, if there is any."""
    row = connection.execute(
        select(audit_links.c.position, audit_links.c.hash).order_by(audit_links.c.position.desc()).limit(1)
    ).first()
    return None if row is None else ChainEnd(row.position, row.hash)


def unlinked_events(connection: Connection, after_id: int, limit: int) -> list[StoredEvent]:
    """Events behind an id that are in no link yet, in the order of their ids."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(audit_events.c.id > after_id, ~_is_linked())
        .order_by(audit_events.c.id)
        .limit(limit)
    )
    return [_event(row) for row in rows]


def unlinked_up_to(connection: Connection, through_id: int) -> Iterator[StoredEvent]:
    """Events up to an id that are in no link, streamed."""
    rows = connection.execution_options(yield_per=STREAM_PAGE).execute(
        select(*_COLUMNS).where(audit_events.c.id <= through_id, ~_is_linked()).order_by(audit_events.c.id)
    )
    return (_event(row) for row in rows)


def count_unlinked(connection: Connection, after_id: int) -> int:
    """How many events behind an id wait for the chain."""
    return int(
        connection.execute(
            select(func.count()).select_from(audit_events).where(audit_events.c.id > after_id, ~_is_linked())
        ).scalar_one()
    )


def count_links(connection: Connection) -> int:
    """How long the chain is."""
    return int(connection.execute(select(func.count()).select_from(audit_links)).scalar_one())


def insert_links(
    connection: Connection, first: int, events: Sequence[StoredEvent], hashes: Sequence[str]
) -> None:
    """Append links from a position on, in one statement."""
    connection.execute(
        insert(audit_links),
        [
            {"position": first + offset, "event_id": event.id, "hash": digest}
            for offset, (event, digest) in enumerate(zip(events, hashes, strict=True))
        ],
    )


def last_head(connection: Connection) -> Head | None:
    """The newest head, by its columns, with no hash: that stands in its signature."""
    row = connection.execute(
        select(audit_heads.c.position, audit_heads.c.through_id, audit_heads.c.at)
        .order_by(audit_heads.c.position.desc())
        .limit(1)
    ).first()
    return None if row is None else Head(row.position, "", row.through_id, row.at)


def insert_head(connection: Connection, head: Head, jws: str) -> None:
    """Keep a signed head."""
    connection.execute(
        insert(audit_heads).values(position=head.position, through_id=head.through_id, at=head.at, jws=jws)
    )


def kept_heads(connection: Connection) -> list[KeptHead]:
    """Every head in the database."""
    rows = connection.execute(select(audit_heads).order_by(audit_heads.c.position))
    return [
        KeptHead(f"audit head {row.position} in the database", row.jws, (row.position, row.through_id))
        for row in rows
    ]


def links_in_order(connection: Connection) -> Iterator[Link]:
    """The chain with its events, streamed."""
    rows = connection.execution_options(yield_per=STREAM_PAGE).execute(
        select(audit_links.c.position, audit_links.c.event_id, audit_links.c.hash, *_COLUMNS)
        .outerjoin(audit_events, audit_events.c.id == audit_links.c.event_id)
        .order_by(audit_links.c.position)
    )
    for row in rows:
        event = None if row.id is None else _event(row)
        yield Link(row.position, row.event_id, row.hash, event)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events somebody looks for; None for all."""

    subject_kind: str | None = None
    subject_id: str | None = None
    name: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_events(
    connection: Connection, wanted: EventFilter, before_id: int | None, limit: int
) -> list[StoredEvent]:
    """Events of the wanted kind, the newest first."""
    conditions = [
        column == value
        for column, value in (
            (audit_events.c.subject_kind, wanted.subject_kind),
            (audit_events.c.subject_id, wanted.subject_id),
            (audit_events.c.name, wanted.name),
        )
        if value is not None
    ]
    if wanted.since is not None:
        conditions.append(audit_events.c.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(audit_events.c.at < wanted.until)
    if before_id is not None:
        conditions.append(audit_events.c.id < before_id)
    rows = connection.execute(
        select(*_COLUMNS).where(*conditions).order_by(audit_events.c.id.desc()).limit(limit)
    )
    return [_event(row) for row in rows]


def count_by_code(connection: Connection, names: Sequence[str], since: datetime) -> dict[str, int]:
    """How many events of these names since then tell of each code in their data."""
    code = audit_events.c.data["code"].as_string()
    rows = connection.execute(
        select(code.label("code"), func.count().label("events"))
        .where(audit_events.c.name.in_(names), audit_events.c.at >= since)
        .group_by(code)
    )
    return {row.code: row.events for row in rows if row.code is not None}


def _is_linked() -> Any:
    return exists(select(audit_links.c.position).where(audit_links.c.event_id == audit_events.c.id))


def _event(row: Row[Any]) -> StoredEvent:
    return StoredEvent(
        id=row.id,
        name=row.name,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        data=row.data,
    )
