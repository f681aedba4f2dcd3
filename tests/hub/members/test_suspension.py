"""Admins look members up, suspend them and let them go on."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from hub_server.access import LoginRole, SessionKind, open_session
from hub_server.audit.tables import audit_events
from hub_server.bindings.tables import bindings
from hub_server.bootstrap import Hub
from hub_server.foundation.outbox.tables import outbox
from hub_server.members.tables import members
from hub_server.payment_codes.tables import payment_codes
from hub_server.settings import Settings
from shared.journal_entries import Status
from shared.payment_code import read_payment_code
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.builders.people import prove, sign_up
from tests.builders.signed_in import SignedIn, signed_in_admin
from tests.fakes.clock import ManualClock

REASON = {"reason": "風險"}
NOBODYS = "01999999-0000-7000-8000-000000000000"
Act = Callable[..., httpx.Response]


@pytest.fixture
def act(client: httpx.Client, admin: SignedIn) -> Act:
    """`act(member_id, "suspend")`: by the admin, over HTTP."""
    return lambda member_id, action, headers=None: client.post(
        f"/api/v1/admin/members/{member_id}/{action}", json=REASON, headers=headers or admin.headers
    )


def _refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


def _names(rows: HubRows) -> list[str]:
    return [row["name"] for row in rows.rows(audit_events)]


def _headers(hub: Hub, member_id: str) -> dict[str, str]:
    context = hub.context
    opened = context.database.run(
        lambda c: open_session(
            c,
            context.random_bytes,
            kind=SessionKind.MEMBER,
            subject=member_id,
            life_s=3_600,
            at=context.clock.now(),
        )
    )
    return {"Authorization": f"Bearer {opened.token}"}


def test_a_suspended_member_loses_every_code_and_session(
    hub: Hub, client: httpx.Client, rows: HubRows, act: Act
) -> None:
    own, shared = rows.card(), rows.card(card_type="prepaid")
    at = hub.context.clock.now()
    second = {"id": hub.context.ids.new(), "card_id": shared.card_id, "member_id": own.member_id}
    rows.insert(bindings, second | {"role": "member", "bound_at": at})
    headers = _headers(hub, own.member_id)
    refs = [
        client.post(f"/api/v1/me/cards/{card.card_id}/payment-code", headers=headers).json()["code_ref"]
        for card in (own, shared)
    ]
    counter = Counter(hub.context, hub.keys, rows)
    answer = act(own.member_id, "suspend")
    assert (answer.status_code, answer.json()["status"]) == (200, "suspended")
    assert {row["state"] for row in rows.rows(payment_codes)} == {"revoked"}
    payloads = [row["payload"] for row in rows.rows(outbox)]
    told = [news["data"]["code_ref"] for news in payloads if news.get("kind") == "code_revoked"]
    assert sorted(told) == sorted(refs)
    assert _refusal(client.get("/api/v1/me", headers=headers)) == (401, "UNAUTHENTICATED")
    assert sorted(_names(rows)[-3:]) == ["MEMBER_SUSPENDED", "QR_REVOKE", "QR_REVOKE"]
    owners = client.post(
        f"/api/v1/me/cards/{shared.card_id}/payment-code", headers=_headers(hub, shared.member_id)
    )
    code = read_payment_code(owners.json()["code"], hub.keys.verifiers)
    assert counter.ask(counter.journal.charge(code)).status is Status.COMPLETED, "others go on"


def test_no_code_made_at_the_same_moment_outlives_the_suspension(
    hub: Hub, client: httpx.Client, rows: HubRows, act: Act
) -> None:
    card = rows.card()
    headers = _headers(hub, card.member_id)

    def rotate_or_suspend(number: int) -> int:
        if number == 6:
            return act(card.member_id, "suspend").status_code
        return client.post(f"/api/v1/me/cards/{card.card_id}/payment-code", headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(rotate_or_suspend, range(12)))
    assert set(answers) <= {200, 401, 409}
    made = rows.rows(payment_codes)
    assert len(made) == answers.count(200) - 1
    assert all(row["revoked_at"] is not None for row in made)


def test_a_code_of_a_suspended_member_that_nobody_revoked_does_not_pay(hub: Hub, rows: HubRows) -> None:
    card, counter = rows.card(), Counter(hub.context, hub.keys, rows)
    code = rows.code(card, age_s=0)
    rows.update(members, {"id": card.member_id}, {"status": "suspended"})
    outcome = counter.ask(counter.journal.charge(code))
    assert (outcome.status, outcome.refusal and outcome.refusal.code) == (
        Status.DECLINED,
        Code.MEMBER_NOT_ACTIVE,
    )


def test_a_member_who_is_resumed_pays_by_a_new_code(
    hub: Hub, client: httpx.Client, rows: HubRows, act: Act, settings: Settings, clock: ManualClock
) -> None:
    member = sign_up(client, settings)
    path = f"/api/v1/me/cards/{member.card_id}/payment-code"
    old = client.post(path, headers=member.headers).json()
    for _ in range(2):
        assert act(member.member_id, "suspend").json()["status"] == "suspended"
    for _ in range(2):
        assert act(member.member_id, "resume").json()["status"] == "active"
    assert _names(rows).count("MEMBER_SUSPENDED") == _names(rows).count("MEMBER_RESUMED") == 1
    clock.advance(61_000)
    token = prove(client, settings, member.phone)["access_token"]
    new = client.post(path, headers={"Authorization": f"Bearer {token}"})
    assert new.status_code == 200
    states = {row["code_ref"]: row["state"] for row in rows.rows(payment_codes)}
    assert states == {old["code_ref"]: "revoked", new.json()["code_ref"]: "live"}


def test_a_member_with_a_session_from_nowhere_gets_no_code_while_suspended(
    hub: Hub, client: httpx.Client, rows: HubRows, act: Act
) -> None:
    card = rows.card()
    act(card.member_id, "suspend")
    path = f"/api/v1/me/cards/{card.card_id}/payment-code"
    answer = client.post(path, headers=_headers(hub, card.member_id))
    assert _refusal(answer) in {(409, "MEMBER_NOT_ACTIVE"), (401, "UNAUTHENTICATED")}
    assert rows.rows(payment_codes) == []


def test_members_are_found_by_phone_and_name(
    client: httpx.Client, rows: HubRows, admin: SignedIn, settings: Settings
) -> None:
    may = sign_up(client, settings, "0912345678", "林小美")
    sign_up(client, settings, "0987654321", "Al_ex 100%")

    def found(**query: str) -> list[str]:
        answer = client.get("/api/v1/admin/members", params=query, headers=admin.headers)
        assert answer.status_code == 200, answer.text
        return [item["name"] for item in answer.json()["items"]]

    assert found(phone="0912 345 678") == found(phone="+886912345678") == ["林小美"]
    assert found(name="小美") == ["林小美"]
    assert found(name="aL_EX") == found(name="0%") == ["Al_ex 100%"]
    assert found(name="Al%ex") == found(phone="0912345679") == []
    assert sorted(found()) == sorted(["林小美", "Al_ex 100%"])
    first = client.get("/api/v1/admin/members?limit=1", headers=admin.headers).json()
    cursor = first["next_cursor"]
    rest = client.get(f"/api/v1/admin/members?limit=1&cursor={cursor}", headers=admin.headers).json()
    assert [item["name"] for item in first["items"] + rest["items"]] == found()
    assert rest["next_cursor"] is None
    detail = client.get(f"/api/v1/admin/members/{may.member_id}", headers=admin.headers).json()
    assert (detail["phone"], detail["status"]) == ("+886912345678", "active")
    assert [(held["role"], held["card"]["card_id"]) for held in detail["cards"]] == [("owner", may.card_id)]
    answer = client.get("/api/v1/admin/members?phone=12", headers=admin.headers)
    assert _refusal(answer) == (422, "PHONE_INVALID")


def test_a_member_who_is_not_there_is_not_found(client: httpx.Client, admin: SignedIn, act: Act) -> None:
    for member_id in (NOBODYS, "no-id", "%20"):
        answers = [act(member_id, "suspend"), act(member_id, "resume")]
        answers.append(client.get(f"/api/v1/admin/members/{member_id}", headers=admin.headers))
        assert {_refusal(answer) for answer in answers} == {(404, "NOT_FOUND")}


@pytest.mark.parametrize("role", [LoginRole.FINANCE, LoginRole.AUDITOR])
def test_who_may_only_look_suspends_nobody(
    hub: Hub, client: httpx.Client, rows: HubRows, act: Act, role: LoginRole
) -> None:
    looking, member_id = signed_in_admin(hub.context, role), rows.card().member_id
    assert client.get(f"/api/v1/admin/members/{member_id}", headers=looking.headers).status_code == 200
    for action in ("suspend", "resume"):
        assert _refusal(act(member_id, action, looking.headers)) == (403, "FORBIDDEN")
    assert rows.one(members, id=member_id)["status"] == "active"
