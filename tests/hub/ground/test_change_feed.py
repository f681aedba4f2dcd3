"""The change feed (protocol.md 6): in order, nothing skipped, and a time that is never claimed too early."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from hub_server.bootstrap import Hub
from hub_server.change_feed import FeedCursor, announce_keys
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import FEED, News, enqueue
from hub_server.foundation.storage import Connection
from hub_server.merchants import policies_at, resume_merchant, set_policy, suspend_merchant
from hub_server.signing_keys import HubSigningKeys
from hub_server.staff import StaffRole, end_post, post_staff
from hub_server.terminals import suspend_terminal, was_in_contact
from shared.api.policy import OfflinePolicy, Policy
from shared.signing import Ed25519Signer
from tests.fakes.clock import ManualClock
from tests.hub.ground.feed_reader import CHANGES, Event, FeedReader, feed
from tests.hub.ground.shop import Shop, Till

SKEW = timedelta(0)


@pytest.fixture
def shop(hub: Hub) -> Shop:
    return Shop.open(hub)


@pytest.fixture
def till(client: httpx.Client, shop: Shop) -> Till:
    return Till.enrol(client, shop)


def notices(hub: Hub, *numbers: int, **scope: str) -> None:
    """Commit notices, one transaction each, so that the publisher may take them apart or together."""
    for number in numbers:
        news = News(FEED, {"kind": "notice", "data": {"texts": {"en": str(number)}}, **scope})
        hub.context.database.run(lambda c, news=news: enqueue(c, hub.context.clock.now(), [news]))  # type: ignore[misc]


def numbers_in(events: list[Event]) -> list[int]:
    return [int(event.data["texts"]["en"]) for event in events if event.kind == "notice"]


def contacts_held(hub: Hub, till: Till, *contacts: datetime) -> frozenset[datetime]:
    return hub.context.database.read(lambda c: was_in_contact(c, till.id, contacts, SKEW))


def test_one_who_is_up_to_date_is_told_the_time_at_once(till: Till, clock: ManualClock) -> None:
    with feed(till, clock.now()) as reader:
        assert reader.answer.headers["content-type"].startswith("text/event-stream")
        _, told = reader.until_time()

    assert told >= clock.now()


def test_a_change_reaches_an_open_stream_by_itself_and_then_the_time(
    hub: Hub, shop: Shop, till: Till, clock: ManualClock
) -> None:
    with feed(till, clock.now()) as reader:
        _, first = reader.until_time()
        clock.advance(1_000)
        offline = OfflinePolicy(max_amount=10_000)
        made = shop.do(
            set_policy,
            settings=shop.hub.context.settings,
            merchant_id=shop.merchant.id,
            policy=Policy(offline=offline),
        )
        events, told = reader.until_time()

    assert [event.kind for event in events] == ["policy"]
    assert events[0].data["policy"]["version"] == made.version == 2
    assert events[0].data["policy"]["offline"]["max_amount"] == 10_000
    versions = hub.context.database.read(lambda c: policies_at(c, shop.merchant.id, []))
    assert versions[1].told_at is not None
    assert first < versions[1].told_at <= told


def test_each_kind_of_change_is_told(shop: Shop, till: Till, clock: ManualClock) -> None:
    with feed(till, clock.now()) as reader:
        reader.until_time()
        shop.do(suspend_merchant, merchant_id=shop.merchant.id, reason="review")
        shop.do(resume_merchant, merchant_id=shop.merchant.id, reason="done")
        shop.do(suspend_terminal, terminal_id=till.id, reason="lost")
        shop.do(
            post_staff,
            ids=shop.hub.context.ids,
            staff_id=shop.cashier.id,
            store_id=shop.store.id,
            role=StaffRole.STORE_MANAGER,
        )
        shop.do(end_post, staff_id=shop.manager.id, store_id=shop.store.id)
        told: list[Event] = []
        while len(told) < 5:
            told += reader.until_time()[0]

    assert [event.kind for event in told] == ["merchant", "merchant", "terminal", "staff", "staff"]
    assert [event.data["merchant"]["status"] for event in told[:2]] == ["suspended", "active"]
    assert told[2].data == {"status": "suspended"}
    assert [(each["name"], each["role"]) for each in told[4].data["staff"]] == [("王小美", "store_manager")]


def test_what_concerns_others_is_not_told(hub: Hub, shop: Shop, till: Till, clock: ManualClock) -> None:
    other = Shop.open(hub, "別家店")
    with feed(till, clock.now()) as reader:
        reader.until_time()
        notices(hub, 1, merchant_id=other.merchant.id)
        notices(hub, 2, merchant_id=shop.merchant.id, store_id=other.store.id)
        notices(hub, 3, terminal_id=other.store.id)
        notices(hub, 4)
        notices(hub, 5, store_id=shop.store.id)
        heard: list[int] = []
        while len(heard) < 2:
            heard += numbers_in(reader.until_time()[0])

    with feed(till, clock.now(), cursor="0") as reader:
        again = numbers_in(reader.until_time()[0])

    assert heard == again == [4, 5]


def test_a_stream_resumes_after_the_last_event_it_got(hub: Hub, till: Till, clock: ManualClock) -> None:
    notices(hub, *range(7))
    hub.dispatcher.dispatch()
    with feed(till, clock.now()) as reader:
        while True:
            told = reader.next()
            assert isinstance(told, Event)
            if told.kind == "notice" and numbers_in([told]) == [2]:
                break

    with feed(till, clock.now(), cursor=told.cursor) as reader:
        assert numbers_in(reader.until_time()[0]) == [3, 4, 5, 6]


def test_more_than_a_page_is_told_whole(hub: Hub, till: Till, clock: ManualClock) -> None:
    def many(connection: Connection) -> None:
        texts = [{"kind": "notice", "data": {"texts": {"en": str(number)}}} for number in range(1_203)]
        enqueue(connection, clock.now(), [News(FEED, text) for text in texts])

    with feed(till, clock.now()) as reader:
        reader.until_time()
        hub.context.database.run(many)
        live: list[int] = []
        while len(live) < 1_203:
            live += numbers_in(reader.until_time()[0])
    with feed(till, clock.now()) as reader:
        caught_up = numbers_in(reader.until_time()[0])

    assert live == caught_up == list(range(1_203))


def test_writers_that_commit_out_of_order_lose_nothing(hub: Hub, till: Till, clock: ManualClock) -> None:
    """On PostgreSQL rows get their ids before they are committed; a reader that went by ids would skip."""
    writers, each = 4, 10
    held = threading.Barrier(writers)

    def write(writer: int) -> None:
        for round_ in range(each):
            held.wait(timeout=30)
            notices(hub, writer * each + round_)

    with feed(till, clock.now()) as reader:
        reader.until_time()
        threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
        for thread in threads:
            thread.start()
        heard: list[int] = []
        while len(heard) < writers * each:
            heard += numbers_in(reader.until_time()[0])
        for thread in threads:
            thread.join()

    assert sorted(heard) == list(range(writers * each))


def test_a_row_committed_after_a_later_one_is_told_too(hub: Hub, till: Till, clock: ManualClock) -> None:
    database = hub.context.database
    with feed(till, clock.now()) as reader:
        reader.until_time()
        if database.is_sqlite:  # one writer at a time: there is no such order to meet
            notices(hub, 2, 1)
        else:
            with database.transaction() as early:
                news = News(FEED, {"kind": "notice", "data": {"texts": {"en": "1"}}})
                enqueue(early, clock.now(), [news])
                notices(hub, 2)
                assert numbers_in(reader.until_time()[0]) == [2]
            assert numbers_in(reader.until_time()[0]) == [1]
            return
        heard: list[int] = []
        while len(heard) < 2:
            heard += numbers_in(reader.until_time()[0])
        assert heard == [2, 1]


def test_a_quiet_stream_is_told_the_time_every_15_seconds_and_that_is_contact(
    hub: Hub, till: Till, clock: ManualClock
) -> None:
    with feed(till, clock.now()) as reader:
        _, first = reader.until_time()
        clock.advance(14_000)
        hub.news.wake("feed")
        clock.advance(1_000)
        hub.news.wake("feed")
        _, second = reader.until_time()

    assert second == clock.now()
    between = first + timedelta(seconds=7)
    assert contacts_held(hub, till, first, between, second) == {first, between, second}
    assert contacts_held(hub, till, second + timedelta(seconds=1)) == frozenset()


def test_a_time_without_contact_is_remembered_as_such(hub: Hub, till: Till, clock: ManualClock) -> None:
    with feed(till, clock.now()) as reader:
        _, before = reader.until_time()
    clock.advance(3_600_000)
    with feed(till, clock.now()) as reader:
        _, after = reader.until_time()

    away = before + timedelta(minutes=30)
    assert contacts_held(hub, till, before, away, after) == {before, after}


def test_two_streams_of_a_store_hear_the_same(
    hub: Hub, shop: Shop, client: httpx.Client, clock: ManualClock
) -> None:
    tills = [Till.enrol(client, shop) for _ in range(3)]
    with ExitStack() as open_streams:
        readers = [open_streams.enter_context(feed(till, clock.now())) for till in tills]
        for reader in readers:
            reader.until_time()
        notices(hub, 1)
        assert [numbers_in(reader.until_time()[0]) for reader in readers] == [[1], [1], [1]]


def test_a_new_terminal_hears_of_revocations_from_before_it_was_enrolled(
    hub: Hub, shop: Shop, client: httpx.Client, clock: ManualClock
) -> None:
    def revoke(ref: str) -> None:
        data: dict[str, Any] = {"code_ref": ref, "exp": "2026-11-22T11:00:00.000Z"}
        payload = {"kind": "code_revoked", "data": data}
        hub.context.database.run(lambda c: enqueue(c, clock.now(), [News(FEED, payload)]))
        hub.dispatcher.dispatch()

    revoke("0" * 32)
    clock.advance(2 * 3_600_000)
    revoke("1" * 32)
    till = Till.enrol(client, shop)

    with feed(till, clock.now()) as reader:
        events, _ = reader.until_time()

    assert [event.data["code_ref"] for event in events if event.kind == "code_revoked"] == ["1" * 32]


def test_a_cursor_of_a_lost_future_is_told_everything(hub: Hub, till: Till, clock: ManualClock) -> None:
    notices(hub, 1, 2)
    hub.dispatcher.dispatch()

    with feed(till, clock.now(), cursor="999999") as reader:
        assert numbers_in(reader.until_time()[0]) == [1, 2]


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "٣", "9" * 19, "1 2"])
def test_what_is_no_cursor_is_refused(till: Till, clock: ManualClock, cursor: str) -> None:
    headers: list[tuple[bytes, bytes]] = [
        (name.encode(), value.encode()) for name, value in till.headers(clock.now()).items()
    ]
    headers.append((b"Last-Event-ID", cursor.encode()))

    answer = till.client.get(CHANGES, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST")


@pytest.mark.parametrize("head", ["x", "-2", "9223372036854775808"])
def test_what_is_no_head_is_refused(till: Till, clock: ManualClock, head: str) -> None:
    answer = till.client.get(CHANGES, headers=till.headers(clock.now()), params={"head": head})

    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_REQUEST")


def test_a_cursor_survives_its_text() -> None:
    assert FeedCursor.read(str(FeedCursor(17))) == FeedCursor(17)


def test_a_hub_that_stops_ends_its_streams(hub: Hub, till: Till, clock: ManualClock) -> None:
    with feed(till, clock.now()) as reader:
        reader.until_time()
        hub.streams.close_all()
        with pytest.raises(EOFError):
            reader.next()


def test_a_terminal_has_at_most_four_streams(hub: Hub, till: Till, clock: ManualClock) -> None:
    with ExitStack() as open_streams:
        readers: list[FeedReader] = []
        for _ in range(4):
            readers.append(open_streams.enter_context(feed(till, clock.now())))
            readers[-1].until_time()
        fifth = open_streams.enter_context(feed(till, clock.now()))
        fifth.until_time()
        with pytest.raises(EOFError):
            readers[0].next()
        notices(hub, 1)
        assert [numbers_in(each.until_time()[0]) for each in (readers[1], fifth)] == [[1], [1]]


def test_idle_streams_hold_no_connection_and_no_thread(
    hub: Hub, shop: Shop, client: httpx.Client, clock: ManualClock
) -> None:
    """More streams than the web has threads: were each to hold one, the request after them would wait for ever."""
    tills = [Till.enrol(client, shop) for _ in range(12)]
    with httpx.Client(
        base_url=client.base_url, timeout=30, limits=httpx.Limits(max_connections=None)
    ) as many:
        with ExitStack() as open_streams:
            readers = [
                open_streams.enter_context(feed(replace(till, client=many), clock.now()))
                for till in tills
                for _ in range(4)
            ]
            for reader in readers:
                reader.until_time()

            assert "Current Checked out connections: 0" in hub.context.database.engine.pool.status()
            assert "mps_hub_feed_streams 48.0" in client.get("/metrics").text
        assert client.get("/readyz").status_code == 200


def test_the_hubs_keys_are_told_when_they_have_changed(
    hub: Hub, hub_context: Context, till: Till, clock: ManualClock
) -> None:
    old, new = hub.keys, Ed25519Signer.generate()
    rotated = HubSigningKeys([new, old.signer], [], bytes(32), bytes(32))
    with feed(till, clock.now()) as reader:
        first = [event for event in reader.until_time()[0] if event.kind == "keys"]
        told = [hub_context.database.run(lambda c: announce_keys(c, old, at=clock.now()))]
        told.append(hub_context.database.run(lambda c: announce_keys(c, rotated, at=clock.now())))
        second, _ = reader.until_time()

    assert told == [False, True]
    assert [each["kid"] for event in first for each in event.data["jwks"]["keys"]] == [old.signer.kid]
    assert [each["kid"] for event in second for each in event.data["jwks"]["keys"]] == [
        new.kid,
        old.signer.kid,
    ]


@pytest.fixture(autouse=True)
def _no_stream_is_left(hub: Hub) -> Iterator[None]:
    yield
    hub.streams.close_all()
