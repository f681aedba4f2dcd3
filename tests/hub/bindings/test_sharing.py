"""Owners who invite, bound and remove others, and who may do none of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hub_server.audit.tables import audit_events
from hub_server.bindings.rules import invitation_hash
from hub_server.bindings.tables import binding_requests, bindings, invitations
from hub_server.cards.tables import cards
from hub_server.foundation.outbox.tables import outbox
from hub_server.payment_codes.tables import payment_codes
from hub_server.settings import Settings
from shared.api.bindings import Binding, BindingPasswordRequest, BindRequest, Invitation
from shared.journal_entries import Status
from shared.payment_code import read_payment_code
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows
from tests.builders.signed_in import signed_in_admin
from tests.fakes.clock import ManualClock
from tests.hub.bindings.sharers import PASSWORD, Sharers, refusal


def _code(sharers: Sharers, member_id: str, card: CardRows) -> dict[str, Any]:
    made = sharers.ask("POST", member_id, f"/cards/{card.card_id}/payment-code")
    assert made.status_code == 200, made.text
    code: dict[str, Any] = made.json()
    return code


def _told(sharers: Sharers) -> list[str]:
    payloads = [row["payload"] for row in sharers.rows.rows(outbox)]
    return [payload["data"]["code_ref"] for payload in payloads if payload.get("kind") == "code_revoked"]


@pytest.mark.parametrize("role", ["owner", "admin", "member", "viewer"])
def test_an_invitation_gives_its_role_at_once(
    sharers: Sharers, card: CardRows, settings: Settings, role: str
) -> None:
    made = sharers.ask("POST", card.member_id, f"/cards/{card.card_id}/invitations", {"role": role})
    shown = Invitation.model_validate(made.json())
    assert shown.url == f"{settings.base_url}/m/#invitation={shown.invitation}"
    guest = sharers.stranger()
    bound = sharers.take_up(guest, shown.invitation)
    assert (bound.status_code, bound.json()["role"]) == (201, role)
    assert (guest, role) in sharers.bound(card)
    kept = sharers.rows.one(invitations)
    assert (kept["token_hash"], kept["used_by"]) == (invitation_hash(shown.invitation), guest)
    assert shown.invitation not in str(sharers.rows.rows(audit_events)) + repr(shown)
    assert sharers.names() == ["INVITATION", "BINDING"]


def test_an_invitation_is_used_once_and_its_user_may_ask_again(sharers: Sharers, card: CardRows) -> None:
    invitation, guest = sharers.invitation(card), sharers.stranger()
    first = sharers.take_up(guest, invitation)
    again = sharers.take_up(guest, invitation)
    assert (again.status_code, again.json()) == (200, first.json())
    assert refusal(sharers.take_up(sharers.stranger(), invitation)) == (422, "INVITATION_INVALID")
    assert sharers.ask("DELETE", guest, f"/bindings/{first.json()['id']}").status_code == 204
    assert refusal(sharers.take_up(guest, invitation)) == (422, "INVITATION_INVALID")


def test_an_invitation_is_good_for_24_hours(sharers: Sharers, card: CardRows, clock: ManualClock) -> None:
    one, other = sharers.invitation(card), sharers.invitation(card)
    guests = [sharers.stranger() for _ in range(2)]
    clock.advance(86_400_000 - 1)
    assert sharers.rows.one(cards, id=card.card_id)["status"] == "active"
    for guest in guests:
        sharers.headers(guest)
    assert sharers.take_up(guests[0], one).status_code == 201
    clock.advance(1)
    assert refusal(sharers.take_up(guests[1], other)) == (422, "INVITATION_INVALID")


def test_an_invitation_of_who_owns_no_more_is_worth_nothing(sharers: Sharers, card: CardRows) -> None:
    second = sharers.join(card, "owner")
    path = f"/cards/{card.card_id}/invitations"
    theirs = sharers.ask("POST", second["member_id"], path, {"role": "member"}).json()["invitation"]
    assert sharers.ask("DELETE", card.member_id, f"/bindings/{second['id']}").status_code == 204
    assert refusal(sharers.take_up(sharers.stranger(), theirs)) == (422, "INVITATION_INVALID")


def test_an_invitation_of_who_is_suspended_is_worth_nothing(sharers: Sharers, card: CardRows) -> None:
    invitation = sharers.invitation(card, "owner")
    admin = signed_in_admin(sharers.hub.context)
    for deed, answer in (("suspend", 422), ("resume", 201)):
        path = f"/api/v1/admin/members/{card.member_id}/{deed}"
        assert sharers.client.post(path, json={"reason": "x"}, headers=admin.headers).status_code == 200
        taken = sharers.take_up(sharers.stranger(), invitation)
        assert taken.status_code == answer, taken.text
        if answer == 422:
            assert refusal(taken) == (422, "INVITATION_INVALID")


@pytest.mark.parametrize("invitation", ["x", "A" * 43, "家"])
def test_a_made_up_invitation_is_refused(sharers: Sharers, invitation: str) -> None:
    assert refusal(sharers.take_up(sharers.stranger(), invitation)) == (422, "INVITATION_INVALID")


def test_ten_who_take_up_one_invitation_are_one(sharers: Sharers, card: CardRows) -> None:
    invitation, guests = sharers.invitation(card), [sharers.stranger() for _ in range(10)]
    for guest in guests:
        sharers.headers(guest)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda guest: sharers.take_up(guest, invitation), guests))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 9
    assert len(sharers.bound(card)) == 2
    assert sharers.names().count("BINDING") == 1


def test_a_role_that_is_none_is_no_invitation(sharers: Sharers, card: CardRows) -> None:
    answer = sharers.ask("POST", card.member_id, f"/cards/{card.card_id}/invitations", {"role": "king"})
    assert refusal(answer) == (422, "INVALID_ROLE")


@pytest.mark.parametrize("card_type", ["standard", "voucher"])
def test_a_card_of_one_owner_has_neither_invitations_nor_a_password(sharers: Sharers, card_type: Any) -> None:
    alone = sharers.rows.card(card_type=card_type)
    path = f"/cards/{alone.card_id}"
    for answer in (
        sharers.ask("POST", alone.member_id, f"{path}/invitations", {"role": "member"}),
        sharers.ask("PUT", alone.member_id, f"{path}/binding-password", {"password": PASSWORD}),
    ):
        assert refusal(answer) == (409, "CARD_TYPE_NOT_SHAREABLE")


@pytest.mark.parametrize("password", ["short", "x" * 73, "密" * 25, ""])
def test_a_binding_password_has_6_to_72_bytes(sharers: Sharers, card: CardRows, password: str) -> None:
    path = f"/cards/{card.card_id}/binding-password"
    answer = sharers.ask("PUT", card.member_id, path, {"password": password})
    assert refusal(answer) == (422, "INVALID_REQUEST")
    assert password == "" or password not in answer.text
    assert sharers.rows.one(cards, id=card.card_id)["binding_password_hash"] is None


def test_a_binding_password_is_kept_as_bcrypt_and_can_be_taken_away(sharers: Sharers, card: CardRows) -> None:
    sharers.set_password(card, "密碼密碼")
    kept = sharers.rows.one(cards, id=card.card_id)["binding_password_hash"]
    assert kept.startswith("$2b$")
    assert sharers.bind(sharers.stranger(), card, password="密碼密碼").json()["role"] == "member"
    sharers.set_password(card, None)
    assert sharers.rows.one(cards, id=card.card_id)["binding_password_hash"] is None
    assert sharers.bind(sharers.stranger(), card).json()["role"] == "viewer"
    assert sharers.names().count("BINDING_PASSWORD") == 2


def test_no_message_shows_a_password_or_an_invitation() -> None:
    shown = repr(BindRequest(card_no="PRE00000018", role="member", password=PASSWORD))
    shown += repr(BindRequest(invitation="an-invitation")) + repr(BindingPasswordRequest(password=PASSWORD))
    assert PASSWORD not in shown
    assert "an-invitation" not in shown


def test_a_member_leaves_and_an_owner_removes(sharers: Sharers, card: CardRows) -> None:
    leaver, removed = sharers.join(card, "member"), sharers.join(card, "admin")
    Binding.model_validate(leaver)
    assert sharers.ask("DELETE", leaver["member_id"], f"/bindings/{leaver['id']}").status_code == 204
    assert sharers.ask("DELETE", card.member_id, f"/bindings/{removed['id']}").status_code == 204
    assert sharers.bound(card) == [(card.member_id, "owner")]
    for binding in (leaver, removed):
        gone = sharers.ask("DELETE", binding["member_id"], f"/bindings/{binding['id']}")
        assert refusal(gone) == (404, "NOT_FOUND")
    assert sharers.names().count("UNBINDING") == 2


def test_who_leaves_asks_for_nothing_any_more(sharers: Sharers, card: CardRows) -> None:
    viewer = sharers.stranger()
    bound = sharers.bind(viewer, card, "member").json()
    sharers.ask("DELETE", viewer, f"/bindings/{bound['id']}")
    path = f"/cards/{card.card_id}/binding-requests"
    assert sharers.ask("GET", card.member_id, path).json()["items"] == []
    assert sharers.bind(viewer, card, "admin").status_code == 201
    assert sorted(row["state"] for row in sharers.rows.rows(binding_requests)) == ["refused", "waiting"]


def test_the_last_owner_stays(sharers: Sharers, card: CardRows) -> None:
    sharers.join(card, "admin")
    own = sharers.rows.one(bindings, card_id=card.card_id, member_id=card.member_id)
    answer = sharers.ask("DELETE", card.member_id, f"/bindings/{own['id']}")
    assert refusal(answer) == (409, "CANNOT_REMOVE_LAST_OWNER")
    assert (card.member_id, "owner") in sharers.bound(card)


def test_ten_owners_who_all_leave_at_once_leave_one(sharers: Sharers, card: CardRows) -> None:
    for _ in range(9):
        sharers.join(card, "owner")
    owners = sharers.rows.rows(bindings, card_id=card.card_id)
    assert len(owners) == 10
    for owner in owners:
        sharers.headers(owner["member_id"])

    def leave(owner: dict[str, Any]) -> int:
        return sharers.ask("DELETE", owner["member_id"], f"/bindings/{owner['id']}").status_code

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(leave, owners)) == [204] * 9 + [409]
    [left] = sharers.rows.rows(bindings, card_id=card.card_id)
    assert left["role"] == "owner"


def test_who_loses_the_card_loses_every_code_and_others_keep_theirs(
    sharers: Sharers, card: CardRows, clock: ManualClock
) -> None:
    guest = sharers.join(card)
    used_up, live = _code(sharers, guest["member_id"], card), _code(sharers, guest["member_id"], card)
    counter = Counter(sharers.hub.context, sharers.hub.keys, sharers.rows)
    assert sharers.ask("DELETE", card.member_id, f"/bindings/{guest['id']}").status_code == 204
    assert sorted(_told(sharers)) == sorted([used_up["code_ref"], live["code_ref"]])
    states = {row["code_ref"]: row["state"] for row in sharers.rows.rows(payment_codes)}
    assert (states[used_up["code_ref"]], states[live["code_ref"]]) == ("replaced", "revoked")
    code = read_payment_code(live["code"], sharers.hub.keys.verifiers)
    outcome = counter.ask(counter.journal.charge(code))
    assert (outcome.status, outcome.refusal and outcome.refusal.code) == (Status.DECLINED, Code.QR_REVOKED)
    assert refusal(sharers.ask("POST", guest["member_id"], f"/cards/{card.card_id}/payment-code"))[0] == 404
    owners = _code(sharers, card.member_id, card)
    other = sharers.join(card)
    assert sharers.ask("DELETE", other["member_id"], f"/bindings/{other['id']}").status_code == 204
    assert owners["code_ref"] not in _told(sharers)
    paid = counter.ask(counter.journal.charge(read_payment_code(owners["code"], sharers.hub.keys.verifiers)))
    assert paid.status is Status.COMPLETED


def test_no_code_made_at_the_same_moment_outlives_the_binding(sharers: Sharers, card: CardRows) -> None:
    guest = sharers.join(card)
    sharers.headers(card.member_id)
    path = f"/cards/{card.card_id}/payment-code"

    def rotate_or_remove(number: int) -> int:
        if number == 6:
            return sharers.ask("DELETE", card.member_id, f"/bindings/{guest['id']}").status_code
        return sharers.ask("POST", guest["member_id"], path).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(rotate_or_remove, range(12)))
    assert set(answers) <= {200, 204, 404}
    assert answers[6] == 204
    made = sharers.rows.rows(payment_codes, member_id=guest["member_id"])
    assert len(made) == answers.count(200)
    assert all(row["revoked_at"] is not None for row in made)
    assert sorted(_told(sharers)) == sorted(row["code_ref"] for row in made)


def test_everybody_but_an_owner_sees_themselves_alone(sharers: Sharers, card: CardRows) -> None:
    guest = sharers.join(card, "admin")
    sharers.join(card, "viewer")
    assert len(sharers.bound(card)) == 3
    assert sharers.bound(card, guest["member_id"]) == [(guest["member_id"], "admin")]
