"""Row 5: bytes of the journal's file or of its log flipped on the disk.

Found at the start; nothing more is written; what verifies is carried out and taken by the hub; the shop enrols again.
"""

import json
from pathlib import Path

import pytest

from pos_app.command_line.app import run as run_pos
from pos_app.features.charging.outcomes import Paid, PaidOffline
from tests.fakes.line import Line, LineFault
from tests.injectors.flipped_bytes import commits_in_wal, flip, places_of
from tests.log_rules import ExpectedLogs
from tests.system.faults.counter import APPROVED, FAULT, PAYABLE, Counter
from tests.system.invariants import approved_stand, books_are_sound
from tests.system.till import Till, enrol_here
from tests.system.witness import own_charges, own_entries

DATABASE, LOG = "terminal.db", "terminal.db-wal"
_LEAF_OF_A_TABLE = 13
_PAGE = 4096


@pytest.fixture
def offline_counter(counter: Counter, line: Line) -> Counter:
    """With three approvals that the hub has not heard of."""
    line.become(LineFault.REFUSE)
    with Till(counter.folder) as till:
        till.wait_offline()
        for _ in range(3):
            outcome = till.charge(counter.shop.payment_code().text, PAYABLE).outcome
            assert isinstance(outcome, PaidOffline)
            counter.approved[outcome.entry.entry_id] = PAYABLE
    line.become(LineFault.NONE)
    return counter


def test_a_flipped_byte_of_an_entry(
    offline_counter: Counter,
    line: Line,
    capsys: pytest.CaptureFixture[str],
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.allow("mps.pos", "the journal does not verify")
    counter = offline_counter
    second = own_charges(counter.folder)[1]
    jws = {seq: jws for seq, jws, _ in own_entries(counter.folder)}[second.seq]
    [place] = places_of(counter.folder / DATABASE, jws.encode())
    flip(counter.folder / DATABASE, place + len(jws) // 2)
    _writes_nothing_more(counter)
    assert run_pos(["journal", "verify", "--data-dir", str(counter.folder), "--language", "en"]) == FAULT
    assert str(second.seq) in capsys.readouterr().err, "the first bad entry is not named"
    report = _carried_to_the_hub(counter, "export")
    assert (report["missing"], report["first_missing"]) == (1, second.seq), report
    _rest_was_paid(counter, lost={second.id})
    _enrols_again(counter, line)


def test_a_flipped_byte_of_the_files_structure(offline_counter: Counter, line: Line) -> None:
    counter = offline_counter
    jws = own_entries(counter.folder)[-1][1]
    [place] = places_of(counter.folder / DATABASE, jws.encode())
    page = place // _PAGE * _PAGE
    assert (counter.folder / DATABASE).read_bytes()[page] == _LEAF_OF_A_TABLE
    flip(counter.folder / DATABASE, page)
    _writes_nothing_more(counter)
    report = _carried_to_the_hub(counter, "rescue")
    assert report["missing"] == 0, report
    _rest_was_paid(counter, lost=set())
    _enrols_again(counter, line)


def test_a_flipped_byte_of_the_log_with_commits_behind_it(counter: Counter, line: Line) -> None:
    line.become(LineFault.REFUSE)
    assert counter.charge().returncode == APPROVED
    known = dict(counter.approved)
    counter.die("after_receipt", "charge", "--printer", (counter.folder / "paper").as_uri())
    commits = commits_in_wal(counter.folder / LOG)
    assert len(commits) > 1, "the log holds too little for this test"
    line.become(LineFault.NONE)
    # The commit before the last one is the approval; the last one counts its paper.
    flip(counter.folder / LOG, commits[-2] + 100)
    _writes_nothing_more(counter)
    _carried_to_the_hub(counter, "rescue")
    counter.approved = known
    _rest_was_paid(counter, lost=set())
    _enrols_again(counter, line)


def _writes_nothing_more(counter: Counter) -> None:
    """Refused at the start, plainly, with the line there; the files stay as they were."""
    content = _content(counter.folder)
    refused = counter.charge()
    assert (refused.returncode, refused.stdout) == (FAULT, ""), (refused.stdout, refused.stderr)
    assert "damaged" in refused.stderr, refused.stderr
    assert run_pos(["sync", "--data-dir", str(counter.folder)]) == FAULT
    assert _content(counter.folder) == content


def _content(folder: Path) -> dict[str, bytes]:
    """Of the journal's files; an empty log is none."""
    paths = [path for name in (DATABASE, LOG) if (path := folder / name).exists()]
    return {path.name: content for path in paths if (content := path.read_bytes())}


def _carried_to_the_hub(counter: Counter, how: str) -> dict[str, int]:
    """`journal export` or `rescue` into a file, `mps-hub import-journal` of it; what the terminal said."""
    file = counter.folder.with_name("carried.jsonl")
    report = counter.json("journal " + how, str(file))
    taken = counter.shop.hub.run("import-journal", str(file), "--partial", "--json")
    assert json.loads(taken.stdout)["imported"] is not None, taken.stdout + taken.stderr
    return report


def _rest_was_paid(counter: Counter, lost: set[str]) -> None:
    assert all(payable == PAYABLE for payable in counter.approved.values())
    approved_stand(counter.shop, {key: paid for key, paid in counter.approved.items() if key not in lost})
    books_are_sound(counter.shop)


def _enrols_again(counter: Counter, line: Line) -> None:
    """In a directory of its own: a new terminal with a new journal, which goes on at once."""
    fresh = counter.folder.with_name("fresh")
    enrol_here(fresh, line.url, counter.shop.enrolment_code())
    with Till(fresh) as till:
        till.wait_online()
        outcome = till.charge(counter.shop.payment_code().text, PAYABLE).outcome
        assert isinstance(outcome, Paid)
    again = Counter(counter.shop, fresh, till.id, {outcome.entry.entry_id: PAYABLE})
    again.ended_well()
