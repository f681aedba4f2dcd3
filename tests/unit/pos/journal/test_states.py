"""A charge's row goes only the ways of the table, and only from where it was seen (style.md, Types and state)."""

from functools import partial
from itertools import product
from pathlib import Path

import pytest
import sqlalchemy as sa

from pos_app.journal import charges
from pos_app.journal.states import TRANSITIONS, ChargeState
from pos_app.journal.tables import charges as table
from pos_app.storage import Database
from tests.fakes.clock import START

_COLUMNS = (
    "id, seq, state, amount, payable, claims, code_ref, cashier, shift, training, at"
    " ) VALUES (?, ?, ?, 1, 1, '[]', ?, 'c', '0001', 0, 'at')"
)


def _state(database: Database, charge_id: str) -> str:
    query = sa.select(table.c.state).where(table.c.id == charge_id)
    return database.read(lambda tx: str(tx.execute(query).scalar_one())).result()


def test_each_way_of_the_table_is_taken_once_and_only_from_where_the_charge_was_seen(tmp_path: Path) -> None:
    database = Database(tmp_path)
    ways = [(seen, to) for seen in ChargeState for to in TRANSITIONS[seen]]
    for number, (seen, to) in enumerate(ways):
        name = f"charge-{number}"
        row = (name, number, seen.value, name)

        def insert(tx: sa.Connection, row: tuple[str, int, str, str] = row) -> None:
            tx.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            tx.exec_driver_sql(
                "INSERT INTO entries VALUES (?, ?, 'jws', ?, ?, 'charge', 'at', 'contact', NULL, NULL)",
                (row[1], row[0], f"hash-{row[1]}", f"hash-{row[1] - 1}" if row[1] else "first"),
            )
            tx.exec_driver_sql(f"INSERT INTO charges ({_COLUMNS}", row)

        def go(tx: sa.Connection, name: str = name, seen: ChargeState = seen, to: ChargeState = to) -> bool:
            return charges.advance(tx, name, seen, to, at=START)

        database.write(insert).result()
        assert database.write(go).result()
        assert _state(database, name) == to.value
        assert not database.write(go).result(), "it was seen where it is not any more"
        assert _state(database, name) == to.value
    database.close()


def test_every_other_way_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    database = Database(tmp_path)
    for seen, to in product(ChargeState, ChargeState):
        if to not in TRANSITIONS[seen]:
            go = partial(charges.advance, charge_id="charge", seen=seen, to=to, at=START)
            with pytest.raises(ValueError, match="no way"):
                database.write(go).result()
    database.close()


def test_every_charge_comes_to_an_end_from_wherever_it_is() -> None:
    ends = {
        ChargeState.COMPLETED,
        ChargeState.DECLINED,
        ChargeState.SETTLED,
        ChargeState.REJECTED,
        ChargeState.REVERSED,
    }
    for state in ChargeState:
        reached = {state}
        while more := {to for one in reached for to in TRANSITIONS[one]} - reached:
            reached |= more
        assert reached & ends
        assert state in ends or TRANSITIONS[state], "nothing stays open for ever"
        assert not any(one.is_open for one in reached) or state.is_open, "what has ended is never open again"
