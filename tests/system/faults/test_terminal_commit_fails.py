"""Row 2: COMMIT answers an I/O error. That is unknown, not no: the terminal closes, opens again and looks.

A sync that fails, or that nobody lives to hear of, leaves the pages written, so the row can be there; a write that fails
leaves nothing. Whichever commit of a charge it befalls, the terminal says what is true, and there is one outcome.
"""

import json
import signal
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from tests.fakes.line import Line, LineFault
from tests.injectors.strace import SYNC, WRITE, Tracer
from tests.system.faults.counter import APPROVED, FAULT, IN_DOUBT, Counter

ENDS: Final = (APPROVED, IN_DOUBT, FAULT)


@pytest.fixture
def tracer(counter: Counter, tmp_path: Path) -> Tracer:
    """On the file that every commit is written to."""
    return Tracer(counter.folder / "terminal.db-wal", tmp_path / "strace.log")


def _calls(counter: Counter, tracer: Tracer) -> list[str]:
    """The writes and syncs of one charge with which nothing is wrong."""
    assert counter.charge(prefix=tracer.watching()).returncode == APPROVED
    return tracer.seen()


def _one_a_commit(calls: list[str], kind: tuple[str, ...]) -> list[int]:
    """The numbers, among the calls of a kind, of the first one of each commit (which ends with a sync)."""
    mine = [at for at, call in enumerate(calls) if call in kind]
    if kind == SYNC:
        return list(range(1, len(mine) + 1))
    return [1] + [n for n, (a, b) in enumerate(pairwise(mine), start=2) if b - a > 1]


def _said_the_truth(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode in ENDS, (done.returncode, done.stdout, done.stderr)
    assert "a fault of ours" not in done.stderr, done.stderr
    if done.returncode != APPROVED:
        assert done.stderr.strip(), "it says nothing"
        told = json.loads(done.stdout)["status"] if done.stdout else "in_doubt"
        assert told == "in_doubt", told


@pytest.mark.parametrize("kind", [SYNC, WRITE], ids=["sync", "write"])
def test_an_online_charge_with_one_commit_that_fails(
    counter: Counter, tracer: Tracer, kind: tuple[str, ...]
) -> None:
    ends = []
    for number in _one_a_commit(_calls(counter, tracer), kind):
        before = counter.charges
        done = counter.charge(prefix=tracer.failing(kind, "EIO", str(number)))
        _said_the_truth(done)
        if done.returncode == FAULT:
            assert counter.charges == before, "said to be not charged, but written"
        # What else is committed meanwhile (a contact) comes when it comes: the last numbers may not be reached.
        ends += [done.returncode] * tracer.injected()
        counter.sync()
    assert {FAULT, APPROVED} <= set(ends), f"the faults befell no charge: {ends}"
    counter.ended_well()


def test_offline_a_disk_that_fails_from_some_moment_on_approves_nothing_more(
    counter: Counter, tracer: Tracer, line: Line
) -> None:
    line.become(LineFault.REFUSE)
    calls = _calls(counter, tracer)
    ends: list[int] = []
    for kind in (SYNC, WRITE):
        for number in _one_a_commit(calls, kind):
            done = counter.charge(prefix=tracer.failing(kind, "EIO", f"{number}+"))
            _said_the_truth(done)
            ends += [done.returncode] * bool(tracer.injected())
    assert FAULT in ends, ends
    line.become(LineFault.NONE)
    counter.ended_well()


def test_dead_before_the_answer_to_a_commit_the_next_start_finds_what_was_written(
    counter: Counter, tracer: Tracer, line: Line
) -> None:
    line.become(LineFault.REFUSE)
    # The last sync belongs to the closing of the file, the one before it to the charge with its advice.
    number = _one_a_commit(_calls(counter, tracer), SYNC)[-2]
    before = counter.charges
    done = counter.charge(prefix=tracer.killing(SYNC, number))
    assert done.returncode == -signal.SIGKILL, (number, done.returncode, done.stderr)
    assert not done.stdout
    assert counter.charges == before + 1, "no commit was there after all"
    line.become(LineFault.NONE)
    counter.ended_well()
    assert counter.last_is_paid
