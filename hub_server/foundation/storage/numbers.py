"""Numbers that people read: gaps are allowed, reuse is not (domain.md)."""

from enum import StrEnum

from sqlalchemy import BigInteger, Column, Connection, String, Table, func, select, text, update
from sqlalchemy.dialects.sqlite import insert

from hub_server.foundation.storage.metadata import metadata


class NumberSequence(StrEnum):
    """Every sequence; the value is its name in the database."""

    CHARGE = "charge"
    REFUND = "refund"
    REVERSAL = "reversal"
    TOP_UP = "top_up"
    ADJUSTMENT = "adjustment"
    CARD = "card"
    MERCHANT = "merchant"


number_sequences = Table(
    "number_sequences",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("last_taken", BigInteger, nullable=False),
)
"""SQLite's sequences; PostgreSQL has its own, `number_<name>`, which take no lock."""


def jump_numbers(connection: Connection, *, of_transactions: int, of_others: int) -> None:
    """Let every sequence go on that much further: numbers given since a copy was made are never given again."""
    for sequence in NumberSequence:
        by = of_others if sequence in (NumberSequence.CARD, NumberSequence.MERCHANT) else of_transactions
        if connection.dialect.name == "postgresql":
            name = f"number_{sequence.value}"
            last = f"SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM {name}"
            connection.execute(text(f"SELECT setval('{name}', ({last}) + :by)"), {"by": by})
        else:
            first_use = insert(number_sequences).values(name=sequence.value, last_taken=by)
            connection.execute(
                first_use.on_conflict_do_update(
                    index_elements=["name"], set_={"last_taken": number_sequences.c.last_taken + by}
                )
            )


def take_numbers(connection: Connection, sequence: NumberSequence, count: int = 1) -> list[int]:
    """The next `count` numbers, from 1 up, never given again even if the transaction is rolled back.

    (On SQLite a rolled-back transaction gives its numbers back: nobody has seen them.)
    """
    if connection.dialect.name == "postgresql":
        rows = connection.execute(
            select(func.nextval(text(f"'number_{sequence.value}'"))).select_from(
                func.generate_series(1, count).alias("n")
            )
        )
        return [row[0] for row in rows]
    first_use = insert(number_sequences).values(name=sequence.value, last_taken=0).on_conflict_do_nothing()
    connection.execute(first_use)
    last = connection.execute(
        update(number_sequences)
        .where(number_sequences.c.name == sequence.value)
        .values(last_taken=number_sequences.c.last_taken + count)
        .returning(number_sequences.c.last_taken)
    ).scalar_one()
    return list(range(last - count + 1, last + 1))
