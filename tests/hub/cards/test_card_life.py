"""Issue, freeze, lost, replace, close, expire: what may follow what, and what becomes of codes, money, bindings."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.audit import AuditName
from hub_server.audit.tables import audit_events
from hub_server.bindings.tables import bindings
from hub_server.bootstrap import Hub
from hub_server.cards import TRANSITIONS, CardStatus, cards_by_serial, is_card_number, set_card_status
from hub_server.cards.tables import cards, retired_card_numbers
from hub_server.foundation.outbox.tables import outbox
from hub_server.payment_codes import expire_cards
from hub_server.payment_codes.tables import payment_codes
from shared.clock import to_wire
from shared.journal_entries import Status
from shared.payment_code import PaymentCode
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.signed_in import SignedIn, signed_in_admin
from tests.fakes.clock import ManualClock

REASON = {"reason": "會員來電"}
MINUTE_MS = 60_000
NOBODYS = "01999999-0000-7000-8000-000000000000"
ACTIONS = ["freeze", "unfreeze", "lost", "replace", "close"]
Act = Callable[..., httpx.Response]

# From each state: what each action leads to; none where it is refused.
MOVES: dict[str, dict[str, str | None]] = {
    "active": dict(zip(ACTIONS, ["frozen", "active", "lost", "active", "closed"], strict=True)),
    "frozen": dict(zip(ACTIONS, ["frozen", "active", "lost", None, "closed"], strict=True)),
    "lost": dict(zip(ACTIONS, [None, None, "lost", "active", "closed"], strict=True)),
    "expired": dict(zip(ACTIONS, [None, None, None, None, "closed"], strict=True)),
    "closed": dict(zip(ACTIONS, [None, None, None, None, "closed"], strict=True)),
}


@pytest.fixture
def act(client: httpx.Client, admin: SignedIn) -> Act:
    """`act(card, "freeze")`: by the admin, over HTTP."""

    def _act(card: CardRows | str, action: str, headers: dict[str, str] | None = None) -> httpx.Response:
        card_id = card if isinstance(card, str) else card.card_id
        path = f"/api/v1/admin/cards/{card_id}/{action}"
        return client.post(path, json=REASON, headers=headers or admin.headers)

    return _act


def _refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


def _names(rows: HubRows) -> list[str]:
    """What was told of cards; not the money that the test's builders put on them."""
    return [row["name"] for row in rows.rows(audit_events) if row["name"] != AuditName.TOP_UP]


def _told(rows: HubRows) -> list[str]:
    payloads = [row["payload"] for row in rows.rows(outbox)]
    return [payload["data"]["code_ref"] for payload in payloads if payload.get("kind") == "code_revoked"]


def _put(rows: HubRows, act: Act, hub: Hub, status: str) -> CardRows:
    """An empty card in that state, which it came to as cards do."""
    expires_at = hub.context.clock.now() if status == "expired" else None
    card = rows.card(0, card_type="prepaid", expires_at=expires_at)
    action = {"frozen": "freeze", "lost": "lost", "closed": "close"}.get(status)
    if action is not None:
        assert act(card, action).status_code == 200
    if status == "expired":
        assert expire_cards(hub.context, hub.context.clock.now()) == 1
    assert rows.one(cards, id=card.card_id)["status"] == status
    return card


@pytest.mark.parametrize("status", list(MOVES))
def test_every_action_from_every_state(hub: Hub, rows: HubRows, act: Act, status: str) -> None:
    for action, to in MOVES[status].items():
        card = _put(rows, act, hub, status)
        before = len(rows.rows(audit_events))
        answer = act(card, action)
        if to is None:
            assert _refusal(answer) == (409, "CARD_NOT_ACTIVE"), action
        else:
            assert (answer.status_code, answer.json()["status"]) == (200, to), action
        assert rows.one(cards, id=card.card_id)["status"] == (to or status)
        changed = to is not None and (to != status or action == "replace")
        ended = int(action == "close" and changed)  # the owner's binding
        assert len(rows.rows(audit_events)) == before + changed + ended, action


