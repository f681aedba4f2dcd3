"""What moved and what was refused is counted once, when it is committed."""

from collections.abc import Callable

import httpx
import pytest

from hub_server.foundation.context import Context
from hub_server.foundation.observability import Figures
from hub_server.journal_intake.measure import measure
from hub_server.signing_keys import HubSigningKeys
from shared.problems import Code
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock

Lines = Callable[[], set[str]]


@pytest.fixture
def figures() -> Figures:
    """The figures of a process."""
    return Figures()


@pytest.fixture
def counted(figures: Figures) -> Lines:
    """The counters of money that are above nothing."""

    def _counted() -> set[str]:
        lines = figures.text().decode().splitlines()
        wanted = ("mps_hub_moved_total", "mps_hub_refusals_total", "mps_hub_busy_total")
        return {line for line in lines if line.startswith(wanted) and not line.endswith(" 0.0")}

    return _counted


def test_charges_refunds_reversals_and_refusals_are_counted_and_repeats_are_not(
    hub_context: Context, keys: HubSigningKeys, clock: ManualClock, figures: Figures, counted: Lines
) -> None:
    rows = HubRows(hub_context, keys)
    counter = Counter(hub_context, keys, rows)
    manager = rows.manager(counter.shop)
    charge = counter.journal.charge(rows.code(rows.card()), 5_000)
    undone = counter.journal.charge(rows.code(rows.card()), 700)
    counter.journal.charge(rows.code(rows.card(0)), 1)
    measure(figures, counter.send(*counter.journal.entries))
    counter.journal.refund(charge, 1_000, approved_by=manager)
    counter.journal.reversal(undone)
    clock.advance(1_000)
    measure(figures, counter.send(*counter.journal.entries))
    everything = {
        'mps_hub_moved_total{kind="charge",line="online"} 2.0',
        'mps_hub_moved_total{kind="refund",line="online"} 1.0',
        'mps_hub_moved_total{kind="reversal",line="online"} 1.0',
        'mps_hub_refusals_total{code="INSUFFICIENT_BALANCE"} 1.0',
    }
    assert counted() == everything
    clock.advance(1_000)
    measure(figures, counter.send(*counter.journal.entries))
    assert counted() == everything


def test_what_a_terminal_approved_without_a_line_is_counted_apart(
    hub_context: Context, keys: HubSigningKeys, figures: Figures, counted: Lines
) -> None:
    rows = HubRows(hub_context, keys)
    counter = Counter(hub_context, keys, rows, lag=TOO_LATE)
    charge = counter.journal.charge(rows.code(rows.card()), 300)
    counter.journal.advice(charge)
    measure(figures, counter.send(*counter.journal.entries))
    assert counted() == {'mps_hub_moved_total{kind="charge",line="offline"} 1.0'}


def test_labels_come_from_closed_sets(figures: Figures) -> None:
    figures.moved("x" * 100)
    figures.retried("something")
    figures.refused(Code.INVALID_QR)
    told = figures.text().decode()
    assert 'mps_hub_moved_total{kind="other",line="online"} 1.0' in told
    assert 'mps_hub_transaction_retries_total{cause="other"} 1.0' in told
    assert 'mps_hub_refusals_total{code="INVALID_QR"} 1.0' in told


def test_the_figures_of_money_are_at_the_metrics_address(client: httpx.Client) -> None:
    told = client.get("/metrics").text
    for name in ("mps_hub_audit_lag_seconds", "mps_hub_inconsistent_rows", "mps_hub_busy_total"):
        assert name in told
