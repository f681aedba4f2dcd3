"""A store's business day: what is in it, and what stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest

from hub_server.foundation.context import Context
from hub_server.merchant_api.days_of_merchant import DaysOfMerchant
from hub_server.merchants import business_day
from hub_server.signing_keys import HubSigningKeys
from shared.journal_entries import RefundData, Status
from shared.problems import Code
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import key_headers
from tests.builders.till import Till
from tests.fakes.clock import ManualClock
from tests.hub.merchant_api.conftest import Ask, Tenant

CounterOf = Callable[..., Counter]
HOUR_MS = 3_600_000


def _charge(counter: Counter, rows: HubRows, amount: int) -> None:
    counter.ask(counter.journal.charge(rows.code(rows.card()), amount))


def test_a_day_is_summed_by_kind_and_store_and_net_is_what_stays(
    ask: Ask, own: Tenant, other: Tenant, second_store: str, rows: HubRows, counter_of: CounterOf
) -> None:
    here, there = counter_of(own.shop), counter_of(replace(own.shop, store_id=second_store))
    paid = here.journal.charge(rows.code(rows.card()), 10_000)
    here.submit(paid)
    refund = here.journal.refund(paid, 1_500, approved_by=rows.manager(own.shop))
    assert here.ask(refund).status is Status.COMPLETED
    undone = here.journal.charge(rows.code(rows.card()), 4_000)
    here.submit(undone)
    here.ask(here.journal.reversal(undone))
    _charge(there, rows, 700)
    _charge(counter_of(other.shop), rows, 99_000)
    answer = ask("GET", "daily-summary", date="2026-11-22")
    assert answer.status_code == 200, answer.text
    day = answer.json()
    first, second = day["stores"]
    assert (first["store_id"], second["store_id"]) == (own.shop.store_id, second_store)
    assert (first["charges"]["count"], first["charges"]["amount"]) == (2, 14_000)
    assert (first["reversals"]["count"], first["reversals"]["amount"]) == (1, 4_000)
    assert (first["refunds"]["count"], first["refunds"]["amount"], first["net"]) == (1, 1_500, 8_500)
    assert (second["charges"]["amount"], second["net"]) == (700, 700)
    assert (day["date"], day["currency"], day["net"]) == ("2026-11-22", "TWD", 9_200)
    assert (first["begins_at"], first["ends_at"]) == ("2026-11-21T20:00:00.000Z", "2026-11-22T20:00:00.000Z")
    assert (second["begins_at"], second["ends_at"]) == (
        "2026-11-21T15:00:00.000Z",
        "2026-11-22T15:00:00.000Z",
    )


def test_a_charge_after_midnight_belongs_to_the_day_before_until_the_store_begins_a_new_one(
    ask: Ask, own: Tenant, rows: HubRows, counter_of: CounterOf, clock: ManualClock
) -> None:
    clock.advance(9 * HOUR_MS + HOUR_MS // 2)  # 03:30 in Taipei, half an hour before the day begins
    counter = counter_of(own.shop)
    _charge(counter, rows, 1_000)
    clock.advance(HOUR_MS)
    _charge(counter, rows, 200)
    nets = [ask("GET", "daily-summary", date=f"2026-11-{day}").json()["net"] for day in (21, 22, 23)]
    assert nets == [0, 1_000, 200]


def test_an_offline_charge_that_settles_after_its_day_is_told_apart(
    ask: Ask, own: Tenant, rows: HubRows, counter_of: CounterOf, clock: ManualClock
) -> None:
    _charge(counter_of(own.shop), rows, 1_000)
    clock.advance(
        10 * HOUR_MS + HOUR_MS // 30
    )  # two minutes into the next day; the charge is five minutes old
    late = counter_of(own.shop, lag=TOO_LATE)
    charge = late.journal.charge(rows.code(rows.card()), 300)
    late.submit(charge, late.journal.advice(charge))
    day = ask("GET", "daily-summary", date="2026-11-22").json()["stores"][0]
    assert (day["charges"], day["net"]) == (
        {"count": 2, "amount": 1_300, "late_count": 1, "late_amount": 300},
        1_300,
    )
    assert ask("GET", "daily-summary", date="2026-11-23").json()["net"] == 0


def test_a_manager_and_a_terminal_read_their_store_alone(
    ask: Ask, own: Tenant, second_store: str, rows: HubRows, counter_of: CounterOf
) -> None:
    _charge(counter_of(replace(own.shop, store_id=second_store)), rows, 5_000)
    day = ask("GET", "daily-summary", headers=own.manager.headers, date="2026-11-22").json()
    assert [store["store_id"] for store in day["stores"]] == [own.shop.store_id]
    assert day["net"] == 0


@pytest.fixture
def till(
    hub_context: Context, keys: HubSigningKeys, rows: HubRows, client: httpx.Client, own: Tenant
) -> Till:
    """A till without a store, of the merchant that asks."""
    made = Till(hub_context, keys, rows, client)
    made.headers = key_headers(hub_context, own.shop.merchant_id)
    return made


def test_what_was_charged_by_api_key_has_a_row_without_a_store_and_a_refund_at_a_counter_is_in_it(
    ask: Ask, own: Tenant, till: Till, rows: HubRows, counter_of: CounterOf, clock: ManualClock
) -> None:
    paid = till.paid(till.code(rows.card()), 50_000)["tx_no"]
    counter = counter_of(own.shop)
    refund = counter.journal.add(
        RefundData(tx_no=paid, amount=20_000, reason="r", cashier="c2", approved_by=rows.manager(own.shop))
    )
    assert counter.ask(refund).status is Status.COMPLETED
    day = ask("GET", "daily-summary", date="2026-11-22").json()
    store, without = day["stores"]
    assert (store["store_id"], store["refunds"]["count"], store["net"]) == (own.shop.store_id, 0, 0)
    assert (without["store_id"], without["store_name"], without["net"]) == (None, None, 30_000)
    assert (without["charges"]["amount"], without["refunds"]["amount"]) == (50_000, 20_000)
    assert (without["begins_at"], without["ends_at"]) == (store["begins_at"], store["ends_at"])
    assert day["net"] == 30_000
    assert ask("GET", "daily-summary", headers=till.headers, date="2026-11-22").json() == day
    held = ask("GET", "daily-summary", headers=own.manager.headers, date="2026-11-22").json()
    assert (held["net"], [each["store_id"] for each in held["stores"]]) == (0, [own.shop.store_id])
    listed = [each["tx_no"] for each in ask("GET", "transactions").json()["items"]]
    assert paid in listed
    assert len(listed) == 2
    assert len(ask("GET", "daily-summary", date="2026-11-21").json()["stores"]) == 1


def test_what_goes_back_at_another_store_counts_where_it_was_charged(
    ask: Ask, own: Tenant, second_store: str, rows: HubRows, counter_of: CounterOf
) -> None:
    there_shop = replace(own.shop, store_id=second_store)
    here, there = counter_of(own.shop), counter_of(there_shop)
    paid = here.journal.charge(rows.code(rows.card()), 10_000)
    tx_no = here.ask(paid).transaction
    assert tx_no is not None
    refund = RefundData(
        tx_no=tx_no.tx_no, amount=4_000, reason="r", cashier="c2", approved_by=rows.manager(there_shop)
    )
    assert there.ask(there.journal.add(refund)).status is Status.COMPLETED
    day = ask("GET", "daily-summary", date="2026-11-22").json()
    assert ([each["net"] for each in day["stores"]], day["net"]) == ([6_000, 0], 6_000)


def test_a_merchant_without_a_store_has_the_hubs_day(
    own: Tenant, till: Till, rows: HubRows, run: Callable[..., Any]
) -> None:
    till.paid(till.code(rows.card()), 700)
    day = date(2026, 11, 22)
    (without,) = run(lambda c: DaysOfMerchant(c, own.shop.merchant_id, day).without_store([], "Asia/Taipei"))
    assert (without.store_id, without.net) == (None, 700)
    assert without.begins_at == datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert without.ends_at == datetime(2026, 11, 22, 16, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["2026-13-01", "2026-02-30", "22.11.2026", "0001-01-01", "9999-12-31", ""])
def test_what_is_no_date_is_refused(ask: Ask, own: Tenant, wrong: str) -> None:
    answer = ask("GET", "daily-summary", date=wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_REQUEST.value)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 7), 23), (date(2026, 10, 31), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_on_which_clocks_change_is_an_hour_shorter_or_longer(day: date, hours: int) -> None:
    begin, end = business_day(day, "America/New_York", 4)
    assert end - begin == timedelta(hours=hours)
    assert begin.tzinfo is UTC


def test_days_follow_each_other_without_a_gap() -> None:
    ends = [business_day(date(2026, 3, day), "Europe/Berlin", 2) for day in range(27, 31)]
    assert all(before[1] == after[0] for before, after in pairwise(ends))
    assert business_day(date(2026, 11, 22), "Asia/Taipei", 4)[0] == datetime(2026, 11, 21, 20, tzinfo=UTC)