def test_the_setter_knows_no_move_that_the_table_does_not_have(hub: Hub, rows: HubRows) -> None:
    card = rows.card()
    for seen in CardStatus:
        for to in set(CardStatus) - TRANSITIONS[seen]:
            with pytest.raises(ValueError, match="does not become"):
                hub.context.database.run(
                    lambda c, seen=seen, to=to: set_card_status(c, card.card_id, seen, to)  # type: ignore[misc]
                )
    lost = hub.context.database.run(
        lambda c: set_card_status(c, card.card_id, CardStatus.FROZEN, CardStatus.LOST)
    )
    assert not lost, "it is active, whatever was seen"


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("freeze", "CARD_FROZEN"),
        ("lost", "CARD_LOST"),
        ("replace", "CARD_REPLACED"),
        ("close", "CARD_CLOSED"),
    ],
)
def test_what_stops_a_card_revokes_its_codes_and_tells_terminals(
    hub: Hub, rows: HubRows, act: Act, action: str, name: str
) -> None:
    card = rows.card(0)
    old, live = (rows.code(card, age_s=age_s, offline_limit=0) for age_s in (10, 0))
    assert act(card, action).status_code == 200
    refs = sorted([old.claims.code_ref, live.claims.code_ref])
    assert sorted(_told(rows)) == refs
    assert rows.one(payment_codes, code_ref=live.claims.code_ref)["state"] == "revoked"
    counted = [event for event in _names(rows) if event != "UNBINDING"]
    assert sorted(counted) == sorted([name, "QR_REVOKE", "QR_REVOKE"])


def _taken_offline(counter: Counter, rows: HubRows, clock: ManualClock, code: PaymentCode) -> None:
    rows.contact(counter.terminal_id, clock.now(), clock.now())
    counter.journal.contact = clock.now()
    clock.advance(1_000)
    counter.journal.advice(counter.journal.charge(code))


def test_a_replaced_card_keeps_everything_and_a_late_charge_by_the_old_code_finds_it(
    hub: Hub, rows: HubRows, clock: ManualClock, act: Act
) -> None:
    card = rows.card(100_000, points=1_200)
    counter = Counter(hub.context, hub.keys, rows)
    code = rows.code(card, age_s=0)
    _taken_offline(counter, rows, clock, code)
    before = rows.one(cards, id=card.card_id)
    assert act(card, "lost").status_code == 200
    renewed = act(card, "replace").json()
    after = rows.one(cards, id=card.card_id)
    assert renewed["card_no"] != card.card_no
    assert is_card_number(renewed["card_no"])
    assert renewed["retired_numbers"] == [card.card_no]
    new = {"card_no": renewed["card_no"], "serial": after["serial"]}
    assert after == before | new
    assert [holder["member_id"] for holder in renewed["holders"]] == [card.member_id]
    clock.advance(5 * MINUTE_MS)
    assert counter.submit(*counter.journal.entries)[-1].status is Status.COMPLETED
    assert counter.balance(card) < 100_000
    by_serial = hub.context.database.read(lambda c: cards_by_serial(c, [card.serial, new["serial"]]))
    assert {serial: found.id for serial, found in by_serial.items()} == {
        card.serial: card.card_id,
        new["serial"]: card.card_id,
    }


def test_a_replaced_card_pays_by_a_new_code_and_its_old_number_is_given_to_nobody(
    hub: Hub, rows: HubRows, clock: ManualClock, act: Act
) -> None:
    card = rows.card(100_000)
    for _ in range(3):
        assert act(card, "replace").status_code == 200
    retired = [row["card_no"] for row in rows.rows(retired_card_numbers)]
    assert (len(set(retired)), card.card_no in retired) == (3, True)
    assert rows.one(cards, id=card.card_id)["card_no"] not in retired
    counter = Counter(hub.context, hub.keys, rows)
    assert counter.ask(counter.journal.charge(rows.code(card, age_s=0))).status is Status.COMPLETED


def test_ten_replacements_at_once_are_ten_numbers(hub: Hub, rows: HubRows, act: Act) -> None:
    card = rows.card()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: act(card, "replace"), range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["card_no"] for answer in answers}) == 10
    assert len(rows.rows(retired_card_numbers)) == 10
    assert _names(rows).count("CARD_REPLACED") == 10


def test_a_card_with_money_is_not_closed_and_the_answer_says_what_is_left(rows: HubRows, act: Act) -> None:
    card = rows.card(29_900)
    answer = act(card, "close")
    assert _refusal(answer) == (422, "INVALID_AMOUNT")
    assert answer.json()["detail"] == "29900 TWD are left on the card"
    assert rows.one(cards, id=card.card_id)["status"] == "active"


def test_a_card_that_owes_is_not_closed(rows: HubRows, act: Act) -> None:
    card = rows.card(0)
    rows.update(cards, {"id": card.card_id}, {"balance": -100})
    assert _refusal(act(card, "close")) == (409, "INSUFFICIENT_BALANCE")


