"""Events in the order in which every terminal is told of them."""

from sqlalchemy import BigInteger, Column, Index, SmallInteger, String, Table

from hub_server.foundation.storage import InstantColumn, JsonColumn, metadata, uuid_column

feed_events = Table(
    "feed_events",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(32), nullable=False),
    uuid_column("merchant_id"),
    uuid_column("store_id"),
    uuid_column("terminal_id"),
    Column("payload", JsonColumn, nullable=False),
    Column("published_at", InstantColumn, nullable=False),
    Index("ix_feed_events_terminal", "terminal_id", "position"),
    Index("ix_feed_events_merchant", "merchant_id", "position"),
)
"""All three ids null: for every terminal. Positions are given by one publisher after the change has been
committed, so none is ever skipped by a reader (protocol.md 6)."""

feed_clock = Table(
    "feed_clock",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("last_told", InstantColumn, nullable=False),
)
"""One row: the latest time that any node told a terminal, read and moved under the feed's lock. Nodes' clocks
differ and are set back; an event is published after it, so that no contact claims an event it cannot know."""
