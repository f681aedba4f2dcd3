"""Others' cards and bindings, and what takes an owner: refused alike, whoever asks."""

from collections.abc import Callable

import httpx
import pytest

from hub_server.bindings.tables import binding_requests
from hub_server.members.tables import members
from tests.builders.hub_rows import CardRows
from tests.hub.bindings.sharers import PASSWORD, Sharers, refusal

NOBODYS = "01999999-0000-7000-8000-000000000000"
Route = Callable[[str, str], tuple[str, str, object]]
OF_A_CARD: list[Route] = [
    lambda card, _: ("GET", f"/cards/{card}/bindings", None),
    lambda card, _: ("GET", f"/cards/{card}/binding-requests", None),
    lambda card, _: ("POST", f"/cards/{card}/invitations", {"role": "member"}),
    lambda card, _: ("PUT", f"/cards/{card}/binding-password", {"password": PASSWORD}),
    lambda card, _: ("PUT", f"/cards/{card}/binding-password", {"password": None}),
    lambda card, request: ("POST", f"/cards/{card}/binding-requests/{request}/confirm", None),
    lambda card, request: ("POST", f"/cards/{card}/binding-requests/{request}/refuse", None),
]
OF_A_BINDING: list[Route] = [
    lambda binding, _: ("DELETE", f"/bindings/{binding}", None),
    lambda binding, _: ("PUT", f"/bindings/{binding}/caps", {"cap_per_charge": 1, "cap_per_day": 1}),
]


def _same(answers: list[httpx.Response]) -> tuple[int, str]:
    """Their one refusal: nothing but the address and the request tells them apart."""
    bodies = [{**answer.json(), "request_id": "", "instance": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies), bodies
    return refusal(answers[0])


@pytest.mark.parametrize("route", OF_A_CARD)
def test_others_cards_are_refused_like_cards_that_are_not_there(
    sharers: Sharers, card: CardRows, route: Route
) -> None:
    sharers.bind(sharers.stranger(), card, "member")
    [request] = sharers.rows.rows(binding_requests)
    stranger = sharers.stranger()
    answers = []
    for card_id in (card.card_id, NOBODYS, "no-id", "%20", card.card_id.upper()):
        method, path, body = route(card_id, request["id"])
        answers.append(sharers.ask(method, stranger, path, body))
    assert _same(answers) == (404, "CARD_NOT_FOUND")


@pytest.mark.parametrize("route", OF_A_BINDING)
def test_others_bindings_are_refused_like_bindings_that_are_not_there(
    sharers: Sharers, card: CardRows, route: Route
) -> None:
    guest, fellow = sharers.join(card, "member"), sharers.join(card, "admin")
    answers = []
    for asking in (sharers.stranger(), fellow["member_id"]):
        for binding_id in (guest["id"], NOBODYS, "no-id", "%20"):
            method, path, body = route(binding_id, "")
            answers.append(sharers.ask(method, asking, path, body))
    assert _same(answers) == (404, "NOT_FOUND")
    assert len(sharers.bound(card)) == 3


@pytest.mark.parametrize("route", OF_A_CARD[1:])
def test_who_is_bound_and_no_owner_may_decide_nothing(sharers: Sharers, card: CardRows, route: Route) -> None:
    for role in ("admin", "member", "viewer"):
        guest = sharers.join(card, role)
        method, path, body = route(card.card_id, NOBODYS)
        assert refusal(sharers.ask(method, guest["member_id"], path, body)) == (403, "FORBIDDEN")


def test_a_request_of_another_card_is_not_found(sharers: Sharers, card: CardRows) -> None:
    other = sharers.rows.card(card_type="prepaid")
    sharers.bind(sharers.stranger(), other, "member")
    [request] = sharers.rows.rows(binding_requests)
    answers = [
        sharers.ask("POST", card.member_id, f"/cards/{card.card_id}/binding-requests/{request_id}/confirm")
        for request_id in (request["id"], NOBODYS, "no-id")
    ]
    assert _same(answers) == (404, "NOT_FOUND")
    assert sharers.rows.one(binding_requests)["state"] == "waiting"


def test_a_suspended_owner_changes_nothing(sharers: Sharers, card: CardRows) -> None:
    guest = sharers.join(card)
    sharers.headers(card.member_id)
    sharers.rows.update(members, {"id": card.member_id}, {"status": "suspended"})
    changes = [route(card.card_id, NOBODYS) for route in OF_A_CARD[2:]]
    changes += [route(guest["id"], "") for route in OF_A_BINDING]
    for method, path, body in changes:
        assert refusal(sharers.ask(method, card.member_id, path, body)) == (409, "MEMBER_NOT_ACTIVE")


def test_nobody_shares_without_a_session(sharers: Sharers, card: CardRows) -> None:
    routes = [route(card.card_id, NOBODYS) for route in OF_A_CARD]
    routes += [route(NOBODYS, "") for route in OF_A_BINDING] + [("POST", "/bindings", {"invitation": "x"})]
    for method, path, body in routes:
        answer = sharers.client.request(method, f"/api/v1/me{path}", json=body)
        assert refusal(answer) == (401, "UNAUTHENTICATED")