def test_an_adjustment_that_waits_holds_a_card_open(
    client: httpx.Client, rows: HubRows, act: Act, admin: SignedIn, hub: Hub
) -> None:
    card = rows.card(0)
    body = {"card_id": card.card_id, "amount": 500, "reason": "補償"}
    proposed = client.post("/api/v1/admin/adjustments", json=body, headers=admin.headers).json()
    assert _refusal(act(card, "close")) == (409, "CONTRADICTORY_ENTRY")
    other = signed_in_admin(hub.context)
    refused = client.post(f"/api/v1/admin/adjustments/{proposed['id']}/refuse", headers=other.headers)
    assert refused.status_code == 200
    assert act(card, "close").status_code == 200


def test_closing_ends_every_binding(rows: HubRows, act: Act) -> None:
    card = rows.card(0)
    closed = act(card, "close").json()
    assert closed["holders"] == []
    assert rows.rows(bindings, card_id=card.card_id) == []
    assert _names(rows) == ["CARD_CLOSED", "UNBINDING"]


def test_the_sweep_marks_cards_whose_time_is_over_and_revokes_their_codes(
    hub: Hub, rows: HubRows, clock: ManualClock
) -> None:
    soon = clock.now() + timedelta(minutes=5)
    cards_of = {status: rows.card(card_type="voucher", expires_at=soon) for status in ("active", "frozen")}
    later = rows.card(card_type="voucher", expires_at=soon + timedelta(milliseconds=1))
    code = rows.code(cards_of["active"], age_s=0)
    assert expire_cards(hub.context, clock.now()) == 0
    clock.advance(5 * MINUTE_MS)
    assert expire_cards(hub.context, clock.now()) == 2
    assert expire_cards(hub.context, clock.now()) == 0
    assert {rows.one(cards, id=card.card_id)["status"] for card in cards_of.values()} == {"expired"}
    assert rows.one(cards, id=later.card_id)["status"] == "active"
    assert _told(rows) == [code.claims.code_ref]
    assert sorted(_names(rows)) == ["CARD_EXPIRED", "CARD_EXPIRED", "QR_REVOKE"]


def _issue(client: httpx.Client, admin: SignedIn, **body: object) -> httpx.Response:
    return client.post("/api/v1/admin/cards", json=body, headers=admin.headers)


@pytest.mark.parametrize("card_type", ["prepaid", "corporate", "voucher"])
def test_a_card_is_issued_to_its_owner(
    client: httpx.Client, rows: HubRows, admin: SignedIn, clock: ManualClock, card_type: str
) -> None:
    member_id = rows.card().member_id
    expires_at = to_wire(clock.now() + timedelta(days=365))
    issued = _issue(client, admin, card_type=card_type, member_id=member_id, expires_at=expires_at)
    assert issued.status_code == 201, issued.text
    body = issued.json()
    assert (body["status"], body["balance"], body["points"], body["tier"]) == ("active", 0, 0, 0)
    assert (body["card_type"], body["expires_at"], body["fixed_rate"]) == (card_type, expires_at, None)
    assert [(each["member_id"], each["role"]) for each in body["holders"]] == [(member_id, "owner")]
    assert _names(rows) == ["CARD_ISSUED", "BINDING"]


def test_a_prepaid_card_may_have_a_rate_and_no_owner_yet_and_then_binds_nobody(
    client: httpx.Client, rows: HubRows, admin: SignedIn
) -> None:
    issued = _issue(client, admin, card_type="prepaid", fixed_rate=9_000).json()
    assert (issued["fixed_rate"], issued["holders"]) == (9_000, [])
    assert rows.one(cards, id=issued["card_id"])["fixed_rate"] == 9_000


