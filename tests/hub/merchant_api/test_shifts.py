"""`/merchant/shifts`: theirs, ours, what differs and what adjusted it, to the entry."""

from collections.abc import Callable
from datetime import timedelta

from shared.journal_entries import Entry, ReversalReason, ShiftCloseData, ShiftOpenData
from shared.payment_code import PaymentCode
from shared.problems import Code
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.builders.terminal_journal import CASHIER, SHIFT
from tests.hub.merchant_api.conftest import Ask, Tenant

NOTHING = {
    "charges": 0,
    "charged": 0,
    "reversals": 0,
    "reversed": 0,
    "refunds": 0,
    "refunded": 0,
    "net": 0,
}


def _open(counter: Counter, shift: str = SHIFT) -> Entry:
    return counter.journal.add(ShiftOpenData(cashier=CASHIER, shift=shift))


def _close(counter: Counter, shift: str = SHIFT, **reported: int | tuple[str, ...]) -> Entry:
    zero = {name: 0 for name in NOTHING if name != "net"}
    return counter.journal.add(
        ShiftCloseData.model_validate({"cashier": CASHIER, "shift": shift} | zero | reported)
    )


def test_a_shift_is_told_with_what_differs_and_what_adjusted_it_to_the_entry(
    ask: Ask, own: Tenant, rows: HubRows, counter_of: Callable[..., Counter]
) -> None:
    counter = counter_of(own.shop, lag=TOO_LATE)
    manager = rows.manager(own.shop, since=counter.context.clock.now() - timedelta(days=1))
    journal = counter.journal

    def code(limit: int = 50_000) -> PaymentCode:
        return rows.code(rows.card(), offline_limit=limit)

    _open(counter)
    kept, over = (journal.charge(code(limit), 1_000) for limit in (50_000, 500))
    advices = [journal.advice(kept), journal.advice(over)]
    doubtful = journal.charge(code(), 300)
    journal.reversal(journal.charge(code(), 70))
    _close(counter, charges=2, charged=2_000, in_doubt=(doubtful.id,))
    late = journal.advice(doubtful)
    void = journal.reversal(kept, ReversalReason.VOID, approved_by=manager)
    counter.submit(*journal.entries)
    (item,) = ask("GET", "shifts").json()["items"]
    assert (item["theirs"]["charged"], item["ours"]["charged"], item["ours"]["charges"]) == (2_000, 1_000, 1)
    assert item["differences"] == NOTHING | {"charges": 1, "charged": 1_000, "net": 1_000}
    (unbooked,) = item["unbooked"]
    assert (unbooked["seq"], unbooked["charge_id"], unbooked["status"], unbooked["code"]) == (
        advices[1].seq,
        over.id,
        "rejected",
        Code.OFFLINE_LIMIT_EXCEEDED.value,
    )
    told = [(each["seq"], each["type"], each["payable"]) for each in item["adjustments"]]
    assert told == [(doubtful.seq, "charge", 300), (void.seq, "reversal", 1_000)]
    assert (late.seq, item["in_doubt"]) == (void.seq - 1, [doubtful.id])


def test_an_agreed_and_an_open_shift_differ_in_nothing(
    ask: Ask, own: Tenant, rows: HubRows, counter_of: Callable[..., Counter]
) -> None:
    counter = counter_of(own.shop)
    manager = rows.manager(own.shop)
    _open(counter)
    charge = counter.journal.charge(rows.code(rows.card()), 1_000)
    given_up = counter.journal.charge(rows.code(rows.card()), 70)
    counter.journal.reversal(given_up, ReversalReason.TIMEOUT)
    counter.journal.refund(charge, 200, approved_by=manager)
    _close(counter, charges=1, charged=1_000, refunds=1, refunded=200)
    _open(counter, "shift-2")
    counter.journal.charge(rows.code(rows.card()), 500, shift="shift-2")
    counter.submit(*counter.journal.entries)
    items = {item["shift"]: item for item in ask("GET", "shifts").json()["items"]}
    assert items[SHIFT]["differences"] == NOTHING
    assert (items["shift-2"]["theirs"], items["shift-2"]["ours"]["charged"]) == (None, 500)


def test_the_list_keeps_to_a_terminal_a_store_and_a_day_and_to_the_own_merchant(
    ask: Ask, own: Tenant, other: Tenant, counter_of: Callable[..., Counter]
) -> None:
    counters = [counter_of(own.shop), counter_of(own.shop), counter_of(other.shop)]
    for counter in counters:
        _open(counter)
        counter.submit(*counter.journal.entries)
    first, second, theirs = (counter.terminal_id for counter in counters)

    def seen(**query: object) -> set[str]:
        answer = ask("GET", "shifts", **query)
        assert answer.status_code == 200, answer.text
        return {item["terminal_id"] for item in answer.json()["items"]}

    assert seen() == seen(store_id=own.shop.store_id) == seen(date="2026-11-22") == {first, second}
    assert (seen(terminal_id=first), seen(date="2026-11-20")) == ({first}, set())
    page = ask("GET", "shifts", limit=1).json()
    rest = ask("GET", "shifts", limit=1, cursor=page["next_cursor"]).json()
    assert {page["items"][0]["terminal_id"], rest["items"][0]["terminal_id"]} == {first, second}
    assert rest["next_cursor"] is None
    for query in ({"terminal_id": theirs}, {"store_id": other.shop.store_id}):
        assert ask("GET", "shifts", **query).json()["code"] == Code.NOT_FOUND.value
    assert ask("GET", "shifts", date="2026-02-30").json()["code"] == Code.INVALID_REQUEST.value
