"""Grants: points given once a card, by a registration or a first charge, after the commit."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hub_server.audit import Actor
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub
from hub_server.cards.tables import cards
from hub_server.consistency import check
from hub_server.foundation.outbox.tables import outbox
from hub_server.loyalty.tables import point_ledger
from hub_server.promotions import (
    GrantTrigger,
    PromotionKind,
    PromotionRow,
    PromotionTerms,
    create_promotion,
    withdraw_promotion,
)
from hub_server.promotions.tables import promotion_grants
from hub_server.settings import Settings
from shared.journal_entries import ReversalReason, Status
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.people import sign_up
from tests.fakes.clock import ManualClock

ADMIN = Actor("admin", "01a20412-646b-74c2-8ff9-d67d878f88da")
Grant = Callable[..., PromotionRow]


@pytest.fixture
def rows(hub: Hub) -> HubRows:
    """Rows straight into the hub's tables."""
    return HubRows(hub.context, hub.keys)


@pytest.fixture
def counter(hub: Hub, rows: HubRows) -> Counter:
    """A terminal whose entries arrive at once."""
    return Counter(hub.context, hub.keys, rows)


@pytest.fixture
def grant(hub: Hub, run: Callable[..., Any]) -> Grant:
    """`grant(trigger, points, …)`: a promotion that runs for a day from now on."""

    def make(trigger: GrantTrigger, points: int, name: str = "開幕", **more: Any) -> PromotionRow:
        now = hub.context.clock.now()
        terms = {"starts_at": now, "ends_at": now + timedelta(days=1), **more}
        made: PromotionRow = run(
            create_promotion,
            hub.context.ids,
            PromotionTerms(name=name, kind=PromotionKind.GRANT, points=points, trigger=trigger, **terms),
            at=now,
            actor=ADMIN,
        )
        return made

    return make


def _charge(counter: Counter, card: CardRows, amount: int = 10_000) -> None:
    outcome = counter.ask(counter.journal.charge(counter.rows.code(card), amount))
    assert outcome.status is Status.COMPLETED, outcome.refusal


def _points(rows: HubRows, card: CardRows) -> int:
    return int(rows.one(cards, id=card.card_id)["points"])


def _is_sound(hub: Hub) -> bool:
    return hub.context.database.read(lambda c: check(c, hub.keys.verifiers)).is_clean


def test_a_first_charge_is_granted_once(hub: Hub, rows: HubRows, counter: Counter, grant: Grant) -> None:
    made, card = grant(GrantTrigger.FIRST_CHARGE, 950), rows.card()
    _charge(counter, card)
    assert _points(rows, card) == 100  # the points of the charge; the grant comes after the commit
    hub.dispatcher.dispatch()
    assert (_points(rows, card), rows.one(cards, id=card.card_id)["tier"]) == (1_050, 1)
    _charge(counter, card)
    hub.dispatcher.dispatch()
    assert _points(rows, card) == 1_150
    [row] = rows.rows(promotion_grants)
    assert (row["promotion_id"], row["card_id"], row["points"]) == (made.id, card.card_id, 950)
    reasons = [row["reason"] for row in rows.rows(point_ledger, card_id=card.card_id)]
    assert reasons == ["charge", "promotion: 開幕", "charge"]
    [event] = [
        row for row in rows.rows(audit_events) if row["name"] == "POINTS" and row["actor_kind"] == "promotion"
    ]
    assert (event["actor_id"], event["data"]["change"]) == (made.id, 950)
    assert _is_sound(hub)


def test_a_card_that_was_charged_before_is_not_granted(
    hub: Hub, rows: HubRows, counter: Counter, grant: Grant, clock: ManualClock
) -> None:
    card = rows.card()
    _charge(counter, card)
    clock.advance(1_000)
    grant(GrantTrigger.FIRST_CHARGE, 500)
    _charge(counter, card)
    hub.dispatcher.dispatch()
    assert _points(rows, card) == 200
    assert rows.rows(promotion_grants) == []


def test_a_first_charge_reversed_before_its_points_are_given_gives_none_and_the_next_that_stands_does(
    hub: Hub, rows: HubRows, counter: Counter, grant: Grant, clock: ManualClock
) -> None:
    grant(GrantTrigger.FIRST_CHARGE, 10_000)
    card = rows.card()
    for dispatches_between in (False, True):
        undone = counter.journal.charge(rows.code(card), 100)
        assert counter.ask(undone).status is Status.COMPLETED
        reversal = counter.journal.reversal(undone, ReversalReason.CANCELLED, at=clock.now())
        assert counter.ask(reversal).status is Status.REVERSED
        if dispatches_between:
            hub.dispatcher.dispatch()
    assert (_points(rows, card), rows.rows(promotion_grants)) == (0, [])
    _charge(counter, card)
    hub.dispatcher.dispatch()
    assert _points(rows, card) == 10_100
    assert _is_sound(hub)


