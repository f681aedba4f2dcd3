"""Shifts as terminals report them, beside the hub's own sums (protocol.md 4)."""

from datetime import timedelta

import pytest

from hub_server.foundation.context import Context
from hub_server.shifts.queries import ShiftRow
from hub_server.shifts.tables import shifts
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.journal_entries import Entry, ReversalReason, ShiftCloseData, ShiftOpenData, Status
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.builders.terminal_journal import CASHIER, SHIFT


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
