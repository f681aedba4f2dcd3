"""The outbox: told after the commit, in order, once; what cannot be told is set aside and the rest flows."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import select

from hub_server.bootstrap import Hub
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import ALERT, FEED, Dispatcher, News, OutboxRow, enqueue
from hub_server.foundation.outbox.tables import outbox
from hub_server.foundation.storage import Connection
from hub_server.monitoring import open_alerts
from shared.clock import to_wire
from tests.fakes.clock import ManualClock
from tests.log_rules import ExpectedLogs

MAX_ATTEMPTS = 3


class Hearer:
    """A handler that keeps what it hears and fails on what it is told to fail on."""

    def __init__(self, *poison: int) -> None:
        self.heard: list[int] = []
        self.set_aside: list[str] = []
        self._poison = set(poison)

    def __call__(self, _connection: Connection, _at: datetime, rows: Sequence[OutboxRow]) -> None:
        numbers = [int(row.payload["n"]) for row in rows]
        if self._poison.intersection(numbers):
            raise ValueError("poison")
        self.heard += numbers


def dispatcher(context: Context, hearer: Hearer) -> Dispatcher:
    return Dispatcher(
        context.database,
        context.clock,
        {"topic": hearer},
        max_attempts=MAX_ATTEMPTS,
        on_set_aside=hearer.set_aside.append,
    )


def tell(context: Context, *numbers: int) -> None:
    news = [News("topic", {"n": number}) for number in numbers]
    context.database.run(lambda c: enqueue(c, context.clock.now(), news))


def waiting(context: Context) -> list[int]:
    """Rows that were neither carried on nor set aside."""
    query = select(outbox.c.id).where(outbox.c.done_at.is_(None), outbox.c.set_aside_at.is_(None))
    return list(context.database.read(lambda c: c.execute(query).scalars().all()))


def test_news_is_carried_in_order_and_once(hub_context: Context) -> None:
    hearer = Hearer()
    carrier = dispatcher(hub_context, hearer)
    tell(hub_context, *range(1_200))

    carrier.dispatch()
    carrier.dispatch()

    assert hearer.heard == list(range(1_200))
    assert waiting(hub_context) == []


def test_news_of_a_change_that_was_rolled_back_is_never_told(hub_context: Context) -> None:
    hearer = Hearer()

    def fail(connection: Connection) -> None:
        enqueue(connection, hub_context.clock.now(), [News("topic", {"n": 1})])
        raise LookupError

    with pytest.raises(LookupError):
        hub_context.database.run(fail)
    dispatcher(hub_context, hearer).dispatch()

    assert hearer.heard == []


def test_listeners_are_woken_by_a_commit_and_by_nothing_else(hub_context: Context) -> None:
    woken: list[str] = []
    hub_context.database.listen("outbox", lambda: woken.append("outbox"))

    hub_context.database.run(lambda c: None)
    tell(hub_context)
    before = list(woken)
    tell(hub_context, 1, 2)

    assert (before, woken) == ([], ["outbox"])


def test_a_poison_row_is_set_aside_with_an_alert_and_the_rest_flows(
    hub_context: Context, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.outbox", "set aside")
    hearer = Hearer(2)
    carrier = dispatcher(hub_context, hearer)
    tell(hub_context, 1, 2, 3)

    for _ in range(MAX_ATTEMPTS):
        carrier.dispatch()
    tell(hub_context, 4)
    carrier.dispatch()

    assert hearer.heard == [1, 3, 4]
    assert hearer.set_aside == ["topic"]
    row = hub_context.database.read(lambda c: c.execute(select(outbox).where(outbox.c.topic == ALERT)).one())
    assert row.payload["kind"] == "outbox_set_aside"
    assert row.payload["detail"] == {"topic": "topic", "attempts": MAX_ATTEMPTS}


def test_alerts_of_one_kind_about_one_subject_are_one(hub: Hub, clock: ManualClock) -> None:
    def alarm(subject: str, detail: int) -> None:
        news = News(ALERT, {"kind": "fork", "subject": subject, "detail": {"seq": detail}})
        hub.context.database.run(lambda c: enqueue(c, clock.now(), [news]))
        clock.advance(1_000)
        hub.dispatcher.dispatch()

    first_at = to_wire(clock.now())
    alarm("a", 1)
    alarm("b", 2)
    alarm("a", 3)

    alerts = hub.context.database.read(open_alerts)
    assert [(each.subject, each.count, each.detail) for each in alerts] == [
        ("a", 2, {"seq": 3, "earlier": [{"at": first_at, "detail": {"seq": 1}}]}),
        ("b", 1, {"seq": 2}),
    ]
    assert alerts[0].last_at > alerts[0].raised_at


@pytest.mark.parametrize(
    "payload",
    [{}, {"kind": "party", "data": {}}, {"kind": "notice"}, {"kind": "notice", "data": {}, "store_id": "x"}],
)
def test_news_that_is_no_feed_event_ends_as_an_alert(
    hub: Hub, clock: ManualClock, expected_logs: ExpectedLogs, payload: dict[str, object]
) -> None:
    expected_logs.allow("mps.hub.outbox", "set aside")
    hub.context.database.run(lambda c: enqueue(c, clock.now(), [News(FEED, payload)]))

    for _ in range(hub.context.settings.outbox_max_attempts + 1):
        hub.dispatcher.dispatch()

    assert [alert.kind for alert in hub.context.database.read(open_alerts)] == ["outbox_set_aside"]
    assert waiting(hub.context) == []
