"""Charges that decide nothing leave their key free, and their traces: a log, a figure, and an alert if they pile up."""

from collections.abc import Callable
from typing import Any

import pytest

from hub_server.audit import SYSTEM
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub
from hub_server.cards.tables import cards
from hub_server.charging import suspend_service
from hub_server.foundation.outbox.tables import outbox
from hub_server.foundation.storage import lock_rows
from hub_server.idempotency.tables import idempotency_registry
from hub_server.monitoring.jobs import BusyWatch, refusals_job
from hub_server.transactions.tables import transactions
from shared.problems import Code
from tests.builders.hub_rows import HubRows
from tests.builders.till import Till
from tests.fakes.clock import ManualClock
from tests.log_rules import ExpectedLogs

Run = Callable[..., Any]


def test_while_payments_are_suspended_nothing_is_kept(
    till: Till, rows: HubRows, run: Run, clock: ManualClock
) -> None:
    code, key = till.code(rows.card()), till.new_key()
    run(suspend_service, at=clock.now(), actor=SYSTEM, reason="an exercise")
    answer = till.charge(code, key=key)
    assert (answer.status_code, answer.json()["code"]) == (503, Code.SERVICE_SUSPENDED.value)
    assert int(answer.headers["Retry-After"]) > 0
    assert rows.rows(idempotency_registry) == []
    assert rows.rows(audit_events, name="PAYMENT_DECLINED") == []
    assert 'mps_hub_refusals_total{code="SERVICE_SUSPENDED"} 1.0' in till.client.get("/metrics").text


def test_a_card_that_is_locked_for_long_is_busy_and_nothing_is_kept(
    till: Till, rows: HubRows, expected_logs: ExpectedLogs, caplog: pytest.LogCaptureFixture
) -> None:
    expected_logs.allow("mps.hub.web", "busy")
    card = rows.card()
    code, key = till.code(card), till.new_key()
    with till.context.database.transaction() as other:
        lock_rows(other, "card", [card.card_id])
        answer = till.charge(code, key=key)
    assert (answer.status_code, answer.json()["code"]) == (503, Code.SYSTEM_BUSY.value)
    assert rows.rows(idempotency_registry) == []
    busy = [each for each in caplog.records if each.name == "mps.hub.web" and each.levelname == "ERROR"]
    assert len(busy) == 1
    assert "mps_hub_busy_total 1.0" in till.client.get("/metrics").text
    assert till.charge(code, key=key).status_code == 200


def test_charges_that_were_told_busy_too_often_raise_an_alert(
    hub: Hub, till: Till, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.web", "busy")
    card = rows.card()
    code = till.code(card)
    for _ in range(hub.context.settings.refusals_alert_count - 1):
        hub.figures.told_busy()
    watch = BusyWatch(hub.context, hub.figures.busy_count)
    watch.run()
    with till.context.database.transaction() as other:
        lock_rows(other, "card", [card.card_id])
        assert till.charge(code).status_code == 503
    assert rows.rows(outbox, topic="alert") == []
    watch.run()
    (alert,) = (row["payload"] for row in rows.rows(outbox, topic="alert"))
    assert (alert["kind"], alert["detail"]["count"]) == (
        "system_busy_piled_up",
        hub.context.settings.refusals_alert_count,
    )


def test_requests_refused_before_a_decision_pile_up_into_an_alert_for_each_code(
    hub: Hub, till: Till, rows: HubRows
) -> None:
    most = hub.context.settings.refusals_alert_count
    till.charge("no code", key="used")
    for _ in range(most):
        till.charge("no code", 0)
        till.charge("no code", 20_000, key="used")
    refusals_job(hub.context).work()
    alerts = [row["payload"] for row in rows.rows(outbox, topic="alert")]
    assert [(each["kind"], each["subject"]) for each in alerts] == [
        ("refusals_piled_up", Code.IDEMPOTENCY_CONFLICT.value),
        ("refusals_piled_up", Code.INVALID_AMOUNT.value),
    ]
    assert "no code" not in str(rows.rows(audit_events))


def test_what_nobody_foresaw_decides_nothing(till: Till, rows: HubRows, expected_logs: ExpectedLogs) -> None:
    expected_logs.allow("mps.hub.web", "failed")
    expected_logs.allow("psycopg", "pipeline aborted")
    card = rows.card()
    code, key = till.code(card), till.new_key()
    rows.update(cards, {"id": card.card_id}, {"points": (1 << 63) - 1})
    answer = till.charge(code, key=key)
    assert (answer.status_code, answer.json()["code"]) == (500, Code.INTERNAL_ERROR.value)
    assert rows.rows(idempotency_registry) == []
    assert rows.rows(transactions, kind="charge") == []
    rows.update(cards, {"id": card.card_id}, {"points": 0})
    assert till.charge(code, key=key).status_code == 200
