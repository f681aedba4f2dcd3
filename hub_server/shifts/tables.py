"""Shifts as terminals opened and closed them."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, text

from hub_server.foundation.storage import InstantColumn, JsonColumn, metadata, uuid_column

shifts = Table(
    "shifts",
    metadata,
    uuid_column("terminal_id", ForeignKey("terminals.id"), primary_key=True),
    Column("shift", String(64), primary_key=True),
    Column("cashier", String(64), nullable=False),
    Column("opened_at", InstantColumn),
    Column("opened_seq", BigInteger),
    Column("closed_at", InstantColumn),
    Column("closed_seq", BigInteger),
    Column("reported", JsonColumn),
    Column("difference", BigInteger),
    Index("ix_shifts_opened", "terminal_id", "opened_seq"),
    Index("ix_shifts_closed", "terminal_id", "closed_at"),
    Index(
        "ix_shifts_to_compare",
        "terminal_id",
        "closed_seq",
        postgresql_where=text("difference IS NULL"),
        sqlite_where=text("difference IS NULL"),
    ),
)
"""`reported` is the shift_close's data; `opened_seq` and `closed_seq` are the places of its entries in the journal; `difference` is its net minus the hub's own
(minor units), null while entries before it are out."""
