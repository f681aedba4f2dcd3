"""Many at once: one code, one entry, one terminal; and a database that is busy or breaks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from hub_server.cards.tables import cards
from hub_server.foundation.storage import lock_rows
from hub_server.journal_intake import EntryOutcome
from hub_server.journal_intake.tables import journal_entries
from hub_server.transactions.tables import transactions
from shared.api.journal import MAX_BATCH
from shared.journal_entries import Entry, Status
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.log_rules import ExpectedLogs

NewCounter = Callable[..., Counter]


def _all_at_once(asks: list[Callable[[], EntryOutcome]]) -> list[EntryOutcome]:
    """Run them in a thread each, from one starting line."""
    line = Barrier(len(asks))

    def _run(ask: Callable[[], EntryOutcome]) -> EntryOutcome:
        line.wait()
        return ask()

    with ThreadPoolExecutor(len(asks)) as pool:
        return list(pool.map(_run, asks))


def _until_decided(ask: Callable[[], EntryOutcome]) -> EntryOutcome:
    """As a terminal does: `retry` is not an answer."""
    for _ in range(50):
        outcome = ask()
        if outcome.status is not Status.RETRY:
            return outcome
    raise AssertionError("never decided")


def _sender(counter: Counter, entry: Entry) -> Callable[[], EntryOutcome]:
    return lambda: _until_decided(lambda: counter.ask(entry))


def test_twenty_terminals_with_one_code_make_one_charge(
    another: NewCounter, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "busy")
    card, shop = rows.card(), rows.shop()
    code = rows.code(card)
    counters = [another(shop) for _ in range(20)]
    charges = [counter.journal.charge(code) for counter in counters]
    outcomes = _all_at_once(
        [_sender(counter, charge) for counter, charge in zip(counters, charges, strict=True)]
    )
    assert [o.status for o in outcomes].count(Status.COMPLETED) == 1
    refused = [o.refusal.code for o in outcomes if o.refusal is not None]
    assert refused == [Code.QR_ALREADY_USED] * 19
    assert int(rows.one(cards, id=card.card_id)["balance"]) == 90_000
    assert len(rows.rows(transactions, kind="charge")) == 1


def test_one_entry_sent_ten_times_at_once_has_one_effect_and_one_answer(
    counter: Counter, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "busy")
    card = rows.card()
    charge = counter.journal.charge(rows.code(card))
    outcomes = _all_at_once([_sender(counter, charge)] * 10)
    assert {outcome.decision for outcome in outcomes} == {outcomes[0].decision}
    assert outcomes[0].status is Status.COMPLETED
    assert counter.balance(card) == 90_000
    assert len(rows.rows(journal_entries)) == 1


def test_many_terminals_charge_many_cards_without_losing_or_making_money(
    another: NewCounter, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "busy")
    shop, owned = rows.shop(), [rows.card() for _ in range(4)]
    counters = [another(shop) for _ in range(8)]
    charges = [
        (counter, counter.journal.charge(rows.code(owned[number % 4]), 1_000))
        for number, counter in enumerate(counters)
    ]
    outcomes = _all_at_once([_sender(counter, charge) for counter, charge in charges])
    # The later code of each card replaced the earlier one.
    assert [o.status for o in outcomes].count(Status.COMPLETED) == 4
    assert sum(int(row["balance"]) for row in rows.rows(cards)) == 4 * 99_000


def test_a_database_that_is_busy_decides_nothing_and_says_retry(
    counter: Counter, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "busy")
    charge = counter.journal.charge(rows.code(rows.card()))
    with counter.context.database.transaction() as other:
        lock_rows(other, "terminal", [counter.terminal_id])
        outcome = counter.ask(charge)
    assert outcome.refusal is not None
    assert (outcome.status, outcome.refusal.code) == (Status.RETRY, Code.SYSTEM_BUSY)
    assert (outcome.seq, outcome.decision) == (charge.seq, None)
    assert rows.rows(journal_entries) == []
    assert counter.ask(charge).status is Status.COMPLETED


def test_a_poison_entry_is_set_aside_and_the_rest_flows(
    counter: Counter, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "journal")
    # PostgreSQL refuses the poison in the middle of a pipeline; its driver now and then says so itself.
    expected_logs.allow("psycopg", "pipeline aborted")
    good, poison = rows.card(), rows.card()
    first = counter.journal.charge(rows.code(good))
    bad_code = rows.code(poison)
    second = counter.journal.charge(bad_code)
    third = counter.journal.charge(rows.code(rows.card()))
    # A card whose points cannot be written: nobody foresaw it, so it must not hold up the others.
    rows.update(cards, {"id": poison.card_id}, {"points": (1 << 63) - 1})
    outcomes = counter.submit(counter.journal.entries[0], first, second, third)
    assert [o.status for o in outcomes] == [
        Status.ACCEPTED,
        Status.COMPLETED,
        Status.RETRY,
        Status.COMPLETED,
    ]
    assert outcomes[2].refusal is not None
    assert outcomes[2].refusal.code is Code.INTERNAL_ERROR
    assert len(rows.rows(transactions, kind="charge")) == 2


def test_a_charge_and_its_reversal_on_two_connections_leave_the_money_where_it_was(
    counter: Counter, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "busy")
    card = rows.card()
    charge = counter.journal.charge(rows.code(card))
    reversal = counter.journal.reversal(charge)
    _all_at_once([_sender(counter, entry) for entry in (charge, reversal)])
    assert counter.ask(reversal).status is Status.REVERSED
    assert counter.ask(charge).decision is not None
    assert counter.balance(card) == 100_000


def test_a_full_batch_is_judged_in_one_transaction(counter: Counter, rows: HubRows) -> None:
    count = MAX_BATCH
    cards_of_batch = [rows.card() for _ in range(20)]
    codes = [rows.code(card) for card in cards_of_batch]
    for number in range(count - 1):
        counter.journal.charge(codes[number % 20], 100)
    outcomes = counter.submit(*counter.journal.entries)
    assert [o.status for o in outcomes].count(Status.COMPLETED) == 20
    assert [o.status for o in outcomes].count(Status.DECLINED) == count - 21


def test_one_refund_sent_twenty_times_at_once_has_one_effect_and_one_answer(
    counter: Counter, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "busy")
    card, manager = rows.card(), rows.manager(counter.shop)
    charge = counter.journal.charge(rows.code(card))
    counter.submit(charge)
    refund = counter.journal.refund(charge, 100, approved_by=manager)
    outcomes = _all_at_once([_sender(counter, refund)] * 20)
    assert {outcome.decision for outcome in outcomes} == {outcomes[0].decision}
    assert outcomes[0].status is Status.COMPLETED
    assert len(rows.rows(transactions, kind="refund")) == 1
    assert counter.balance(card) == 90_100


def test_terminals_that_refund_one_charge_at_once_never_give_back_more_than_was_paid(
    another: NewCounter, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.journal", "busy")
    shop, card = rows.shop(), rows.card()
    manager, counters = rows.manager(shop), [another(shop) for _ in range(10)]
    charge = counters[0].journal.charge(rows.code(card), 1_000)
    counters[0].submit(charge)
    refunds = [(each, each.journal.refund(charge, 300, approved_by=manager)) for each in counters]
    outcomes = _all_at_once([_sender(each, refund) for each, refund in refunds])
    assert [outcome.status for outcome in outcomes].count(Status.COMPLETED) == 3
    refused = {outcome.refusal.code for outcome in outcomes if outcome.refusal is not None}
    assert refused == {Code.REFUND_EXCEEDS_REMAINING}
    assert counters[0].balance(card) == 99_900
