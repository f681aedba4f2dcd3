"""A shift's counts and payable sums (protocol.md 4): what this terminal ever approved, and what it took back."""

from pos_app.features.charging.outcomes import InDoubt, Outcome, PaidOffline
from pos_app.features.shift.shift_desk import ShiftRefusal, ShiftView, totals_of
from pos_app.journal.shifts import Shift
from pos_app.receipts.content import ShiftTotals, Tally
from shared.journal_entries import ReversalReason
from shared.problems import Code
from tests.fakes.hub import Fault
from tests.unit.pos.charging.counter import Counter


def _open(counter: Counter) -> None:
    shift = counter.terminal.shift.open("c")
    assert isinstance(shift, Shift)
    assert shift.shift == "0001"


def _totals(counter: Counter) -> ShiftTotals:
    return counter.terminal.database.read(lambda tx: totals_of(tx, "0001")).result()


def _doubtful(counter: Counter) -> InDoubt:
    counter.hub.script.faults.append(Fault.REPLY_LOST)
    outcome: Outcome = counter.charge(10_000)
    assert isinstance(outcome, InDoubt)
    return outcome


def test_online_and_offline_approvals_count_by_what_was_paid_and_refusals_do_not(counter: Counter) -> None:
    _open(counter)
    counter.charge(29_900, rate=9_500)
    counter.hub.script.declines.append(Code.INSUFFICIENT_BALANCE)
    counter.charge(5_000)
    counter.cut()
    assert isinstance(counter.charge(20_000), PaidOffline)
    totals = _totals(counter)
    assert totals.confirmed == Tally(count=1, amount=28_405)
    assert totals.pending == Tally(count=1, amount=20_000)
    assert totals.charged == Tally(count=2, amount=48_405)
    assert totals.reversed == Tally(count=0, amount=0)


def test_a_charge_given_up_unapproved_counts_in_neither_sum(counter: Counter) -> None:
    _open(counter)
    counter.desk.give_up(_doubtful(counter).entry.entry_id)
    counter.drain()
    totals = _totals(counter)
    assert totals.charged == totals.reversed == totals.in_doubt == Tally(count=0, amount=0)


def test_a_charge_in_doubt_stands_beside_the_sums_and_a_late_answer_joins_them(counter: Counter) -> None:
    _open(counter)
    _doubtful(counter)
    assert _totals(counter).in_doubt == Tally(count=1, amount=10_000)
    assert _totals(counter).charged == Tally(count=0, amount=0)
    counter.drain()
    assert _totals(counter).charged == Tally(count=1, amount=10_000)


def test_what_was_approved_and_then_taken_back_counts_in_both(counter: Counter) -> None:
    _open(counter)
    counter.cut()
    approved = counter.charge(20_000)
    assert isinstance(approved, PaidOffline)
    book = counter.terminal.book
    counter.terminal.database.write(
        lambda tx: book.reverse(tx, book.charge(tx, approved.entry.entry_id), ReversalReason.VOID)
    ).result()
    totals = _totals(counter)
    assert totals.charged == totals.reversed == Tally(count=1, amount=20_000)


def test_closing_writes_these_sums_names_what_is_in_doubt_and_opens_the_next_number(counter: Counter) -> None:
    _open(counter)
    counter.charge(29_900)
    doubtful = _doubtful(counter)
    view = counter.terminal.shift.close("c")
    assert isinstance(view, ShiftView)
    assert view.totals.charged == Tally(count=1, amount=29_900)
    assert view.totals.in_doubt == Tally(count=1, amount=10_000)
    assert counter.terminal.shift.close("c") is ShiftRefusal.NONE_OPEN
    again = counter.terminal.shift.open("c")
    assert isinstance(again, Shift)
    assert again.shift == "0002"
    assert doubtful.entry.entry_id in _last_close(counter)


def _last_close(counter: Counter) -> tuple[str, ...]:
    from pos_app.journal import journal
    from shared.journal_entries import ShiftCloseData, verify_entry

    entries = counter.terminal.database.read(lambda tx: list(journal.exported(tx))).result()
    own = counter.terminal.book.journal
    found = [verify_entry(jws, own.terminal_id, own.verifier).data for jws, _ in entries]
    return next(data.in_doubt or () for data in found if isinstance(data, ShiftCloseData))