def test_a_member_has_one_standard_card_and_another_only_when_it_is_closed(
    client: httpx.Client, rows: HubRows, admin: SignedIn, act: Act
) -> None:
    card = rows.card(0)
    wanted = {"card_type": "standard", "member_id": card.member_id}
    assert _refusal(_issue(client, admin, **wanted)) == (409, "LIMIT_EXCEEDED")
    act(card, "close")
    with ThreadPoolExecutor(5) as pool:
        answers = [
            answer.status_code for answer in pool.map(lambda _: _issue(client, admin, **wanted), range(5))
        ]
    assert sorted(answers) == [201, 409, 409, 409, 409]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"card_type": "standard"}, (422, "INVALID_REQUEST")),
        ({"card_type": "voucher"}, (422, "INVALID_REQUEST")),
        ({"card_type": "gold"}, (422, "INVALID_REQUEST")),
        ({"card_type": "prepaid", "fixed_rate": 10_001}, (422, "INVALID_REQUEST")),
        ({"card_type": "prepaid", "fixed_rate": -1}, (422, "INVALID_REQUEST")),
        ({"card_type": "prepaid", "expires_at": "2020-01-01T00:00:00.000Z"}, (422, "INVALID_REQUEST")),
        ({"card_type": "prepaid", "expires_at": "tomorrow"}, (422, "INVALID_REQUEST")),
        ({"card_type": "prepaid", "member_id": "x"}, (422, "INVALID_REQUEST")),
        ({"card_type": "prepaid", "member_id": NOBODYS}, (404, "NOT_FOUND")),
        ({"card_type": "prepaid", "balance": 1}, (422, "INVALID_REQUEST")),
    ],
)
def test_what_is_no_card_is_not_issued(
    client: httpx.Client, rows: HubRows, admin: SignedIn, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert _refusal(_issue(client, admin, **body)) == refusal
    assert rows.rows(cards) == []


def test_a_voucher_has_no_rate_of_its_own(client: httpx.Client, rows: HubRows, admin: SignedIn) -> None:
    body = {"card_type": "voucher", "member_id": rows.card().member_id, "fixed_rate": 9_000}
    assert _refusal(_issue(client, admin, **body)) == (422, "INVALID_REQUEST")


def test_cards_are_found_by_number_member_and_state(
    client: httpx.Client, rows: HubRows, admin: SignedIn, act: Act
) -> None:
    one, two, three = (rows.card() for _ in range(3))
    act(two, "freeze")
    renewed = act(three, "replace").json()["card_no"]

    def found(**query: str) -> list[str]:
        answer = client.get("/api/v1/admin/cards", params=query, headers=admin.headers)
        assert answer.status_code == 200, answer.text
        return [item["card_id"] for item in answer.json()["items"]]

    assert found(card_no=one.card_no) == [one.card_id]
    assert found(card_no=three.card_no) == found(card_no=renewed) == [three.card_id]
    assert found(member_id=two.member_id) == [two.card_id]
    assert found(status="frozen") == [two.card_id]
    assert found(status="closed") == found(card_no="PRE00000018") == found(member_id=NOBODYS) == []
    assert sorted(found()) == sorted([one.card_id, two.card_id, three.card_id])
    first = client.get("/api/v1/admin/cards?limit=2", headers=admin.headers).json()
    rest = client.get(
        f"/api/v1/admin/cards?limit=2&cursor={first['next_cursor']}", headers=admin.headers
    ).json()
    assert [item["card_id"] for item in first["items"] + rest["items"]] == found()
    assert rest["next_cursor"] is None
    for query in ("status=blue", "member_id=x", "cursor=x", "limit=0"):
        answer = client.get(f"/api/v1/admin/cards?{query}", headers=admin.headers)
        assert _refusal(answer) == (422, "INVALID_REQUEST")


def test_a_card_that_is_not_there_is_not_found(client: httpx.Client, admin: SignedIn, act: Act) -> None:
    for card_id in (NOBODYS, "no-id", "%20"):
        assert _refusal(client.get(f"/api/v1/admin/cards/{card_id}", headers=admin.headers)) == (
            404,
            "CARD_NOT_FOUND",
        )
        for action in ACTIONS:
            assert _refusal(act(card_id, action)) == (404, "CARD_NOT_FOUND")


@pytest.mark.parametrize("reason", ["", " ", "x" * 65, "\x1b@", None])
def test_a_change_has_a_reason(
    client: httpx.Client, rows: HubRows, admin: SignedIn, reason: str | None
) -> None:
    card = rows.card(0)
    path = f"/api/v1/admin/cards/{card.card_id}/freeze"
    answer = client.post(path, json={"reason": reason}, headers=admin.headers)
    assert _refusal(answer) == (422, "INVALID_REQUEST")
    assert rows.one(cards, id=card.card_id)["status"] == "active"


@pytest.mark.parametrize("role", [LoginRole.FINANCE, LoginRole.AUDITOR])
def test_who_may_only_look_changes_no_card(
    hub: Hub, client: httpx.Client, rows: HubRows, act: Act, role: LoginRole
) -> None:
    looking = signed_in_admin(hub.context, role)
    card = rows.card(0)
    assert client.get(f"/api/v1/admin/cards/{card.card_id}", headers=looking.headers).status_code == 200
    for action in ACTIONS:
        assert _refusal(act(card, action, looking.headers)) == (403, "FORBIDDEN")
    assert _refusal(_issue(client, looking, card_type="prepaid")) == (403, "FORBIDDEN")
