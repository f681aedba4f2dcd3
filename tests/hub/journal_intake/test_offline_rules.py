"""The offline rules as the hub applies them to an advice (protocol.md 5)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from hub_server.foundation.outbox.tables import outbox
from hub_server.journal_intake import EntryOutcome
from hub_server.terminals.tables import status_changes
from hub_server.transactions.tables import transactions
from shared.api.policy import OfflinePolicy, Policy
from shared.journal_entries import ShiftOpenData, Status
from shared.problems import Code
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import START, ManualClock

NewCounter = Callable[..., Counter]


def code_of(outcome: EntryOutcome) -> Code | None:
    """The refusal's code."""
    return outcome.refusal.code if outcome.refusal is not None else None


def alerts(rows: HubRows) -> list[str]:
    """The kinds of alerts raised."""
    return [row["payload"]["kind"] for row in rows.rows(outbox, topic="alert")]


def test_a_contact_that_the_hub_never_had_is_implausible(another: NewCounter, rows: HubRows) -> None:
    counter = another(lag=timedelta(days=3))
    charge = counter.journal.charge(rows.code(rows.card()), at=START - TOO_LATE)
    advice = counter.journal.advice(charge, at=START - TOO_LATE)
    assert code_of(counter.submit(charge, advice)[1]) is Code.CLOCK_IMPLAUSIBLE


def test_entries_that_overtook_a_charge_do_not_make_it_look_dated_back(
    offline: Counter, rows: HubRows, clock: ManualClock
) -> None:
    charge = offline.journal.charge(rows.code(rows.card()))
    clock.advance(2_000)
    overtaking = offline.journal.add(ShiftOpenData(cashier="c", shift="s"))
    clock.advance(2_000)
    advice = offline.journal.advice(charge)
    later = offline.journal.add(ShiftOpenData(cashier="c", shift="t"), contact=clock.now())
    offline.submit(overtaking, later)
    assert [o.status for o in offline.submit(charge, advice)] == [Status.COMPLETED] * 2


@pytest.mark.parametrize("in_one_request", [True, False])
@pytest.mark.parametrize("what", ["at", "contact"])
def test_who_dates_a_charge_back_behind_an_earlier_entry_is_found_out(
    another: NewCounter, rows: HubRows, clock: ManualClock, what: str, in_one_request: bool
) -> None:
    counter = another()
    code, before = rows.code(rows.card(), ttl_s=60, age_s=0), clock.now()
    clock.advance(600_000)
    newer = clock.now() if what == "contact" else counter.journal.contact
    rows.contact(counter.terminal_id, START + timedelta(minutes=2), clock.now())
    honest = counter.journal.add(ShiftOpenData(cashier="c", shift="s"), contact=newer)
    charge = counter.journal.charge(code, at=before)
    advice = counter.journal.advice(charge, at=before)
    if not in_one_request:
        counter.submit(counter.journal.entries[0], honest)
    outcome = counter.submit(*counter.journal.entries)[-1]
    assert (outcome.status, code_of(outcome)) == (Status.REJECTED, Code.CLOCK_IMPLAUSIBLE)
    assert counter.ask(advice).decision is not None


def test_an_entry_dated_ahead_of_the_hub_is_implausible(counter: Counter, rows: HubRows) -> None:
    charge = counter.journal.charge(rows.code(rows.card()), at=START + timedelta(seconds=61))
    advice = counter.journal.advice(charge, at=START + timedelta(seconds=61))
    assert code_of(counter.submit(charge, advice)[1]) is Code.CLOCK_IMPLAUSIBLE


def test_an_entry_dated_before_its_contact_is_implausible(offline: Counter, rows: HubRows) -> None:
    offline.journal.contact = START
    charge = offline.journal.charge(rows.code(rows.card()))
    assert code_of(offline.submit(charge, offline.journal.advice(charge))[1]) is Code.CLOCK_IMPLAUSIBLE


