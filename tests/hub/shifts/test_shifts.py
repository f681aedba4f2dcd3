"""Shifts as terminals report them, beside the hub's own sums (protocol.md 4)."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import text

from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.foundation.outbox.tables import outbox
from hub_server.journal_intake import EntryOutcome
from hub_server.shifts.queries import ShiftRow
from hub_server.shifts.tables import shifts
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.journal_entries import Entry, ReversalReason, ShiftCloseData, ShiftOpenData, Status
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.builders.terminal_journal import CASHIER, SHIFT
from tests.log_rules import ExpectedLogs


@pytest.fixture
def counter(hub_context: Context, keys: HubSigningKeys) -> Counter:
    """A terminal with an open shift."""
    made = Counter(hub_context, keys, HubRows(hub_context, keys))
    made.journal.add(ShiftOpenData(cashier=CASHIER, shift=SHIFT))
    return made


def _close(
    counter: Counter,
    *,
    charges: int,
    charged: int,
    reversals: int = 0,
    reverted: int = 0,
    refunds: int = 0,
    refunded: int = 0,
    in_doubt: tuple[str, ...] | None = None,
    shift: str = SHIFT,
) -> Entry:
    return counter.journal.add(
        ShiftCloseData(
            cashier=CASHIER,
            shift=shift,
            charges=charges,
            charged=charged,
            reversals=reversals,
            reversed=reverted,
            refunds=refunds,
            refunded=refunded,
            in_doubt=in_doubt,
        )
    )


def _shift(counter: Counter, shift: str = SHIFT) -> ShiftRow:
    row = counter.rows.one(shifts, terminal_id=counter.terminal_id, shift=shift)
    reported = row.pop("reported")
    return ShiftRow(**row, reported=ShiftCloseData.model_validate(reported) if reported else None)


def _findings(counter: Counter) -> tuple[object, ...]:
    """What the consistency check finds."""
    return counter.context.database.read(lambda c: check(c, counter.keys.verifiers)).findings


def _sent(counter: Counter) -> list[tuple[Entry, EntryOutcome]]:
    """The whole journal in one request, with what became of each."""
    return list(zip(counter.journal.entries, counter.submit(*counter.journal.entries), strict=True))


def test_a_shift_that_agrees_has_no_difference(counter: Counter) -> None:
    kept, undone = (counter.journal.charge(counter.rows.code(counter.rows.card()), n) for n in (1_000, 300))
    counter.journal.reversal(undone)
    close = _close(counter, charges=2, charged=1_300, reversals=1, reverted=300)
    assert counter.submit(*counter.journal.entries)[-1].status is Status.ACCEPTED
    row = _shift(counter)
    assert (row.cashier, row.closed_seq, row.difference) == (CASHIER, close.seq, 0)
    assert (row.opened_at, row.closed_at) == (counter.journal.entries[1].at, close.at)
    assert row.reported is not None
    assert (row.reported.charged, kept.seq) == (1_300, 2)


def test_a_shift_that_reports_more_than_the_hub_knows_shows_by_how_much(counter: Counter) -> None:
    counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000)
    _close(counter, charges=1, charged=1_500)
    counter.submit(*counter.journal.entries)
    assert _shift(counter).difference == 500


def test_the_difference_is_not_told_while_entries_are_out_in_any_order(counter: Counter) -> None:
    charge = counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000)
    close = _close(counter, charges=1, charged=1_000)
    genesis, opened = counter.journal.entries[:2]
    counter.submit(close, genesis)
    assert (_shift(counter).difference, _shift(counter).opened_at) == (None, None)
    counter.submit(opened)
    assert (_shift(counter).difference, _shift(counter).opened_at) == (None, opened.at)
    counter.submit(charge)
    assert _shift(counter).difference == 0


def test_a_late_charge_joins_its_shift_as_an_adjustment(hub_context: Context, keys: HubSigningKeys) -> None:
    counter = Counter(hub_context, keys, HubRows(hub_context, keys), lag=TOO_LATE)
    counter.journal.add(ShiftOpenData(cashier=CASHIER, shift=SHIFT))
    charge = counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000)
    _close(counter, charges=1, charged=1_000)
    counter.submit(*counter.journal.entries)
    assert _shift(counter).difference == 1_000
    counter.submit(counter.journal.advice(charge))
    assert _shift(counter).difference == 0


def test_charges_in_doubt_stand_outside_the_sums(counter: Counter) -> None:
    charge = counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000)
    _close(counter, charges=0, charged=0, in_doubt=(charge.id,))
    counter.submit(*counter.journal.entries)
    assert _shift(counter).difference == 0


def test_the_first_closing_of_a_shift_stands(counter: Counter) -> None:
    first = _close(counter, charges=0, charged=0)
    _close(counter, charges=9, charged=9)
    counter.submit(*counter.journal.entries)
    assert (_shift(counter).closed_seq, _shift(counter).difference) == (first.seq, 0)


def test_a_void_after_the_closing_is_an_adjustment_and_no_difference(counter: Counter) -> None:
    kept, undone = (counter.journal.charge(counter.rows.code(counter.rows.card()), n) for n in (1_000, 300))
    given_up = counter.journal.charge(counter.rows.code(counter.rows.card()), 70)
    counter.journal.reversal(given_up)
    _close(counter, charges=2, charged=1_300)
    manager = counter.rows.manager(counter.shop, since=counter.context.clock.now() - timedelta(days=1))
    void = counter.journal.reversal(undone, ReversalReason.VOID, approved_by=manager)
    counter.submit(*counter.journal.entries)
    assert counter.ask(void).reversal_tx_no is not None
    assert kept.seq < undone.seq
    assert _shift(counter).difference == 0


@pytest.mark.parametrize("first", list(itertools.permutations(range(4)))[::3])
def test_a_void_that_arrives_before_what_was_approved_offline_shows_no_false_difference(
    hub_context: Context, keys: HubSigningKeys, first: tuple[int, ...]
) -> None:
    counter = Counter(hub_context, keys, HubRows(hub_context, keys), lag=TOO_LATE)
    since = counter.context.clock.now() - timedelta(days=1)
    manager = counter.rows.manager(counter.shop, since=since)
    counter.journal.add(ShiftOpenData(cashier=CASHIER, shift=SHIFT))
    sold = counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000)
    entries = [
        sold,
        counter.journal.advice(sold),
        _close(counter, charges=1, charged=1_000),
        counter.journal.reversal(sold, ReversalReason.VOID, approved_by=manager),
    ]
    counter.submit(*counter.journal.entries[:2])
    for place in first:
        counter.submit(entries[place])
    assert counter.ask(sold).status in (Status.REVERSED, Status.COMPLETED)
    assert _shift(counter).difference == 0
    assert _findings(counter) == ()


def test_a_void_before_the_closing_that_arrives_first_is_in_both_sums(
    hub_context: Context, keys: HubSigningKeys
) -> None:
    counter = Counter(hub_context, keys, HubRows(hub_context, keys), lag=TOO_LATE)
    manager = counter.rows.manager(counter.shop, since=counter.context.clock.now() - timedelta(days=1))
    counter.journal.add(ShiftOpenData(cashier=CASHIER, shift=SHIFT))
    sold = counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000)
    advice = counter.journal.advice(sold)
    void = counter.journal.reversal(sold, ReversalReason.VOID, approved_by=manager)
    close = _close(counter, charges=1, charged=1_000, reversals=1, reverted=1_000)
    for entry in (void, *counter.journal.entries[:2], sold, advice, close):
        counter.submit(entry)
    assert _shift(counter).difference == 0


def test_a_refund_counts_in_the_shift_in_which_it_was_given(counter: Counter) -> None:
    manager = counter.rows.manager(counter.shop)
    charge = counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000)
    counter.journal.refund(charge, 300, approved_by=manager)
    _close(counter, charges=1, charged=1_000, refunds=1, refunded=300)
    counter.journal.add(ShiftOpenData(cashier=CASHIER, shift="shift-2"))
    counter.journal.refund(charge, 200, approved_by=manager)
    _close(counter, charges=0, charged=0, refunds=1, refunded=200, shift="shift-2")
    counter.journal.refund(charge, 100, approved_by=manager)
    counter.submit(*counter.journal.entries)
    assert [_shift(counter, shift).difference for shift in (SHIFT, "shift-2")] == [0, 0]
    shifts_of = {row["payable"]: row["shift"] for row in counter.rows.rows(transactions, kind="refund")}
    assert shifts_of == {300: SHIFT, 200: "shift-2", 100: None}


@pytest.mark.parametrize(
    "order", [(0, 1, 2, 3, 4, 5), (5, 4, 3, 2, 1, 0), (2, 3, 5, 0, 4, 1), (2, 5, 3, 4, 1, 0)]
)
def test_a_refund_that_was_decided_before_its_shift_had_come_counts_by_its_place(
    counter: Counter, order: tuple[int, ...]
) -> None:
    manager = counter.rows.manager(counter.shop)
    charge = counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000)
    _close(counter, charges=1, charged=1_000)
    counter.journal.add(ShiftOpenData(cashier=CASHIER, shift="shift-2"))
    counter.journal.refund(charge, 300, approved_by=manager)
    counter.submit(counter.journal.entries[0])
    for place in order:
        counter.submit(*counter.journal.entries[1 + place : 2 + place])
    _close(counter, charges=0, charged=0, refunds=1, refunded=300, shift="shift-2")
    counter.submit(counter.journal.entries[-1])
    assert [_shift(counter, shift).difference for shift in (SHIFT, "shift-2")] == [0, 0]


def test_a_refund_that_was_in_doubt_at_the_closing_stands_outside_the_sums(counter: Counter) -> None:
    manager = counter.rows.manager(counter.shop)
    charge = counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000)
    refund = counter.journal.refund(charge, 300, approved_by=manager)
    _close(counter, charges=1, charged=1_000, in_doubt=(refund.id,))
    counter.submit(*counter.journal.entries)
    assert (counter.ask(refund).status, _shift(counter).difference) == (Status.COMPLETED, 0)


def _opened_after(counter: Counter) -> list[Entry]:
    """A close before its open in the journal, and a void, a charge and a refund after both."""
    manager = counter.rows.manager(counter.shop, since=counter.context.clock.now() - timedelta(days=1))
    undone = counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000, shift="shift-2")
    _close(counter, charges=1, charged=1_000, shift="shift-2")
    counter.journal.add(ShiftOpenData(cashier=CASHIER, shift="shift-2"))
    kept = counter.journal.charge(counter.rows.code(counter.rows.card()), 500, shift="shift-2")
    counter.journal.reversal(undone, ReversalReason.VOID, approved_by=manager)
    counter.journal.refund(kept, 200, approved_by=manager)
    return counter.journal.entries[2:]


@pytest.mark.parametrize("first", list(itertools.permutations(range(3))))
def test_a_close_before_its_open_is_kept_and_money_goes_on_in_every_order(
    counter: Counter, first: tuple[int, int, int]
) -> None:
    after = _opened_after(counter)
    counter.submit(*counter.journal.entries[:2])
    for place in first:
        assert counter.ask(after[place]).status in (Status.ACCEPTED, Status.COMPLETED)
    told = [counter.ask(entry).status for entry in after[3:]]
    assert told == [Status.COMPLETED, Status.REVERSED, Status.COMPLETED]
    row = _shift(counter, "shift-2")
    assert (row.closed_seq, row.opened_seq, row.difference) == (after[1].seq, after[2].seq, 0)
    assert _findings(counter) == ()
    assert counter.rows.rows(outbox, topic="alert") == []


@pytest.mark.parametrize("is_backwards", [False, True])
def test_a_shift_that_was_never_opened_is_compared_and_holds_nothing_up(
    counter: Counter, is_backwards: bool
) -> None:
    manager = counter.rows.manager(counter.shop)
    card = counter.rows.card()
    gap = counter.journal.charge(counter.rows.code(card), 1_000, shift="never")
    close = _close(counter, charges=1, charged=1_200, shift="never")
    counter.submit(*counter.journal.entries[:2])
    arriving = [close, gap] if is_backwards else [gap, close]
    assert {counter.ask(entry).status for entry in arriving} == {Status.COMPLETED, Status.ACCEPTED}
    assert (_shift(counter, "never").opened_seq, _shift(counter, "never").difference) == (None, 200)
    live = counter.journal.charge(counter.rows.code(card), 300, shift="never")
    assert counter.ask(live).status is Status.COMPLETED
    assert counter.ask(counter.journal.refund(live, 100, approved_by=manager)).status is Status.COMPLETED
    assert counter.ask(counter.journal.reversal(gap)).status is Status.REVERSED
    assert counter.balance(card) == 100_000 - 300 + 100
    assert _findings(counter) == ()


def test_a_malformed_opening_is_refused_and_its_close_is_kept(counter: Counter) -> None:
    opened = counter.journal.add(ShiftOpenData.model_construct(cashier=CASHIER, shift=""))
    charge = counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000, shift="shift-2")
    close = _close(counter, charges=1, charged=1_000, shift="shift-2")
    told = {entry.seq: outcome.status for entry, outcome in _sent(counter)}
    assert told[opened.seq] is Status.REJECTED
    assert (told[charge.seq], told[close.seq]) == (Status.COMPLETED, Status.ACCEPTED)
    assert _shift(counter, "shift-2").difference == 0


def test_a_report_that_cannot_be_read_any_more_is_told_and_holds_no_money(
    counter: Counter, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.shifts", "the bookkeeping of a shift failed")
    counter.submit(*counter.journal.entries, _close(counter, charges=0, charged=0))
    spoil = text("UPDATE shifts SET reported = '{}', difference = NULL")
    counter.context.database.run(lambda c: c.execute(spoil))
    charge = counter.journal.charge(counter.rows.code(counter.rows.card()), 1_000, shift="shift-2")
    close = _close(counter, charges=1, charged=1_000, shift="shift-2")
    assert [each.status for each in counter.submit(charge, close)] == [Status.COMPLETED, Status.ACCEPTED]
    assert _shift(counter, "shift-2").difference == 0
    (told,) = [row["payload"] for row in counter.rows.rows(outbox, topic="alert")]
    assert told == {
        "kind": "shift_not_recorded",
        "subject": counter.terminal_id,
        "detail": {"shifts": [SHIFT]},
    }


def test_a_shift_that_cannot_be_stored_is_told_and_holds_no_money(
    counter: Counter, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.shifts", "the bookkeeping of a shift failed")
    expected_logs.allow("psycopg", "pipeline aborted")
    if counter.context.database.is_sqlite:
        fault = "CREATE TRIGGER fault BEFORE INSERT ON shifts BEGIN SELECT RAISE(ABORT, 'a fault'); END"
    else:
        fault = "ALTER TABLE shifts ADD CONSTRAINT fault CHECK (shift = '')"
    counter.context.database.run(lambda c: c.execute(text(fault)))
    card = counter.rows.card()
    charge = counter.journal.charge(counter.rows.code(card), 1_000)
    _close(counter, charges=1, charged=1_000)
    told = [outcome.status for _, outcome in _sent(counter)]
    assert told == [Status.ACCEPTED, Status.ACCEPTED, Status.COMPLETED, Status.ACCEPTED]
    assert counter.balance(card) == 100_000 - 1_000
    assert counter.rows.rows(shifts) == []
    (alert,) = [row["payload"] for row in counter.rows.rows(outbox, topic="alert")]
    assert (alert["kind"], alert["detail"]) == ("shift_not_recorded", {"shifts": [SHIFT]})
    assert counter.ask(charge).decision is not None
    assert _findings(counter) == ()