def test_the_next_charge_gets_what_was_promised_for_one_reversed_meanwhile_once(
    hub: Hub, rows: HubRows, counter: Counter, grant: Grant, clock: ManualClock
) -> None:
    grant(GrantTrigger.FIRST_CHARGE, 500, merchant_id=counter.shop.merchant_id)
    card = rows.card()
    undone = counter.journal.charge(rows.code(card), 100)
    counter.ask(undone)
    counter.ask(counter.journal.reversal(undone, ReversalReason.CANCELLED, at=clock.now()))
    clock.advance(1_000)
    _charge(counter, card)
    _charge(counter, card)
    hub.dispatcher.dispatch()
    assert (_points(rows, card), len(rows.rows(promotion_grants))) == (700, 1)


def test_a_grant_that_was_given_stays_when_its_charge_is_reversed_and_is_not_given_again(
    hub: Hub, rows: HubRows, counter: Counter, grant: Grant, clock: ManualClock
) -> None:
    grant(GrantTrigger.FIRST_CHARGE, 500)
    card = rows.card()
    undone = counter.journal.charge(rows.code(card), 10_000)
    counter.ask(undone)
    hub.dispatcher.dispatch()
    counter.ask(counter.journal.reversal(undone, ReversalReason.CANCELLED, at=clock.now()))
    _charge(counter, card)
    hub.dispatcher.dispatch()
    assert (_points(rows, card), len(rows.rows(promotion_grants))) == (600, 1)
    assert _is_sound(hub)


def test_news_that_come_again_give_nothing_again(
    hub: Hub, rows: HubRows, counter: Counter, grant: Grant
) -> None:
    grant(GrantTrigger.FIRST_CHARGE, 500)
    card = rows.card()
    _charge(counter, card)
    hub.dispatcher.dispatch()
    [news] = [row for row in rows.rows(outbox) if row["topic"] == "grant"]
    for _ in range(2):
        rows.insert(outbox, {"topic": "grant", "payload": news["payload"], "created_at": news["created_at"]})
    hub.dispatcher.dispatch()
    assert _points(rows, card) == 600
    assert all(row["done_at"] is not None for row in rows.rows(outbox) if row["topic"] == "grant")
    assert _is_sound(hub)


def test_a_grant_of_one_merchant_waits_for_the_first_charge_there(
    hub: Hub, rows: HubRows, counter: Counter, grant: Grant
) -> None:
    elsewhere = Counter(hub.context, hub.keys, rows)
    grant(GrantTrigger.FIRST_CHARGE, 500, merchant_id=counter.shop.merchant_id)
    card = rows.card()
    _charge(elsewhere, card)
    hub.dispatcher.dispatch()
    assert _points(rows, card) == 100
    _charge(counter, card)
    hub.dispatcher.dispatch()
    assert _points(rows, card) == 700


def test_several_grants_are_each_given(hub: Hub, rows: HubRows, counter: Counter, grant: Grant) -> None:
    grant(GrantTrigger.FIRST_CHARGE, 500)
    grant(GrantTrigger.FIRST_CHARGE, 70, name="週年")
    grant(GrantTrigger.REGISTRATION, 5, name="入會")
    card = rows.card()
    _charge(counter, card)
    hub.dispatcher.dispatch()
    assert _points(rows, card) == 670


@pytest.mark.parametrize("card_type", ["corporate", "voucher"])
def test_cards_without_points_are_granted_none(
    hub: Hub, rows: HubRows, counter: Counter, grant: Grant, card_type: Any
) -> None:
    grant(GrantTrigger.FIRST_CHARGE, 500)
    card = rows.card(card_type=card_type)
    _charge(counter, card)
    hub.dispatcher.dispatch()
    assert (_points(rows, card), rows.rows(promotion_grants)) == (0, [])
    assert [row for row in rows.rows(outbox) if row["topic"] == "grant"] == []


def test_an_offline_charge_that_settles_is_granted_too(hub: Hub, rows: HubRows, grant: Grant) -> None:
    grant(GrantTrigger.FIRST_CHARGE, 500)
    counter = Counter(hub.context, hub.keys, rows, lag=TOO_LATE)
    card = rows.card()
    charge = counter.journal.charge(rows.code(card), 10_000)
    counter.submit(charge, counter.journal.advice(charge))
    hub.dispatcher.dispatch()
    assert _points(rows, card) == 600


def test_before_after_and_once_withdrawn_nothing_is_granted(
    hub: Hub, rows: HubRows, counter: Counter, grant: Grant, run: Callable[..., Any]
) -> None:
    now = hub.context.clock.now()
    day = timedelta(days=1)
    grant(GrantTrigger.FIRST_CHARGE, 1, name="planned", starts_at=now + day / 2)
    grant(GrantTrigger.FIRST_CHARGE, 2, name="over", starts_at=now - day, ends_at=now)
    gone = grant(GrantTrigger.FIRST_CHARGE, 4, name="withdrawn")
    run(withdraw_promotion, gone.id, at=now, actor=ADMIN)
    card = rows.card()
    _charge(counter, card)
    hub.dispatcher.dispatch()
    assert (_points(rows, card), rows.rows(promotion_grants)) == (100, [])


def test_a_registration_is_granted_by_itself(
    client: httpx.Client, settings: Settings, hub: Hub, rows: HubRows, grant: Grant
) -> None:
    grant(GrantTrigger.REGISTRATION, 1_000)
    member = sign_up(client, settings)
    hub.dispatcher.dispatch()
    row = rows.one(cards, id=member.card_id)
    assert (row["points"], row["tier"]) == (1_000, 1)
    assert _is_sound(hub)
