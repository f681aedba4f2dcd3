"""Terminals as the hub's admins keep them."""

from collections.abc import Callable

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.bootstrap import Hub
from shared.problems import Code
from shared.signing import Ed25519Signer
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import SignedIn
from tests.builders.terminal_tokens import terminal_headers
from tests.fakes.clock import ManualClock
from tests.hub.admin_api.conftest import Ask, Told
from tests.hub.ground.shop import Shop, enrol

WHY = {"reason": "遺失"}


def test_a_terminal_is_made_and_enrols_by_the_code_in_its_qr(
    ask: Ask, client: httpx.Client, hub: Hub, audited: Callable[[], list[str]]
) -> None:
    shop = Shop.open(hub)
    answer = ask("POST", "terminals", {"store_id": shop.store.id, "name": "櫃台二"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["enrolment_qr"] == f"MPS-ENROL:{hub.context.settings.base_url}#{made['enrolment_code']}"
    waiting = ask("GET", f"terminals/{made['terminal_id']}").json()
    assert (waiting["status"], waiting["last_contact"], waiting["verified_through"]) == ("created", None, -1)
    assert enrol(client, made["enrolment_code"], Ed25519Signer.generate()).status_code == 201
    seen = ask("GET", f"terminals/{made['terminal_id']}").json()
    assert (seen["status"], seen["app_version"]) == ("active", "1.0.0")
    assert seen["last_contact"] is not None
    assert audited()[-2:] == ["TERMINAL_CREATED", "TERMINAL_ENROLLED"]
    assert "enrolment_code" not in seen


def test_suspending_and_resuming_are_told_once_each(
    ask: Ask, rows: HubRows, audited: Callable[[], list[str]], told: Told
) -> None:
    terminal = rows.terminal(rows.shop())
    for verb, status in (("suspend", "suspended"), ("resume", "active")):
        for _ in range(2):
            answer = ask("POST", f"terminals/{terminal.terminal_id}/{verb}", WHY)
            assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert audited() == ["TERMINAL_SUSPENDED", "TERMINAL_RESUMED"]
    assert [each["kind"] for each in told()] == ["terminal"] * 2


def test_a_terminal_that_never_enrolled_is_neither_suspended_nor_resumed(
    ask: Ask, rows: HubRows, audited: Callable[[], list[str]]
) -> None:
    made = ask("POST", "terminals", {"store_id": rows.shop().store_id, "name": "x"}).json()
    for verb in ("suspend", "resume"):
        answer = ask("POST", f"terminals/{made['terminal_id']}/{verb}", WHY)
        assert (answer.status_code, answer.json()["code"]) == (403, Code.TERMINAL_NOT_ACTIVE.value)
    assert audited() == ["TERMINAL_CREATED"]


def test_the_list_keeps_to_a_merchant_a_store_and_a_status_and_is_paged(
    ask: Ask, rows: HubRows, clock: ManualClock
) -> None:
    one, other = rows.shop(), rows.shop()
    ids = [rows.terminal(one).terminal_id for _ in range(3)]
    theirs = rows.terminal(other).terminal_id
    ask("POST", f"terminals/{ids[0]}/suspend", WHY)
    for query, expected in (
        ({"merchant_id": one.merchant_id}, set(ids)),
        ({"store_id": other.store_id}, {theirs}),
        ({"merchant_id": one.merchant_id, "status": "suspended"}, {ids[0]}),
        ({"merchant_id": one.merchant_id, "store_id": other.store_id}, set()),
        ({}, {*ids, theirs}),
    ):
        items = ask("GET", "terminals", **query).json()["items"]
        assert {item["terminal_id"] for item in items} == expected
    page = ask("GET", "terminals", limit=3).json()
    clock.advance(1)
    rows.terminal(one)
    rest = ask("GET", "terminals", limit=3, cursor=page["next_cursor"]).json()
    seen = [item["terminal_id"] for item in page["items"] + rest["items"]]
    assert (sorted(seen), rest["next_cursor"]) == (sorted([*ids, theirs]), None)
    for wrong in ({"merchant_id": "1"}, {"status": "lost"}, {"cursor": "!"}):
        assert ask("GET", "terminals", **wrong).status_code == 422


def test_what_nobody_has_is_not_found(ask: Ask, nobodys: str) -> None:
    missing = ask("POST", "terminals", {"store_id": nobodys, "name": "x"})
    assert (missing.status_code, missing.json()["code"]) == (404, Code.NOT_FOUND.value)
    for wrong in (nobodys, "T001"):
        for method, path, body in (("GET", "", None), ("POST", "/suspend", WHY), ("POST", "/resume", WHY)):
            answer = ask(method, f"terminals/{wrong}{path}", body)
            assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_FOUND.value)


@pytest.mark.parametrize("role", [LoginRole.FINANCE, LoginRole.AUDITOR])
def test_reading_does_not_change(
    ask: Ask, rows: HubRows, by_role: Callable[[LoginRole], SignedIn], role: LoginRole
) -> None:
    terminal, reader = rows.terminal(rows.shop()), by_role(role)
    assert ask("GET", "terminals", by=reader).status_code == 200
    stopped = ask("POST", f"terminals/{terminal.terminal_id}/suspend", WHY, by=reader)
    made = ask("POST", "terminals", {"store_id": terminal.shop.store_id, "name": "x"}, by=reader)
    assert (stopped.status_code, made.status_code) == (403, 403)
    assert ask("GET", f"terminals/{terminal.terminal_id}").json()["status"] == "active"


def test_a_terminal_is_replaced_by_another_and_may_still_bring_its_journal(
    ask: Ask, client: httpx.Client, hub: Hub, rows: HubRows, audited: Callable[[], list[str]], told: Told
) -> None:
    counter = Counter(hub.context, hub.keys, rows, lag=TOO_LATE)
    old = counter.terminal_id
    answer = ask("POST", f"terminals/{old}/replace", WHY)
    assert answer.status_code == 201, answer.text
    new = answer.json()
    seen, made = (ask("GET", f"terminals/{one}").json() for one in (old, new["terminal_id"]))
    assert (seen["status"], made["status"], made["name"]) == ("retired", "created", seen["name"])
    assert (made["store_id"], made["terminal_no"]) == (seen["store_id"], new["terminal_no"])
    assert ask("POST", f"terminals/{old}/replace", WHY).json()["code"] == Code.TERMINAL_NOT_ACTIVE.value
    assert ask("POST", f"terminals/{old}/resume", WHY).json()["code"] == Code.TERMINAL_NOT_ACTIVE.value
    assert enrol(client, new["enrolment_code"], Ed25519Signer.generate()).status_code == 201
    names = ["TERMINAL_RETIRED", "TERMINAL_CREATED", "TERMINAL_REPLACED", "TERMINAL_ENROLLED"]
    assert audited() == names
    assert [each["data"] for each in told()] == [{"status": "suspended"}]

    sold = counter.journal.charge(rows.code(rows.card()), 1_000)
    headers = terminal_headers(hub, old)
    entries = [{"jws": entry.jws} for entry in (counter.journal.entries[0], sold)]
    brought = client.post("/api/v1/terminals/me/journal", json={"entries": entries}, headers=headers)
    assert [each["status"] for each in brought.json()["results"]] == ["accepted", "held"]
    refused = client.get("/api/v1/merchant/transactions", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, Code.TERMINAL_NOT_ACTIVE.value)


def test_retiring_is_for_good_and_ends_an_enrolment_that_never_came(
    ask: Ask, client: httpx.Client, rows: HubRows
) -> None:
    made = ask("POST", "terminals", {"store_id": rows.shop().store_id, "name": "x"}).json()
    for _ in range(2):
        answer = ask("POST", f"terminals/{made['terminal_id']}/retire", WHY)
        assert (answer.status_code, answer.json()["status"]) == (200, "retired")
    refused = enrol(client, made["enrolment_code"], Ed25519Signer.generate())
    assert (refused.status_code, refused.json()["code"]) == (422, Code.ENROLMENT_CODE_INVALID.value)
