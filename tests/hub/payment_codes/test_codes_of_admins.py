"""What admins see and do of a card's codes: state and history, never a secret; revocation."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.audit import SYSTEM
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub
from hub_server.members import member_of
from hub_server.payment_codes import NewCode, expire_codes, present_code, revoke_codes
from hub_server.payment_codes.tables import payment_code_history, payment_codes
from shared.payment_code import read_payment_code
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.signed_in import signed_in_admin
from tests.fakes.clock import ManualClock


@pytest.fixture
def rows(hub: Hub) -> HubRows:
    """Rows straight into the hub's tables."""
    return HubRows(hub.context, hub.keys)


@pytest.fixture
def present(hub: Hub) -> Callable[[CardRows], NewCode]:
    """`present(card)`: a code for its owner's phone."""

    def make(card: CardRows) -> NewCode:
        member = hub.context.database.read(lambda c: member_of(c, card.member_id))
        assert member is not None
        return present_code(hub.context, hub.keys, member, card.card_id)

    return make


def test_codes_are_seen_with_their_history_and_without_their_secret(
    client: httpx.Client, hub: Hub, rows: HubRows, present: Callable[[CardRows], NewCode]
) -> None:
    headers = signed_in_admin(hub.context, LoginRole.AUDITOR).headers
    card = rows.card()
    made = [present(card).code_ref for _ in range(3)]
    path = f"/api/v1/admin/cards/{card.card_id}/payment-codes"
    first = client.get(path, params={"limit": 2}, headers=headers)
    assert first.status_code == 200, first.text
    seen = first.json()
    assert [item["code_ref"] for item in seen["items"]] == [made[2], made[1]]
    assert [step["state"] for step in seen["items"][1]["history"]] == ["live", "replaced"]
    assert {step["actor"] for step in seen["items"][1]["history"]} == {card.member_id}
    [last] = client.get(path, params={"cursor": seen["next_cursor"]}, headers=headers).json()["items"]
    assert (last["code_ref"], last["state"], last["offline_limit"]) == (made[0], "replaced", 50_000)
    for row in rows.rows(payment_codes):
        assert row["secret_hash"] not in first.text


def test_an_admin_revokes_a_cards_codes(
    client: httpx.Client, hub: Hub, rows: HubRows, present: Callable[[CardRows], NewCode]
) -> None:
    admin = signed_in_admin(hub.context, LoginRole.OPERATOR)
    card = rows.card()
    present(card)
    path = f"/api/v1/admin/cards/{card.card_id}/payment-code"
    assert [client.delete(path, headers=admin.headers).status_code for _ in range(2)] == [204, 204]
    assert rows.one(payment_codes)["state"] == "revoked"
    revoked = [row for row in rows.rows(audit_events) if row["name"] == "QR_REVOKE"]
    assert [(row["actor_kind"], row["actor_id"]) for row in revoked] == [("admin", admin.login_id)]


@pytest.mark.parametrize("card_id", ["x", "01a20412-646b-74c2-8ff9-d67d878f88da"])
def test_a_card_that_is_not_there_is_not_found(client: httpx.Client, hub: Hub, card_id: str) -> None:
    headers = signed_in_admin(hub.context).headers
    for method, name in (("GET", "payment-codes"), ("DELETE", "payment-code")):
        refused = client.request(method, f"/api/v1/admin/cards/{card_id}/{name}", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (404, "CARD_NOT_FOUND")


def test_who_may_not_keep_codes_revokes_none(
    client: httpx.Client, hub: Hub, rows: HubRows, present: Callable[[CardRows], NewCode]
) -> None:
    card = rows.card()
    present(card)
    headers = signed_in_admin(hub.context, LoginRole.FINANCE).headers
    refused = client.delete(f"/api/v1/admin/cards/{card.card_id}/payment-code", headers=headers)
    assert (refused.status_code, rows.one(payment_codes)["state"]) == (403, "live")


def test_every_transition_leaves_its_row_in_the_history(
    hub: Hub,
    rows: HubRows,
    clock: ManualClock,
    present: Callable[[CardRows], NewCode],
    run: Callable[..., Any],
) -> None:
    """Issued, replaced, used, given back, revoked, expired, and used by advice after that."""
    counter, cards = Counter(hub.context, hub.keys, rows), [rows.card() for _ in range(5)]
    present(cards[0])
    made = [present(card) for card in cards[:4]]
    shown_before = rows.code(cards[4])
    refs = [*(code.code_ref for code in made), shown_before.claims.code_ref]

    def charge(code: NewCode) -> Any:
        with read_payment_code(code.text, hub.keys.verifiers) as shown:
            entry = counter.journal.charge(shown, 10_000)
        assert counter.ask(entry).refusal is None
        return entry

    charge(made[1])
    counter.submit(counter.journal.reversal(charge(made[2])))
    at = clock.now()
    actor = {"actor": SYSTEM, "reason": "x", "at": at}
    run(revoke_codes, card_id=cards[3].card_id, **actor)
    late = Counter(hub.context, hub.keys, rows, counter.shop, lag=TOO_LATE)
    entry = late.journal.charge(shown_before, 10_000)
    advice = late.journal.advice(entry)
    clock.advance(901_000)
    run(expire_codes, clock.now())
    assert [outcome.refusal for outcome in late.submit(entry, advice)] == [None, None]
    history = rows.rows(payment_code_history)
    states = {ref: [row["state"] for row in history if row["code_ref"] == ref] for ref in refs}
    assert [states[ref] for ref in refs] == [
        ["live", "expired"],
        ["live", "consumed"],
        ["live", "consumed", "live", "expired"],
        ["live", "revoked"],
        ["live", "expired", "consumed"],
    ]
    last = {row["code_ref"]: row["state"] for row in history}
    assert last == {row["code_ref"]: row["state"] for row in rows.rows(payment_codes)}
    for row in history:
        assert row["secret_hash"] == rows.one(payment_codes, code_ref=row["code_ref"])["secret_hash"]
