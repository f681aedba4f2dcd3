"""The journal is read back: at the start what is new, all of it beside the work; damage makes it read-only (faults.md 5)."""

import shutil
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from pos_app.features.charging.outcomes import PaidOffline
from pos_app.journal import journal
from pos_app.journal.read_back import JournalDamaged, Prover
from pos_app.storage import Reading, StorageDamaged
from tests.log_rules import ExpectedLogs
from tests.unit.pos.charging.counter import Counter, open_terminal

_OFF = "DROP TRIGGER entries_are_not_changed; DROP TRIGGER decisions_are_not_changed;"


def _tamper(folder: Path, statement: str) -> None:
    """As a person with the file and an editor."""
    connection = dbapi2.connect(str(folder / "terminal.db"))
    connection.executescript(_OFF + statement)
    connection.close()


def _fill(counter: Counter, charges: int) -> None:
    counter.cut()
    for _ in range(charges):
        assert isinstance(counter.charge(1_000), PaidOffline)
    counter.let_pass(120_000)
    counter.mend()
    counter.drain()


TAMPERING: tuple[tuple[str, int], ...] = (
    ("UPDATE entries SET jws = replace(jws, 'e', 'f') WHERE seq = 3;", 3),
    ("UPDATE entries SET at = '2026-01-01T00:00:00.000Z' WHERE seq = 4;", 4),
    ("UPDATE entries SET contact = '2026-01-01T00:00:00.000Z' WHERE seq = 4;", 4),
    ("UPDATE entries SET type = 'refund' WHERE seq = 3;", 3),
    ("UPDATE decisions SET jws = (SELECT jws FROM decisions WHERE seq = 1) WHERE seq = 5;", 5),
)


@pytest.mark.parametrize(("statement", "seq"), TAMPERING)
def test_damage_found_while_running_is_named_and_nothing_is_appended_after_it(
    counter: Counter, expected_logs: ExpectedLogs, statement: str, seq: int
) -> None:
    expected_logs.allow("mps.pos.storage", f"nothing is written any more: entry {seq}:")
    _fill(counter, 3)
    counter.terminal.journal_watch.read_back()
    assert counter.terminal.database.why_read_only is None
    _tamper(counter.folder, statement)
    counter.terminal.journal_watch.read_back()
    before = counter.terminal.database.read(journal.tail).result()
    assert counter.terminal.board.latest.is_read_only
    counter.cut()
    with pytest.raises(StorageDamaged, match=f"entry {seq}:"):
        counter.charge()
    assert counter.terminal.database.read(journal.tail).result() == before
    assert len(counter.terminal.database.read(lambda tx: list(journal.exported(tx))).result()) == 7


def test_damage_found_at_the_start_keeps_the_terminal_closed(
    counter: Counter, tmp_path_factory: pytest.TempPathFactory
) -> None:
    _fill(counter, 3)
    copy = tmp_path_factory.mktemp("copy") / "data"
    shutil.copytree(counter.folder, copy)
    _tamper(copy, TAMPERING[0][0])
    with pytest.raises(JournalDamaged, match="entry 3"):
        open_terminal(copy, counter.clock, counter.hub)


def test_an_end_that_the_hub_acknowledged_and_that_is_missing_is_damage(counter: Counter) -> None:
    _fill(counter, 2)
    facts = counter.terminal.hub_copy.facts
    reading = Reading(counter.folder)
    prover = Prover(
        terminal_id=facts.terminal_id,
        verifier=facts.own_verifier,
        hub_keys=facts.keys,
        acknowledged=facts.verified_through + 1,
    )
    with pytest.raises(JournalDamaged, match="acknowledged"):
        prover.prove(reading.read)
    reading.close()


def test_a_journal_longer_than_a_page_is_proved_from_anywhere_and_gives_way_between_pages(
    counter: Counter,
) -> None:
    _fill(counter, 30)
    for _ in range(3):
        counter.let_pass(1_000)
        counter.terminal.hub_copy.take_contact(counter.hub.clock.now())
        _fill(counter, 30)
    facts = counter.terminal.hub_copy.facts
    head = facts.verified_through
    reading = Reading(counter.folder)
    prover = Prover(
        terminal_id=facts.terminal_id,
        verifier=facts.own_verifier,
        hub_keys=facts.keys,
        acknowledged=head,
    )
    assert prover.prove(reading.read) == head + 1
    assert prover.prove(reading.read, head - 5) == 6
    assert 0 < prover.prove(reading.read, between_pages=lambda: False) < head
    reading.close()