@pytest.mark.parametrize(
    ("offline_policy", "amount", "refusal"),
    [
        (OfflinePolicy(enabled=False), 100, Code.OFFLINE_NOT_ALLOWED),
        (OfflinePolicy(max_amount=999), 1_000, Code.OFFLINE_LIMIT_EXCEEDED),
        (OfflinePolicy(), 50_001, Code.OFFLINE_LIMIT_EXCEEDED),
        (OfflinePolicy(max_total=999), 1_000, Code.OFFLINE_LIMIT_EXCEEDED),
        (OfflinePolicy(max_count=0), 100, Code.OFFLINE_LIMIT_EXCEEDED),
    ],
)
def test_the_limits_of_the_policy_hold(
    another: NewCounter, rows: HubRows, offline_policy: OfflinePolicy, amount: int, refusal: Code
) -> None:
    counter = another(rows.shop(Policy(offline=offline_policy)), lag=TOO_LATE)
    charge = counter.journal.charge(rows.code(rows.card()), amount)
    charged, advised = counter.submit(charge, counter.journal.advice(charge))
    assert (charged.status, advised.status, code_of(advised)) == (
        Status.REJECTED,
        Status.REJECTED,
        refusal,
    )


def test_a_code_without_offline_limit_is_not_for_offline(offline: Counter, rows: HubRows) -> None:
    charge = offline.journal.charge(rows.code(rows.card(), offline_limit=0))
    assert code_of(offline.submit(charge, offline.journal.advice(charge))[1]) is Code.OFFLINE_NOT_ALLOWED


def test_approvals_too_long_after_the_contact_are_refused(
    another: NewCounter, rows: HubRows, clock: ManualClock
) -> None:
    counter = another(lag=TOO_LATE)
    clock.advance(14_401_000)
    charge = counter.journal.charge(rows.code(rows.card()), at=clock.now())
    clock.advance(600_000)
    advised = counter.submit(charge, counter.journal.advice(charge))[1]
    assert code_of(advised) is Code.OFFLINE_LIMIT_EXCEEDED


def test_every_advice_under_one_contact_counts_also_one_reversed(another: NewCounter, rows: HubRows) -> None:
    counter = another(rows.shop(Policy(offline=OfflinePolicy(max_count=2))), lag=TOO_LATE)
    entries = []
    for _ in range(2):
        charge = counter.journal.charge(rows.code(rows.card()), 100)
        entries += [charge, counter.journal.advice(charge)]
    entries.append(counter.journal.reversal(charge))
    assert counter.submit(*entries)[-1].status is Status.REVERSED
    third = counter.journal.charge(rows.code(rows.card()), 100)
    assert code_of(counter.submit(third, counter.journal.advice(third))[1]) is Code.OFFLINE_LIMIT_EXCEEDED


def test_the_policy_in_force_at_the_contact_decides(another: NewCounter, rows: HubRows) -> None:
    counter = another(lag=TOO_LATE)
    strict = Policy(version=2, offline=OfflinePolicy(enabled=False))
    rows.add_policy(counter.shop.merchant_id, strict, told_at=START)
    charge = counter.journal.charge(rows.code(rows.card()))
    assert counter.submit(charge, counter.journal.advice(charge))[1].status is Status.COMPLETED


def test_a_terminal_suspended_at_the_contact_and_resumed_since_may_not_have_approved(
    offline: Counter, rows: HubRows
) -> None:
    rows.insert(
        status_changes,
        {
            "terminal_id": offline.terminal_id,
            "at": offline.journal.contact,
            "status": "suspended",
            "reason": "a test",
            "told_at": offline.journal.contact,
        },
    )
    charge = offline.journal.charge(rows.code(rows.card()))
    assert code_of(offline.submit(charge, offline.journal.advice(charge))[1]) is Code.OFFLINE_NOT_ALLOWED


def test_a_missing_approval_over_the_soft_total_alerts_and_never_refuses(
    another: NewCounter, rows: HubRows
) -> None:
    shop = rows.shop(Policy(offline=OfflinePolicy(soft_total=100)))
    counter, manager = another(shop, lag=TOO_LATE), rows.manager(shop)
    for approved_by, raised in ((manager, []), ("nobody", ["offline_without_manager"])):
        charge = counter.journal.charge(rows.code(rows.card()), 200)
        advice = counter.journal.advice(charge, approved_by=approved_by)
        assert counter.submit(charge, advice)[1].status is Status.COMPLETED
        assert alerts(rows) == raised


def test_a_signed_code_that_the_hub_has_no_row_of_waits_for_a_person(offline: Counter, rows: HubRows) -> None:
    card = rows.card()
    code = rows.code(card)
    charge = offline.journal.charge(code)
    rows.forget_code(code.claims.code_ref)
    charged, advised = offline.submit(charge, offline.journal.advice(charge))
    assert (charged.status, advised.status) == (Status.UNCONFIRMED, Status.HELD)
    assert rows.rows(transactions, kind="charge") == []
