"""Refusals of a code, and a busy database, become one alert when they pile up (domain.md, Charge)."""

from hub_server.audit import Actor, AuditName, record
from hub_server.bootstrap import Hub
from hub_server.foundation.context import Context
from hub_server.monitoring import open_alerts
from hub_server.monitoring.jobs import BusyWatch, refusals_job
from tests.fakes.clock import ManualClock

TERMINAL = Actor("terminal", "t")


def _refuse(context: Context, name: AuditName, code: str, count: int) -> None:
    events = [TERMINAL.did(name, "entry", "e", code=code) for _ in range(count)]
    context.database.run(lambda c: record(c, context.clock.now(), events))


def _alerts(hub: Hub) -> list[tuple[str, str, int, int]]:
    hub.dispatcher.dispatch()
    found = hub.context.database.read(open_alerts)
    return [(each.kind, each.subject, each.detail["count"], each.count) for each in found]


def test_refusals_of_one_code_raise_one_alert_within_a_window(hub: Hub, clock: ManualClock) -> None:
    context, most = hub.context, hub.context.settings.refusals_alert_count
    look = refusals_job(context).work
    _refuse(context, AuditName.PAYMENT_DECLINED, "INVALID_QR", most - 1)
    _refuse(context, AuditName.PAYMENT_DECLINED, "QR_EXPIRED", most - 1)
    look()
    assert _alerts(hub) == []
    _refuse(context, AuditName.ENTRY_REFUSED, "INVALID_QR", 1)
    for _ in range(3):
        look()
        assert _alerts(hub) == [("refusals_piled_up", "INVALID_QR", most, 1)]
        clock.advance(10_000)


def test_what_goes_on_is_counted_into_the_same_alert_a_window_later(hub: Hub, clock: ManualClock) -> None:
    context, most = hub.context, hub.context.settings.refusals_alert_count
    look = refusals_job(context).work
    for _ in range(2):
        _refuse(context, AuditName.REFUND_DECLINED, "NOT_REFUNDABLE", most)
        look()
        _alerts(hub)
        clock.advance(context.settings.refusals_window_s * 1_000 + 1)
    assert _alerts(hub) == [("refusals_piled_up", "NOT_REFUNDABLE", most, 2)]
    look()
    assert len(_alerts(hub)) == 1


def test_refusals_older_than_the_window_do_not_count(hub: Hub, clock: ManualClock) -> None:
    context, most = hub.context, hub.context.settings.refusals_alert_count
    _refuse(context, AuditName.PAYMENT_DECLINED, "INVALID_QR", most)
    clock.advance(context.settings.refusals_window_s * 1_000 + 1)
    refusals_job(context).work()
    assert _alerts(hub) == []


def test_a_database_that_is_busy_too_often_raises_one_alert(hub: Hub, clock: ManualClock) -> None:
    context, most = hub.context, hub.context.settings.refusals_alert_count
    watch = BusyWatch(context, hub.figures.busy_count)
    for _ in range(most - 1):
        hub.figures.told_busy()
    watch.run()
    assert _alerts(hub) == []
    hub.figures.told_busy()
    for _ in range(2):
        watch.run()
        assert _alerts(hub) == [("system_busy_piled_up", "hub", most, 1)]
    clock.advance(context.settings.refusals_window_s * 1_000 + 1)
    watch.run()
    clock.advance(context.settings.refusals_window_s * 1_000 + 1)
    watch.run()
    assert len(_alerts(hub)) == 1
