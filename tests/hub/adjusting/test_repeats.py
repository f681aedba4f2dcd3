"""One click is one proposal, and whoever decides sees what looks like the same case twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from hub_server.adjusting.tables import adjustments
from hub_server.audit.tables import audit_events
from shared.problems import Code
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.signed_in import SignedIn
from tests.fakes.clock import ManualClock

PATH = "/api/v1/admin/adjustments"
DAY_MS = 86_400_000


@pytest.fixture
def card(rows: HubRows) -> CardRows:
    """A card with 10 000 on it."""
    return rows.card(10_000)


def _propose(
    client: httpx.Client, by: SignedIn, card: CardRows, amount: int = 500, key: str | None = None, **more: Any
) -> httpx.Response:
    body = {"card_id": card.card_id, "amount": amount, "reason": "goodwill"} | more
    headers = by.headers | ({} if key is None else {"Idempotency-Key": key})
    return client.post(PATH, json=body, headers=headers)


def _looks_like(client: httpx.Client, by: SignedIn) -> dict[str, list[str]]:
    """By id, of all that are listed."""
    items = client.get(PATH, params={"limit": 200}, headers=by.headers).json()["items"]
    return {item["id"]: item["looks_like"] for item in items}


def test_the_same_request_under_the_same_key_proposes_once(
    client: httpx.Client, rows: HubRows, card: CardRows, proposer: SignedIn, approver: SignedIn
) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: _propose(client, proposer, card, key="click"), range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    (adjustment_id,) = {answer.json()["id"] for answer in answers}
    assert len(rows.rows(adjustments)) == 1
    assert len(rows.rows(audit_events, name="ADJUSTMENT_PROPOSED")) == 1
    client.post(f"{PATH}/{adjustment_id}/approve", json={}, headers=approver.headers)
    again = _propose(client, proposer, card, key="click").json()
    assert (again["id"], again["state"]) == (adjustment_id, "approved")


@pytest.mark.parametrize("more", [{"amount": 501}, {"reason": "another"}, {"card": "another"}])
def test_another_request_under_the_key_is_refused(
    client: httpx.Client, rows: HubRows, card: CardRows, proposer: SignedIn, more: dict[str, Any]
) -> None:
    assert _propose(client, proposer, card, key="click").status_code == 201
    other = rows.card(0) if "card" in more else card
    more = {name: value for name, value in more.items() if name != "card"}
    refused = _propose(client, proposer, other, key="click", **more)
    assert (refused.status_code, refused.json()["code"]) == (409, Code.IDEMPOTENCY_CONFLICT.value)
    assert len(rows.rows(adjustments)) == 1


def test_keys_are_each_admins_own_and_none_is_needed(
    client: httpx.Client, rows: HubRows, card: CardRows, proposer: SignedIn, approver: SignedIn
) -> None:
    for by, key in ((proposer, "click"), (approver, "click"), (proposer, "other"), (proposer, None)):
        assert _propose(client, by, card, key=key).status_code == 201
    assert _propose(client, proposer, card).status_code == 201
    assert len(rows.rows(adjustments)) == 5
    for wrong in ("", "x" * 65, "a b"):
        assert _propose(client, proposer, card, key=wrong).status_code == 422


def test_an_open_proposal_tells_which_others_it_looks_like(
    client: httpx.Client,
    rows: HubRows,
    card: CardRows,
    proposer: SignedIn,
    approver: SignedIn,
    clock: ManualClock,
) -> None:
    first = _propose(client, proposer, card).json()
    _propose(client, proposer, card, amount=-500)
    _propose(client, proposer, rows.card(0))
    clock.advance(1_000)
    second = _propose(client, proposer, card).json()
    assert (first["looks_like"], second["looks_like"]) == ([], [first["id"]])
    seen = _looks_like(client, approver)
    assert {key: value for key, value in seen.items() if value} == {
        first["id"]: [second["id"]],
        second["id"]: [first["id"]],
    }
    approved = client.post(f"{PATH}/{first['id']}/approve", json={}, headers=approver.headers).json()
    assert approved["looks_like"] == []
    seen = _looks_like(client, approver)
    assert (seen[first["id"]], seen[second["id"]]) == ([], [first["id"]])
    clock.advance(DAY_MS)
    assert _looks_like(client, approver)[second["id"]] == [first["id"]], "decided a day ago"
    clock.advance(1)
    assert _looks_like(client, approver)[second["id"]] == [], "decided long ago"
    third = _propose(client, proposer, card).json()
    assert third["looks_like"] == [second["id"]], "open, however old"


def test_ten_are_told(client: httpx.Client, card: CardRows, proposer: SignedIn) -> None:
    for _ in range(11):
        _propose(client, proposer, card)
    assert len(_propose(client, proposer, card).json()["looks_like"]) == 10
