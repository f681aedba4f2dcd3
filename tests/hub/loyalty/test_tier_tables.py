"""The tier table in versions: what a new one does to cards, and to the codes that they are given."""

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.audit import SYSTEM
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub
from hub_server.cards.tables import cards
from hub_server.consistency import check
from hub_server.foundation.storage import Connection
from hub_server.loyalty import DEFAULT_TIERS, Tier, TierTable, adjust_points, hold_tier_table, set_tiers
from hub_server.loyalty.tables import tier_tables
from hub_server.payment_codes import CodeOrder, fresh_secret, issue_codes
from hub_server.payment_codes.tables import payment_codes
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import signed_in_admin

TIERS = "/api/v1/admin/tiers"
STEEP: list[dict[str, int]] = [
    {"tier": 0, "from_points": 0, "rate": 10_000},
    {"tier": 1, "from_points": 100, "rate": 9_700},
    {"tier": 7, "from_points": 2_000, "rate": 8_000},
]


@pytest.fixture
def rows(hub: Hub) -> HubRows:
    """Rows straight into the hub's tables."""
    return HubRows(hub.context, hub.keys)


@pytest.fixture
def headers(hub: Hub) -> dict[str, str]:
    """An admin who keeps loyalty."""
    return signed_in_admin(hub.context, LoginRole.FINANCE).headers


def _put(client: httpx.Client, headers: dict[str, str], tiers: object) -> httpx.Response:
    return client.put(TIERS, json={"tiers": tiers}, headers=headers)


def _tiers(rows: HubRows) -> list[tuple[int, int]]:
    return sorted((row["points"], row["tier"]) for row in rows.rows(cards))


def _is_sound(hub: Hub) -> bool:
    return hub.context.database.read(lambda c: check(c, hub.keys.verifiers)).is_clean


def test_the_first_version_is_the_rules_own(client: httpx.Client, headers: dict[str, str]) -> None:
    seen = client.get(TIERS, headers=headers).json()
    [item] = seen["items"]
    assert (item["version"], item["in_force"], item["created_by"]) == (1, True, None)
    assert item["tiers"] == DEFAULT_TIERS.rows()
    assert seen["next_cursor"] is None


def test_a_new_table_moves_every_card_at_once(
    client: httpx.Client, headers: dict[str, str], rows: HubRows, hub: Hub
) -> None:
    for points in (0, 99, 100, 999, 1_000, 1_999, 2_000, 50_000):
        rows.card(points=points)
    rows.card(card_type="corporate")
    made = _put(client, headers, STEEP)
    assert made.status_code == 200, made.text
    assert (made.json()["version"], made.json()["in_force"]) == (2, True)
    assert _tiers(rows) == [
        (0, 0),
        (0, 0),
        (99, 0),
        (100, 1),
        (999, 1),
        (1_000, 1),
        (1_999, 1),
        (2_000, 7),
        (50_000, 7),
    ]
    assert _is_sound(hub)
    [event] = [row for row in rows.rows(audit_events) if row["name"] == "TIERS_SET"]
    assert (event["subject_id"], event["data"]["tiers"]) == ("2", STEEP)
    assert event["data"]["cards_moved"] == 4  # 100, 999, 2,000 and 50,000 points


def test_versions_are_listed_newest_first_and_the_one_in_force_is_marked(
    client: httpx.Client, headers: dict[str, str]
) -> None:
    _put(client, headers, STEEP)
    _put(client, headers, STEEP[:2])
    first = client.get(TIERS, headers=headers, params={"limit": 2}).json()
    assert [(item["version"], item["in_force"]) for item in first["items"]] == [(3, True), (2, False)]
    rest = client.get(TIERS, headers=headers, params={"cursor": first["next_cursor"]}).json()
    assert [(item["version"], item["in_force"]) for item in rest["items"]] == [(1, False)]


def test_setting_what_is_in_force_makes_no_version(
    client: httpx.Client, headers: dict[str, str], rows: HubRows
) -> None:
    assert _put(client, headers, DEFAULT_TIERS.rows()).json()["version"] == 1
    assert [row["name"] for row in rows.rows(audit_events) if row["name"] == "TIERS_SET"] == []


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [{"tier": 0, "from_points": 1, "rate": 1}],
        [{"tier": 1, "from_points": 0, "rate": 1}],
        [{"tier": 0, "from_points": 0, "rate": 10_001}],
        [{"tier": 0, "from_points": 0, "rate": 9}, {"tier": 0, "from_points": 5, "rate": 9}],
        [{"tier": 0, "from_points": 0, "rate": 9}, {"tier": 1, "from_points": 0, "rate": 9}],
        [{"tier": 0, "from_points": 0, "rate": 9}, {"tier": 1, "from_points": 1 << 70, "rate": 9}],
        [{"tier": 0, "from_points": 0, "rate": 9, "name": "x"}],
        "none",
    ],
)
def test_what_is_no_table_is_refused(
    client: httpx.Client, headers: dict[str, str], rows: HubRows, tiers: object
) -> None:
    refused = _put(client, headers, tiers)
    assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_REQUEST")
    assert len(rows.rows(tier_tables)) == 1


def test_only_who_keeps_loyalty_sets_tiers_and_every_admin_reads_them(
    client: httpx.Client, hub: Hub, rows: HubRows
) -> None:
    auditor = signed_in_admin(hub.context, LoginRole.AUDITOR).headers
    assert _put(client, auditor, STEEP).status_code == 403
    assert client.get(TIERS, headers=auditor).status_code == 200
    assert client.get(TIERS).status_code == 401
    assert len(rows.rows(tier_tables)) == 1


def test_the_next_code_has_the_new_rate_and_a_signed_one_keeps_its_own(
    client: httpx.Client, headers: dict[str, str], rows: HubRows, hub: Hub
) -> None:
    card = rows.card(points=150)

    def issue() -> str:
        order = CodeOrder(
            card_id=card.card_id,
            member_id=card.member_id,
            fresh=fresh_secret(hub.context.random_bytes, 4),
            ref_random=bytes(8),
        )
        at = hub.context.clock.now()
        return hub.context.database.run(
            lambda c: issue_codes(c, hub.keys, hub.context.settings, [order], at=at, actor=SYSTEM)
        )[0].code_ref

    before = issue()
    _put(client, headers, STEEP)
    after = issue()
    seen = {row["code_ref"]: (row["tier"], row["rate"]) for row in rows.rows(payment_codes)}
    assert seen == {before: (0, 10_000), after: (1, 9_700)}


def test_a_card_that_is_written_meanwhile_follows_too(
    hub: Hub, rows: HubRows, run: Callable[..., Any]
) -> None:
    """Whoever writes a card's tier holds the table; a new one comes before or after, never in between."""
    card, database, at = rows.card(points=50), hub.context.database, hub.context.clock.now()
    table = TierTable(tuple(Tier(**step) for step in STEEP))
    asked, done = threading.Event(), threading.Event()

    def set_them() -> None:
        asked.set()
        database.run(lambda c: set_tiers(c, table, at=at, actor=SYSTEM))
        done.set()

    thread = threading.Thread(target=set_them)

    def adjust(connection: Connection) -> bool:
        hold_tier_table(connection)
        thread.start()
        asked.wait(5)
        was_early = done.wait(0.2)
        adjust_points(connection, card_id=card.card_id, delta=60, reason="meanwhile", at=at, actor=SYSTEM)
        return was_early

    assert not database.run(adjust)
    thread.join(10)
    assert done.is_set()
    assert _tiers(rows) == [(110, 1)]
    assert _is_sound(hub)
