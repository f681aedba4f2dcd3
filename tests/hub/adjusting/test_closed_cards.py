"""Closed cards: what still reaches one is settled to zero and nothing else, and none closes while payments may come."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from hub_server.access import SessionKind, open_session
from hub_server.cards.tables import cards
from hub_server.foundation.context import Context
from hub_server.payment_codes.tables import payment_codes
from hub_server.signing_keys import HubSigningKeys
from shared.clock import to_wire
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.signed_in import SignedIn, key_headers
from tests.fakes.clock import ManualClock

PATH = "/api/v1/admin/adjustments"
COUNTED_MS = (900 + 14_400) * 1_000
"""How long a code counts: its life, and the longest time offline."""


@pytest.fixture
def desk(client: httpx.Client, proposer: SignedIn, approver: SignedIn) -> "Desk":
    """The two admins."""
    return Desk(client, proposer, approver)


class Desk:
    """Two admins who propose, decide and close."""

    def __init__(self, client: httpx.Client, proposer: SignedIn, approver: SignedIn) -> None:
        self._client, self._proposer, self._approver = client, proposer, approver

    def proposes(self, card: CardRows, amount: int) -> httpx.Response:
        """The first of them."""
        body = {"card_id": card.card_id, "amount": amount, "reason": "settled"}
        return self._client.post(PATH, json=body, headers=self._proposer.headers)

    def approves(self, proposed: httpx.Response) -> httpx.Response:
        """The second."""
        path = f"{PATH}/{proposed.json()['id']}/approve"
        return self._client.post(path, json={}, headers=self._approver.headers)

    def stops(self, card: CardRows, how: str) -> httpx.Response:
        """Close or freeze."""
        path = f"/api/v1/admin/cards/{card.card_id}/{how}"
        return self._client.post(path, json={"reason": "asked for"}, headers=self._proposer.headers)


def _standing(rows: HubRows, card: CardRows) -> tuple[str, int]:
    row = rows.one(cards, id=card.card_id)
    return row["status"], row["balance"]


def _member(context: Context, card: CardRows) -> dict[str, str]:
    """The session of the card's owner."""
    opened = context.database.run(
        lambda c: open_session(
            c,
            context.random_bytes,
            kind=SessionKind.MEMBER,
            subject=card.member_id,
            life_s=900,
            at=context.clock.now(),
        )
    )
    return {"Authorization": f"Bearer {opened.token}"}


def _refusal(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()["code"]


def test_a_refund_that_reached_a_closed_card_is_paid_out_by_two_and_nothing_else_moves(
    client: httpx.Client, rows: HubRows, desk: Desk, hub_context: Context, clock: ManualClock
) -> None:
    shop, card = rows.shop(), rows.card(10_000)
    key = key_headers(hub_context, shop.merchant_id)
    code = client.post(
        f"/api/v1/me/cards/{card.card_id}/payment-code", headers=_member(hub_context, card)
    ).json()["code"]
    paid = client.post(
        "/api/v1/charges",
        json={"code": code, "amount": 10_000, "currency": "TWD"},
        headers=key | {"Idempotency-Key": "charge"},
    )
    assert paid.status_code == 200, paid.text
    clock.advance(COUNTED_MS + 1_000)
    assert desk.stops(card, "close").status_code == 200
    back = {"tx_no": paid.json()["tx_no"], "amount": 10_000}
    refunded = client.post("/api/v1/refunds", json=back, headers=key | {"Idempotency-Key": "refund"})
    assert refunded.status_code == 200, refunded.text
    assert _standing(rows, card) == ("closed", 10_000)
    for amount in (-9_999, -10_001, 1, 10_000):
        assert _refusal(desk.proposes(card, amount)) == (409, Code.CARD_NOT_ACTIVE.value)
    one, other = desk.proposes(card, -10_000), desk.proposes(card, -10_000)
    assert desk.approves(one).json()["state"] == "approved"
    assert _standing(rows, card) == ("closed", 0)
    assert _refusal(desk.approves(other)) == (409, Code.CARD_NOT_ACTIVE.value)
    assert _refusal(desk.proposes(card, 1)) == (409, Code.CARD_NOT_ACTIVE.value)
    assert _standing(rows, card) == ("closed", 0)


def test_a_debt_on_a_closed_card_is_written_off(
    rows: HubRows, desk: Desk, hub_context: Context, keys: HubSigningKeys, clock: ManualClock
) -> None:
    """A terminal that was off for days brings what it took offline before."""
    card, counter = rows.card(5_000), Counter(hub_context, keys, rows)
    charge = counter.journal.charge(rows.code(card), 5_000)
    clock.advance(1_000)
    advice = counter.journal.advice(charge)
    assert desk.approves(desk.proposes(card, -5_000)).status_code == 200
    clock.advance(COUNTED_MS)
    assert desk.stops(card, "close").status_code == 200
    counter.ask(charge)
    counter.ask(advice)
    assert _standing(rows, card) == ("closed", -5_000)
    assert _refusal(desk.proposes(card, 4_999)) == (409, Code.CARD_NOT_ACTIVE.value)
    assert desk.approves(desk.proposes(card, 5_000)).status_code == 200
    assert _standing(rows, card) == ("closed", 0)


def test_what_was_proposed_before_the_card_closed_settles_it_or_does_nothing(
    rows: HubRows, desk: Desk
) -> None:
    card = rows.card(10_000)
    some, all_of_it = desk.proposes(card, -1_000), desk.proposes(card, -10_000)
    rows.update(cards, {"id": card.card_id}, {"status": "closed"})
    assert _refusal(desk.approves(some)) == (409, Code.CARD_NOT_ACTIVE.value)
    assert _standing(rows, card) == ("closed", 10_000)
    assert desk.approves(all_of_it).status_code == 200
    assert _standing(rows, card) == ("closed", 0)


def test_a_card_stays_open_while_a_payment_by_its_codes_may_still_arrive_and_the_answer_says_until_when(
    rows: HubRows, desk: Desk, clock: ManualClock
) -> None:
    card = rows.card(0)
    rows.code(card, age_s=0)
    assert desk.stops(card, "freeze").status_code == 200, "which revokes the code"
    answer = desk.stops(card, "close")
    assert _refusal(answer) == (409, Code.CONTRADICTORY_ENTRY.value)
    assert to_wire(clock.now() + timedelta(milliseconds=COUNTED_MS)) in answer.json()["detail"]
    clock.advance(COUNTED_MS)
    assert _refusal(desk.stops(card, "close")) == (409, Code.CONTRADICTORY_ENTRY.value)
    clock.advance(1_000)
    assert desk.stops(card, "close").json()["status"] == "closed"


def test_codes_that_were_released_or_are_never_taken_offline_hold_nothing_up(
    rows: HubRows, desk: Desk
) -> None:
    released, screen = rows.card(0), rows.card(0)
    code = rows.code(released, age_s=0)
    rows.update(payment_codes, {"code_ref": code.claims.code_ref}, {"allowance_released": True})
    rows.code(screen, age_s=0, offline_limit=0)
    for card in (released, screen):
        assert desk.stops(card, "close").json()["status"] == "closed"
