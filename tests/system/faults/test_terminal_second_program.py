"""Row 6: two programs on one journal. The second is refused before it writes or sends, and those that look may look."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pos_app.command_line.app import run as run_pos
from pos_app.features.charging.outcomes import Paid
from tests.system.faults.counter import APPROVED, FAULT, PAYABLE, Counter
from tests.system.till import Till
from tests.system.witness import own_types

_IN_USE = "another program"
READERS = ("status", "journal verify", "journal list", "journal export")


def test_beside_an_open_terminal_nothing_else_writes_and_everything_may_look(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("--data-dir", str(counter.folder), "--language", "en")
    with Till(counter.folder) as till:
        till.wait_online()
        written = own_types(counter.folder)
        refused = counter.charge()
        assert (refused.returncode, refused.stdout) == (FAULT, "")
        assert _IN_USE in refused.stderr.lower(), refused.stderr
        assert run_pos(["sync", *here]) == FAULT
        assert _IN_USE in capsys.readouterr().err.lower()
        assert own_types(counter.folder) == written
        for words in READERS:
            assert run_pos([*words.split(), *here]) == 0, words
        charged = till.charge(counter.shop.payment_code().text, PAYABLE).outcome
        assert isinstance(charged, Paid)
        counter.approved[charged.entry.entry_id] = PAYABLE
    counter.ended_well()


def test_of_programs_started_at_once_one_charges(counter: Counter) -> None:
    codes = [counter.shop.payment_code().text for _ in range(3)]
    with ThreadPoolExecutor(len(codes)) as pool:
        done = list(pool.map(lambda code: counter.charge(code=code), codes))
    by_exit = sorted(one.returncode for one in done)
    assert by_exit[0] == APPROVED, [one.stderr for one in done]
    assert set(by_exit) <= {APPROVED, FAULT}, [one.stderr for one in done]
    assert counter.charges == by_exit.count(APPROVED), "a refused program wrote a charge"
    counter.ended_well()


def test_a_dead_program_leaves_no_lock(counter: Counter) -> None:
    counter.die("after_charge_commit")
    assert counter.charge().returncode == APPROVED
    counter.ended_well()
