"""Limits, caps and promotions at a whole hub: tills, terminals and what is settled late count together."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event

from hub_server.bindings.tables import bindings
from hub_server.foundation.context import Context
from hub_server.members.tables import members
from hub_server.promotions.tables import promotions
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.journal_entries import Status
from shared.problems import Code
from tests.builders import row_shapes
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.till import Till
from tests.fakes.clock import ManualClock
from tests.hub.conftest import FAST

TO_MIDNIGHT = timedelta(hours=6)
"""The clock begins at 18:00 in Taipei."""


@pytest.fixture
def limits() -> dict[str, int]:
    """None, unless a test is parametrized with some."""
    return {}


@pytest.fixture
def settings(database_url: str, tmp_path: Path, limits: dict[str, int]) -> Settings:
    """With the limits that a test asks for."""
    return Settings(data_dir=tmp_path / "data", database_url=SecretStr(database_url), **(FAST | limits))


@pytest.fixture
def counter(hub_context: Context, keys: HubSigningKeys, rows: HubRows) -> Counter:
    """A terminal whose entries arrive at once."""
    return Counter(hub_context, keys, rows)


@pytest.fixture
def offline(hub_context: Context, keys: HubSigningKeys, rows: HubRows) -> Counter:
    """A terminal whose entries arrive too late to be decided live."""
    return Counter(hub_context, keys, rows, lag=TOO_LATE)


def _exceeds(till: Till, code: str, amount: int) -> str:
    problem = till.charge(code, amount).json()
    assert problem["code"] == Code.LIMIT_EXCEEDED.value
    detail: str = problem["detail"]
    return detail


def _advance(clock: ManualClock, by: timedelta) -> None:
    clock.advance(by // timedelta(milliseconds=1))


@pytest.mark.parametrize("limits", [{"card_charge_limit": 10_000}])
def test_no_charge_is_over_the_hubs_limit_for_one(till: Till, rows: HubRows, limits: dict[str, int]) -> None:
    card = rows.card()
    assert _exceeds(till, till.code(card), 10_001) == "over the card's limit for one charge"
    assert till.paid(till.code(card), 10_000)["payable"] == limits["card_charge_limit"]


@pytest.mark.parametrize("limits", [{"card_daily_limit": 10_000}])
def test_a_day_holds_what_tills_and_terminals_charge_and_what_goes_back(
    till: Till, rows: HubRows, counter: Counter, clock: ManualClock, limits: dict[str, int]
) -> None:
    card = rows.card()
    till.paid(till.code(card), 6_000)
    charge = counter.journal.charge(rows.code(card), 4_000)
    assert counter.ask(charge).status is Status.COMPLETED
    assert _exceeds(till, till.code(card), 1) == "over the card's limit for a day"
    refused = counter.ask(counter.journal.charge(rows.code(card), 1))
    assert refused.refusal is not None
    assert (refused.status, refused.refusal.code) == (Status.DECLINED, Code.LIMIT_EXCEEDED)
    assert counter.ask(counter.journal.reversal(charge)).status is Status.REVERSED
    assert till.paid(till.code(card), 4_000)["payable"] == 4_000
    _advance(clock, TO_MIDNIGHT - timedelta(seconds=1))
    assert _exceeds(till, till.code(card), 1)
    _advance(clock, timedelta(seconds=1))
    assert till.paid(till.code(card), 10_000)["payable"] == limits["card_daily_limit"]


@pytest.mark.parametrize("limits", [{"card_daily_limit": 10_000}])
def test_in_one_batch_what_is_settled_counts_for_the_charge_behind_it(
    rows: HubRows, hub_context: Context, keys: HubSigningKeys, limits: dict[str, int]
) -> None:
    counter = Counter(hub_context, keys, rows, lag=timedelta(seconds=30))
    card = rows.card()
    approved = counter.journal.charge(rows.code(card), limits["card_daily_limit"])
    advice = counter.journal.advice(approved)
    asked = counter.journal.charge(rows.code(card), 1)
    replaced, settled, refused = counter.submit(counter.journal.entries[0], approved, advice, asked)[1:]
    assert replaced.refusal is not None
    assert replaced.refusal.code is Code.QR_REVOKED
    assert settled.status is Status.COMPLETED
    assert refused.refusal is not None
    assert (refused.status, refused.refusal.code) == (Status.DECLINED, Code.LIMIT_EXCEEDED)


@pytest.mark.parametrize("limits", [{"card_charge_limit": 5_000, "card_daily_limit": 10_000}])
def test_what_a_terminal_approved_offline_is_settled_over_the_limits_and_counts(
    till: Till, rows: HubRows, offline: Counter, limits: dict[str, int]
) -> None:
    card = rows.card()
    charge = offline.journal.charge(rows.code(card), 20_000)
    outcomes = offline.submit(offline.journal.entries[0], charge, offline.journal.advice(charge))
    assert outcomes[-1].status is Status.COMPLETED
    assert limits
    assert _exceeds(till, till.code(card), 1) == "over the card's limit for a day"


def _share(rows: HubRows, context: Context, card: CardRows, **caps: int) -> str:
    """Another member of the card, with caps."""
    member_id, binding_id, at = context.ids.new(), context.ids.new(), context.clock.now()
    rows.insert(members, row_shapes.member(member_id, "+886955000001", at))
    binding = {"id": binding_id, "card_id": card.card_id, "member_id": member_id, "role": "member"}
    rows.insert(bindings, binding | {"bound_at": at} | caps)
    return member_id


def test_a_members_caps_hold_that_member_alone(till: Till, rows: HubRows, hub_context: Context) -> None:
    card = rows.card(card_type="prepaid")
    child = _share(rows, hub_context, card, cap_per_charge=5_000, cap_per_day=8_000)
    assert _exceeds(till, till.code(card, child), 5_001) == "over the member's cap for one charge"
    told = till.paid(till.code(card, child), 5_000)
    assert rows.one(transactions, tx_no=told["tx_no"])["member_id"] == child
    assert _exceeds(till, till.code(card, child), 3_001) == "over the member's cap for a day"
    assert till.paid(till.code(card), 50_000)["payable"] == 50_000
    assert till.paid(till.code(card, child), 3_000)["payable"] == 3_000


def _promotion(
    context: Context, factor: int, merchant_id: str | None, starts_at: datetime, **more: Any
) -> dict[str, Any]:
    row = {"id": context.ids.new(), "version": 1, "name": "雙倍", "kind": "factor", "factor": factor}
    row |= {"merchant_id": merchant_id, "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
    return row | {"created_at": starts_at, "created_by": "test"} | more


def test_points_follow_the_newest_version_of_each_promotion_and_the_best_of_them(
    till: Till, rows: HubRows, hub_context: Context, clock: ManualClock
) -> None:
    now, shop = hub_context.clock.now(), till.shop.merchant_id
    withdrawn = _promotion(hub_context, 90_000, None, now)
    changed = _promotion(hub_context, 80_000, None, now)
    for row in (
        _promotion(hub_context, 15_000, None, now),
        _promotion(hub_context, 20_000, shop, now),
        _promotion(hub_context, 70_000, rows.shop().merchant_id, now),
        withdrawn,
        withdrawn | {"version": 2, "is_withdrawn": True},
        changed,
        changed | {"version": 2, "starts_at": now - timedelta(hours=2), "ends_at": now},
    ):
        rows.insert(promotions, row)
    card = rows.card()
    assert till.paid(till.code(card), 29_999)["points_earned"] == 598
    _advance(clock, timedelta(hours=1))
    assert till.paid(till.code(card), 29_999)["points_earned"] == 299


def test_a_charge_settled_late_has_the_promotion_of_its_own_time(
    rows: HubRows, offline: Counter, hub_context: Context
) -> None:
    ended = hub_context.clock.now() - TOO_LATE / 2
    row = _promotion(hub_context, 20_000, None, ended - timedelta(hours=1))
    rows.insert(promotions, row)
    charge = offline.journal.charge(rows.code(rows.card()), 10_000)
    outcomes = offline.submit(offline.journal.entries[0], charge, offline.journal.advice(charge))
    assert outcomes[-1].transaction is not None
    assert outcomes[-1].transaction.points_earned == 200


def _statements(context: Context, work: Callable[[], object]) -> int:
    seen: list[str] = []
    listener: Callable[..., None] = lambda *args: seen.append(args[2])  # noqa: E731 - an event's listener
    event.listen(context.database.engine, "before_cursor_execute", listener)
    try:
        work()
    finally:
        event.remove(context.database.engine, "before_cursor_execute", listener)
    return len(seen)


def test_what_was_spent_is_read_once_and_only_where_something_bounds_it(
    rows: HubRows, counter: Counter, hub_context: Context
) -> None:
    counter.submit(counter.journal.entries[0])

    def pay(card: CardRows) -> int:
        charge = counter.journal.charge(rows.code(card), 100)
        return _statements(hub_context, lambda: counter.ask(charge))

    free, capped = rows.card(), rows.card()
    pay(free)
    rows.update(bindings, {"card_id": capped.card_id}, {"cap_per_day": 100_000})
    assert pay(capped) == pay(free) + 1
