"""Freezing and revoking stop every code of a card that a terminal could still take, whatever its state."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hub_server.audit import Actor
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub
from hub_server.cards.tables import cards
from hub_server.foundation.outbox.tables import outbox
from hub_server.payment_codes import freeze_card, revoke_codes, unfreeze_card
from shared.journal_entries import Status
from shared.payment_code import PaymentCode
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.fakes.clock import ManualClock

ADMIN = Actor("admin", "an-admin")
MINUTE_MS = 60_000
Stop = Callable[..., object]


@pytest.fixture
def rows(hub: Hub) -> HubRows:
    """Builds rows."""
    return HubRows(hub.context, hub.keys)


@pytest.fixture
def act(hub: Hub) -> Callable[[Stop, CardRows], None]:
    """`act(freeze_card, card)`: done by an admin now, and told to terminals."""

    def _act(stop: Stop, card: CardRows) -> None:
        at = hub.context.clock.now()
        hub.context.database.run(
            lambda c: stop(c, card_id=card.card_id, at=at, actor=ADMIN, reason="reported stolen")
        )
        hub.dispatcher.dispatch()

    return _act


def _told(rows: HubRows) -> list[str]:
    kinds = [row["payload"] for row in rows.rows(outbox) if row["payload"]["kind"] == "code_revoked"]
    return [payload["data"]["code_ref"] for payload in kinds]


def _offline_sale(counter: Counter, rows: HubRows, clock: ManualClock, code: PaymentCode) -> Any:
    """The code is taken offline after a contact of this moment, and the entries arrive too late to be live."""
    rows.contact(counter.terminal_id, clock.now(), clock.now())
    counter.journal.contact = clock.now()
    clock.advance(1_000)
    charge = counter.journal.charge(code)
    counter.journal.advice(charge)
    clock.advance(5 * MINUTE_MS)
    return counter.submit(*counter.journal.entries)[-1]


@pytest.mark.parametrize("stop", [freeze_card, revoke_codes])
def test_a_replaced_code_is_revoked_with_the_live_one(
    hub: Hub, rows: HubRows, clock: ManualClock, act: Callable[[Stop, CardRows], None], stop: Stop
) -> None:
    counter = Counter(hub.context, hub.keys, rows)
    card = rows.card()
    old = rows.code(card, age_s=0)
    clock.advance(1_000)
    new = rows.code(card, age_s=0)
    act(stop, card)
    assert sorted(_told(rows)) == sorted([old.claims.code_ref, new.claims.code_ref])
    assert [counter.code_row(code)["state"] for code in (old, new)] == ["replaced", "revoked"]
    assert all(counter.code_row(code)["told_at"] is not None for code in (old, new))
    audited = [row["data"]["code_ref"] for row in rows.rows(audit_events) if row["name"] == "QR_REVOKE"]
    assert sorted(audited) == sorted(_told(rows))
    clock.advance(MINUTE_MS)
    outcome = _offline_sale(counter, rows, clock, old)
    assert outcome.status is Status.REJECTED
    assert outcome.refusal is not None
    assert outcome.refusal.code is Code.QR_REVOKED


def test_a_used_code_of_a_frozen_card_is_worth_nothing_offline(
    hub: Hub, rows: HubRows, clock: ManualClock, act: Callable[[Stop, CardRows], None]
) -> None:
    first, second = (Counter(hub.context, hub.keys, rows) for _ in range(2))
    card = rows.card()
    code = rows.code(card, age_s=0)
    assert first.ask(first.journal.charge(code)).status is Status.COMPLETED
    act(freeze_card, card)
    assert _told(rows) == [code.claims.code_ref]
    assert first.code_row(code)["state"] == "consumed"
    clock.advance(MINUTE_MS)
    outcome = _offline_sale(second, rows, clock, code)
    assert (outcome.status, outcome.refusal and outcome.refusal.code) == (Status.REJECTED, Code.QR_REVOKED)


def test_a_code_that_was_used_twice_is_told_of_and_not_honoured_a_third_time(
    hub: Hub, rows: HubRows, clock: ManualClock
) -> None:
    counters = [Counter(hub.context, hub.keys, rows) for _ in range(3)]
    card = rows.card()
    code = rows.code(card, age_s=0, ttl_s=3_600)
    outcomes = []
    for counter in counters:
        outcomes.append(_offline_sale(counter, rows, clock, code).status)
        hub.dispatcher.dispatch()
        clock.advance(MINUTE_MS)
    assert outcomes == [Status.COMPLETED, Status.COMPLETED, Status.REJECTED]
    assert _told(rows) == [code.claims.code_ref]


def test_a_reversal_does_not_bring_back_a_code_of_before_the_freeze(
    hub: Hub, rows: HubRows, clock: ManualClock, act: Callable[[Stop, CardRows], None]
) -> None:
    counter = Counter(hub.context, hub.keys, rows)
    card = rows.card()
    code = rows.code(card, age_s=0)
    charge = counter.journal.charge(code)
    assert counter.ask(charge).status is Status.COMPLETED
    act(freeze_card, card)
    act(unfreeze_card, card)
    assert counter.ask(counter.journal.reversal(charge)).status is Status.REVERSED
    assert counter.code_row(code)["state"] == "revoked"
    assert _told(rows) == [code.claims.code_ref], "told once is enough"


def test_what_has_expired_is_not_told_of(
    hub: Hub, rows: HubRows, clock: ManualClock, act: Callable[[Stop, CardRows], None]
) -> None:
    card = rows.card()
    rows.code(card, age_s=0)
    clock.advance(timedelta(seconds=901) // timedelta(milliseconds=1))
    act(freeze_card, card)
    assert _told(rows) == []


def test_a_code_that_comes_back_to_a_frozen_card_is_written_down_as_revoked(
    hub: Hub, rows: HubRows, clock: ManualClock
) -> None:
    counter = Counter(hub.context, hub.keys, rows)
    card = rows.card()
    code = rows.code(card, age_s=0)
    charge = counter.journal.charge(code)
    assert counter.ask(charge).status is Status.COMPLETED
    clock.advance(1_000)
    rows.update(cards, {"id": card.card_id}, {"status": "lost"})
    assert counter.ask(counter.journal.reversal(charge)).status is Status.REVERSED
    hub.dispatcher.dispatch()
    assert (counter.code_row(code)["state"], _told(rows)) == ("revoked", [code.claims.code_ref])
    assert [row["name"] for row in rows.rows(audit_events)].count("QR_REVOKE") == 1
