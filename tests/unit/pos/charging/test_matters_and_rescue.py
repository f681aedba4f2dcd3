"""待處理 and the ways out of a damaged journal on the real journal: what is listed, noted, carried out and kept."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.bootstrap import build_enrolment
from pos_app.bootstrap.counter_terminal import CounterTerminal
from pos_app.bootstrap.rescue import rescue_of
from pos_app.bootstrap.window import doors_of
from pos_app.features.charging.outcomes import Outcome, PaidOffline
from pos_app.features.inbox.flow import InboxRow, Meaning
from pos_app.features.inbox.phrases import meaning_of
from pos_app.features.start_up.flow import CannotOpen, Carried, CarryFault, StartUpFault
from pos_app.journal.states import ChargeState
from pos_app.journal.tables import contradicting_decisions
from pos_app.receipts.raster import render
from pos_app.receipts.rows import PaperWidth
from pos_app.storage.database import FILE_NAME
from shared.clock import to_wire
from shared.journal_entries import Status
from shared.journal_export import prove_export, read_export
from shared.problems import LANGUAGES, Code
from tests.log_rules import ExpectedLogs
from tests.unit.pos.charging.counter import Counter, open_terminal, settings_of


def rejected(counter: Counter, code: Code) -> Outcome:
    """Approved offline, and refused by the hub when the line was back."""
    counter.cut()
    outcome = counter.charge()
    assert isinstance(outcome, PaidOffline)
    counter.let_pass(120_000)
    counter.mend()
    counter.hub.script.declines.append(code)
    counter.drain()
    return outcome


def rows(counter: Counter) -> tuple[InboxRow, ...]:
    return counter.terminal.inbox.screen_rows()


def test_a_rejected_charge_stays_until_a_manager_notes_it_and_then_in_the_history(counter: Counter) -> None:
    outcome = rejected(counter, Code.QR_ALREADY_USED)
    row = rows(counter)[0]
    assert (row.meaning, row.reason, row.amount) == (Meaning.REJECTED, Code.QR_ALREADY_USED, 29_900)
    assert row.status is Status.REJECTED
    assert counter.terminal.inbox.note(row.seq, row.status, "m")
    assert not counter.terminal.inbox.note(row.seq, row.status, "m")
    assert rows(counter) == ()
    counter.reopen()
    assert rows(counter) == ()
    assert isinstance(outcome, PaidOffline)
    assert counter.terminal.history.find(outcome.entry.entry_id) is not None


def test_an_approval_that_an_earlier_record_rules_out_is_told_as_that(counter: Counter) -> None:
    rejected(counter, Code.CONTRADICTORY_ENTRY)
    assert rows(counter)[0].meaning is Meaning.CONTRADICTED


def test_another_decision_than_the_one_kept_is_shown_and_changes_nothing_of_the_charge(
    counter: Counter,
) -> None:
    outcome = counter.charge()
    counter.drain()
    other = {
        "seq": 1,
        "jws": "another",
        "status": "reversed",
        "code": None,
        "heard_at": to_wire(counter.clock.now()),
    }
    counter.terminal.database.write(lambda tx: tx.execute(contradicting_decisions.insert(), other)).result()
    row = rows(counter)[0]
    assert (row.meaning, row.amount, row.status) == (Meaning.DIFFERENT, 29_900, Status.REVERSED)
    assert counter.state(outcome) is ChargeState.COMPLETED
    assert counter.terminal.inbox.note(row.seq, Status.REVERSED, "m")
    assert rows(counter) == ()


def test_what_nobody_has_answered_for_a_day_waits_for_a_person_and_goes_by_itself(counter: Counter) -> None:
    counter.cut()
    assert isinstance(counter.charge(), PaidOffline)
    assert rows(counter) == ()
    counter.let_pass(timedelta(hours=25) // timedelta(milliseconds=1))
    assert [(row.meaning, row.amount) for row in rows(counter)] == [(Meaning.OVERDUE, 29_900)]
    counter.mend()
    counter.drain()
    assert rows(counter) == ()


def test_every_matter_prints_for_the_manager_on_both_papers_in_both_languages(counter: Counter) -> None:
    rejected(counter, Code.QR_ALREADY_USED)
    row = rows(counter)[0]
    window = CounterTerminal(counter.terminal)
    for language in LANGUAGES:
        slip = window.slip_of(row, meaning_of(row).said_in(language))
        assert (slip.amount, slip.last4, slip.number) == (29_900, row.last4, "T07-1")
        for paper in PaperWidth:
            assert render(slip, language, paper).height > 300


def damage(folder: Path) -> None:
    """As somebody with the file and an SQLite would: past the triggers that guard it."""
    connection = sqlite3.connect(folder / FILE_NAME)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("UPDATE entries SET jws = replace(jws, 'eyJ', 'eyK') WHERE seq = 1")
    connection.commit()
    connection.close()


def test_a_damaged_journal_is_named_carried_out_kept_aside_and_the_place_is_free(
    counter: Counter, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos.window", "does not open")
    expected_logs.allow("mps.pos.rescue", "cannot be written")
    for _ in range(2):
        counter.charge()
    counter.terminal.close()
    damage(counter.folder)
    before = (counter.folder / FILE_NAME).read_bytes()
    settings, place = settings_of(counter.folder), tmp_path / "usb"
    doors, rescue = doors_of(settings), rescue_of(settings, lambda: [place])
    with pytest.raises(CannotOpen) as refused:
        doors.open_terminal()
    assert (refused.value.fault, refused.value.seq) == (StartUpFault.JOURNAL, 1)
    path = rescue.places()[0]
    assert Path(path).name.startswith("mps-journal-T07-")
    assert rescue.carry(path) is CarryFault.NOT_WRITTEN
    place.mkdir()
    carried = rescue.carry(path)
    assert isinstance(carried, Carried)
    assert (carried.entries, carried.missing, carried.first_missing) == (2, 1, 1)
    assert rescue.carry(path) is CarryFault.FILE_IS_THERE
    # Neither the attempt to open it nor the carrying wrote to the journal.
    assert (counter.folder / FILE_NAME).read_bytes() == before
    assert rescue.set_apart()
    kept = next((counter.folder / "set-apart").iterdir())
    assert (kept / FILE_NAME).read_bytes() == before
    assert doors.open_terminal() is None
    enrolling, database = build_enrolment(settings, counter.clock)
    enrolling.enrol(counter.hub, "CODE", "till")
    database.close()
    counter.terminal = open_terminal(counter.folder, counter.clock, counter.hub)
    assert counter.terminal.history.recent() == []


def test_an_export_made_beside_the_running_window_proves_itself(counter: Counter, tmp_path: Path) -> None:
    counter.charge()
    counter.drain()
    path = tmp_path / "out.jsonl"
    assert isinstance(rescue_of(settings_of(counter.folder)).carry(str(path)), Carried)
    with path.open("rb") as opened:
        proof = prove_export(read_export(opened), counter.hub.mint.jwks.hub_keys())
    assert (proof.entries, proof.is_certified) == (2, True)


def test_a_journal_that_a_window_uses_is_not_set_apart_under_it(counter: Counter) -> None:
    with pytest.raises(Exception, match="another program"):
        rescue_of(settings_of(counter.folder)).set_apart()
    assert (counter.folder / FILE_NAME).exists()
    assert (counter.folder / "terminal.key").exists()
