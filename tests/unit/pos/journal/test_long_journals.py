"""What every charge asks of its journal is answered by an index, however long the journal is."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pos_app.hub_copy import rows
from pos_app.journal import charges, journal, overdue, waiting
from pos_app.journal.states import ChargeState
from pos_app.storage import Transaction
from pos_app.storage.migrations import migrate
from pos_app.storage.opening import open_writer
from shared.api.policy import Policy

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
QUESTIONS: tuple[Callable[[Transaction], object], ...] = (
    lambda tx: journal.next_stamp(tx, "terminal", NOW, NOW),
    lambda tx: charges.by_id(tx, "id"),
    charges.has_open,
    lambda tx: charges.is_code_used(tx, "ref"),
    lambda tx: charges.is_code_used(tx, "ref", besides="id"),
    lambda tx: charges.offline_spending(tx, NOW),
    lambda tx: charges.in_states(tx, ChargeState.DURABLE, ChargeState.IN_DOUBT),
    lambda tx: charges.in_states(tx, ChargeState.ADVISED),
    lambda tx: charges.recent(tx, 10),
    lambda tx: charges.of_shift(tx, "0001"),
    lambda tx: rows.policy_at(tx, NOW),
    lambda tx: waiting.due(tx, 10, ()),
    lambda tx: waiting.due_at_the_counter(tx, 10, ()),
    waiting.queue,
    waiting.set_aside,
    lambda tx: waiting.mark_again(tx, 10, NOW),
    lambda tx: overdue.unanswered_since(tx, NOW),
    lambda tx: waiting.unsent_reversals(tx, 10),
    lambda tx: waiting.of_charge(tx, "id"),
)


_SHORT = (
    "policies",
    "waiting_entries",
    "again_entries",
    "unsigned_answers",
    "contradicting_decisions",
    "anon_1",
)


def _reads_through(step: str) -> bool:
    """A scan, but of what stays short."""
    words = step.split()
    if "rejected_decisions" in words:  # an index of those alone
        return False
    return words[0] == "SCAN" and words[1] not in _SHORT


def _stops_early(statement: str) -> bool:
    """The first rows in the order of the table: a scan that ends after them."""
    return "LIMIT" in statement and "WHERE" not in statement


@pytest.mark.parametrize("ask", QUESTIONS)
def test_no_question_reads_the_journal_through(tmp_path: Path, ask: Callable[[Transaction], object]) -> None:
    connection = open_writer(tmp_path / "terminal.db")
    migrate(connection)
    rows.write_policy(connection, Policy())
    asked: list[tuple[str, Any]] = []
    sa.event.listen(
        connection, "before_cursor_execute", lambda _c, _k, text, bound, *_: asked.append((text, bound))
    )
    ask(connection)
    statements = list(asked)
    assert statements
    for text, bound in statements:
        plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", bound)]
        read_through = [step for step in plan if _reads_through(step) and not _stops_early(text)]
        assert not read_through, f"{text}: {plan}"
    connection.close()
