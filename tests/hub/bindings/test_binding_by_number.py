"""bind_member_to_card by the card's number: the seed's 1.4, every branch of it, and the lock-out."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from hub_server.access import Passwords
from hub_server.audit.tables import audit_events
from hub_server.bindings.bind_by_number import NumberGiven, bind_by_number
from hub_server.bindings.tables import binding_requests, bindings
from hub_server.cards import CardTypeName, card_number
from hub_server.members.tables import members
from hub_server.settings import Settings
from shared.problems import Code, CodedError
from tests.builders.signed_in import signed_in_admin
from tests.fakes.clock import ManualClock
from tests.hub.bindings.sharers import PASSWORD, WRONG, Sharers, refusal

UNKNOWN_SERIAL = 7_654_321
HERE = "203.0.113.7"
SHARED = ["prepaid", "corporate"]
ALONE = ["standard", "voucher"]


@pytest.mark.parametrize("card_type", [CardTypeName.PREPAID, CardTypeName.CORPORATE])
def test_a_card_that_is_not_there_is_not_found(sharers: Sharers, card_type: CardTypeName) -> None:
    stranger = sharers.stranger()
    for card_no in (card_number(card_type, UNKNOWN_SERIAL), "PRE00000000", "no card at all", "預付卡"):
        answer = sharers.ask("POST", stranger, "/bindings", {"card_no": card_no, "role": "member"})
        assert refusal(answer) == (404, "CARD_NOT_FOUND")
    for misread in ("PRE00000000", "no card at all"):
        body = {"card_no": misread, "role": "member", "password": PASSWORD}
        assert refusal(sharers.ask("POST", stranger, "/bindings", body)) == (404, "CARD_NOT_FOUND")


@pytest.mark.parametrize("password", [WRONG, "", "x", "x" * 73])
@pytest.mark.parametrize("role", ["member", "owner", "king"])
def test_with_a_password_a_number_of_no_card_is_refused_as_a_wrong_password_is(
    sharers: Sharers, password: str, role: str
) -> None:
    card, stranger = sharers.rows.card(card_type="prepaid"), sharers.stranger()
    sharers.set_password(card)
    there = sharers.bind(stranger, card, role, password=password)
    unknown = card_number(CardTypeName.PREPAID, UNKNOWN_SERIAL)
    absent = sharers.bind(stranger, card, role, password=password, card_no=unknown)
    assert refusal(there) == refusal(absent) == (422, "INVALID_BINDING_PASSWORD")
    assert {**there.json(), "request_id": ""} == {**absent.json(), "request_id": ""}, "nobody learns which is"


def test_a_member_tries_so_many_numbers_an_hour(
    sharers: Sharers, clock: ManualClock, settings: Settings
) -> None:
    stranger, other, card = sharers.stranger(), sharers.stranger(), sharers.rows.card(card_type="prepaid")
    for number in range(settings.bindings_per_member_per_hour):
        clock.advance(1_000)
        unknown = card_number(CardTypeName.PREPAID, UNKNOWN_SERIAL + number)
        password = PASSWORD if number % 2 else None
        tried = sharers.bind(stranger, card, card_no=unknown, password=password)
        assert refusal(tried)[1] in ("CARD_NOT_FOUND", "INVALID_BINDING_PASSWORD")
    limited = sharers.bind(stranger, card)
    assert refusal(limited) == (429, "RATE_LIMITED")
    began = settings.bindings_per_member_per_hour - 1
    assert limited.headers["retry-after"] == str(3_600 - began)
    assert sharers.rows.rows(bindings, member_id=stranger, card_id=card.card_id) == []
    assert sharers.bind(other, card).status_code == 201, "each member has a count"
    assert sharers.take_up(stranger, sharers.invitation(card)).status_code == 201, "nobody guesses those"
    clock.advance(1_000 * (3_600 - began))
    sharers.forget(stranger)
    assert sharers.bind(stranger, card).status_code == 200


def test_an_address_tries_so_many_numbers_an_hour_whoevers_phones_it_uses(sharers: Sharers) -> None:
    context, card = sharers.hub.context, sharers.rows.card(card_type="prepaid")
    passwords = Passwords(context.settings.password_bcrypt_cost)
    given = NumberGiven(card_no=card.card_no, role="viewer")
    for _ in range(context.settings.bindings_per_address_per_hour):
        assert bind_by_number(context, passwords, sharers.stranger(), given, "2001:db8::1").is_new
    with pytest.raises(CodedError) as refused:
        bind_by_number(context, passwords, sharers.stranger(), given, "2001:db8::2")
    assert refused.value.code is Code.RATE_LIMITED
    assert bind_by_number(context, passwords, sharers.stranger(), given, "2001:db8:1::1").is_new


@pytest.mark.parametrize("status", ["frozen", "lost", "expired", "closed"])
def test_a_card_that_is_not_active_binds_nobody(sharers: Sharers, status: str) -> None:
    card = sharers.rows.card(card_type="prepaid")
    invitation = sharers.invitation(card)
    sharers.stop(card, status)
    assert refusal(sharers.bind(sharers.stranger(), card)) == (409, "CARD_NOT_ACTIVE")
    assert refusal(sharers.take_up(sharers.stranger(), invitation)) == (409, "CARD_NOT_ACTIVE")


def test_a_card_whose_time_is_over_binds_nobody_even_before_the_sweep(
    sharers: Sharers, clock: ManualClock
) -> None:
    card = sharers.rows.card(card_type="prepaid", expires_at=clock.now())
    assert refusal(sharers.bind(sharers.stranger(), card)) == (409, "CARD_NOT_ACTIVE")


def test_a_card_that_nobody_owns_binds_nobody(sharers: Sharers) -> None:
    admin = signed_in_admin(sharers.hub.context)
    issued = sharers.client.post(
        "/api/v1/admin/cards", json={"card_type": "corporate"}, headers=admin.headers
    )
    body = {"card_no": issued.json()["card_no"], "role": "viewer"}
    assert refusal(sharers.ask("POST", sharers.stranger(), "/bindings", body)) == (409, "CARD_NOT_ACTIVE")


def test_a_replaced_card_binds_by_its_new_number_alone(sharers: Sharers) -> None:
    card, admin = sharers.rows.card(card_type="prepaid"), signed_in_admin(sharers.hub.context)
    path = f"/api/v1/admin/cards/{card.card_id}/replace"
    new = sharers.client.post(path, json={"reason": "lost"}, headers=admin.headers).json()["card_no"]
    assert refusal(sharers.bind(sharers.stranger(), card)) == (404, "CARD_NOT_FOUND")
    assert refusal(sharers.bind(card.member_id, card)) == (404, "CARD_NOT_FOUND")
    assert sharers.bind(sharers.stranger(), card, card_no=new).status_code == 201


@pytest.mark.parametrize("card_type", ALONE)
def test_standard_and_voucher_cards_are_their_owners_alone(sharers: Sharers, card_type: str) -> None:
    card = sharers.rows.card(card_type=card_type)  # type: ignore[arg-type]
    stranger = sharers.stranger()
    there = sharers.bind(stranger, card)
    unknown = card_number(CardTypeName(card_type), UNKNOWN_SERIAL)
    absent = sharers.ask("POST", stranger, "/bindings", {"card_no": unknown, "role": "member"})
    assert refusal(there) == refusal(absent) == (409, "CARD_TYPE_NOT_SHAREABLE")
    assert {**there.json(), "request_id": ""} == {**absent.json(), "request_id": ""}, "nobody learns which is"
    own = sharers.bind(card.member_id, card, "owner")
    assert (own.status_code, own.json()["role"]) == (200, "owner")


@pytest.mark.parametrize("card_type", SHARED)
def test_with_the_password_the_wished_role_is_given_at_once(sharers: Sharers, card_type: str) -> None:
    card = sharers.rows.card(card_type=card_type)  # type: ignore[arg-type]
    sharers.set_password(card)
    for role in ("admin", "member", "viewer"):
        bound = sharers.bind(sharers.stranger(), card, role, password=PASSWORD)
        assert bound.status_code == 201
        assert (bound.json()["role"], bound.json()["requested_role"]) == (role, None)
    assert sorted(role for _, role in sharers.bound(card)) == ["admin", "member", "owner", "viewer"]
    assert sharers.names() == ["BINDING_PASSWORD", "BINDING", "BINDING", "BINDING"]


def test_a_wrong_or_missing_password_is_refused(sharers: Sharers) -> None:
    card = sharers.rows.card(card_type="prepaid")
    sharers.set_password(card)
    stranger = sharers.stranger()
    for password in (WRONG, "", "x", "x" * 73, "密碼" * 30, None):
        answer = sharers.bind(stranger, card, password=password)
        assert refusal(answer) == (422, "INVALID_BINDING_PASSWORD")
        if password == "x" * 73:  # the fourth: one more would lock
            assert sharers.bind(stranger, card, "viewer", password=PASSWORD).status_code == 201
            stranger = sharers.stranger()
    assert PASSWORD not in str(sharers.rows.rows(audit_events))


@pytest.mark.parametrize("role", ["owner", "king", "OWNER", " member"])
def test_nobody_becomes_owner_by_password_or_number_nor_what_is_no_role(sharers: Sharers, role: str) -> None:
    card = sharers.rows.card(card_type="prepaid")
    stranger = sharers.stranger()
    assert refusal(sharers.bind(stranger, card, role)) == (422, "INVALID_ROLE")
    sharers.set_password(card)
    assert refusal(sharers.bind(stranger, card, role, password=PASSWORD)) == (422, "INVALID_ROLE")
    assert refusal(sharers.bind(stranger, card, role, password=WRONG)) == (422, "INVALID_BINDING_PASSWORD")
    assert sharers.rows.rows(bindings, member_id=stranger, card_id=card.card_id) == []


def test_without_a_password_one_is_a_viewer_until_an_owner_confirms(sharers: Sharers) -> None:
    card = sharers.rows.card(card_type="corporate")
    stranger = sharers.stranger()
    bound = sharers.bind(stranger, card, "admin")
    assert bound.status_code == 201
    assert (bound.json()["role"], bound.json()["requested_role"]) == ("viewer", "admin")
    assert refusal(sharers.ask("POST", stranger, f"/cards/{card.card_id}/payment-code")) == (403, "FORBIDDEN")
    assert sharers.names() == ["BINDING", "BINDING_REQUESTED"]
    path = f"/cards/{card.card_id}/binding-requests"
    [waiting] = sharers.ask("GET", card.member_id, path).json()["items"]
    phone = sharers.rows.one(members, id=stranger)["phone"]
    assert (waiting["member_id"], waiting["role"], waiting["phone_end"]) == (stranger, "admin", phone[-3:])
    assert phone not in str(waiting)
    for _ in range(2):
        assert sharers.ask("POST", card.member_id, f"{path}/{waiting['id']}/confirm").status_code == 204
    assert (stranger, "admin") in sharers.bound(card)
    assert sharers.ask("GET", card.member_id, path).json()["items"] == []
    assert refusal(sharers.ask("POST", card.member_id, f"{path}/{waiting['id']}/refuse")) == (
        404,
        "NOT_FOUND",
    )
    assert sharers.ask("POST", stranger, f"/cards/{card.card_id}/payment-code").status_code == 200
    assert sharers.names() == ["BINDING", "BINDING_REQUESTED", "BINDING", "QR_ROTATE"]


def test_who_wishes_to_see_only_asks_nobody(sharers: Sharers) -> None:
    card = sharers.rows.card(card_type="prepaid")
    bound = sharers.bind(sharers.stranger(), card, "viewer").json()
    assert (bound["role"], bound["requested_role"]) == ("viewer", None)
    assert sharers.rows.rows(binding_requests) == []


def test_an_owner_may_refuse_and_the_member_stays_a_viewer(sharers: Sharers) -> None:
    card = sharers.rows.card(card_type="prepaid")
    stranger = sharers.stranger()
    sharers.bind(stranger, card, "member")
    path = f"/cards/{card.card_id}/binding-requests"
    [waiting] = sharers.ask("GET", card.member_id, path).json()["items"]
    for _ in range(2):
        assert sharers.ask("POST", card.member_id, f"{path}/{waiting['id']}/refuse").status_code == 204
    assert refusal(sharers.ask("POST", card.member_id, f"{path}/{waiting['id']}/confirm"))[0] == 404
    assert (stranger, "viewer") in sharers.bound(card)
    assert sharers.names()[-1] == "BINDING_REFUSED"
    assert sharers.names().count("BINDING_REFUSED") == 1


def test_only_an_active_card_confirms(sharers: Sharers) -> None:
    card = sharers.rows.card(card_type="prepaid")
    sharers.bind(sharers.stranger(), card, "member")
    path = f"/cards/{card.card_id}/binding-requests"
    [waiting] = sharers.ask("GET", card.member_id, path).json()["items"]
    sharers.stop(card, "frozen")
    answer = sharers.ask("POST", card.member_id, f"{path}/{waiting['id']}/confirm")
    assert refusal(answer) == (409, "CARD_NOT_ACTIVE")


def test_waiting_requests_come_in_pages(sharers: Sharers) -> None:
    card = sharers.rows.card(card_type="prepaid")
    asking = [sharers.stranger() for _ in range(3)]
    for stranger in asking:
        sharers.bind(stranger, card, "member")
    path = f"/cards/{card.card_id}/binding-requests?limit=2"
    first = sharers.ask("GET", card.member_id, path).json()
    second = sharers.ask("GET", card.member_id, f"{path}&cursor={first['next_cursor']}").json()
    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None)
    assert sorted(item["member_id"] for item in first["items"] + second["items"]) == sorted(asking)


def test_binding_again_gives_the_binding_there_is(sharers: Sharers) -> None:
    card = sharers.rows.card(card_type="prepaid")
    stranger = sharers.stranger()
    first = sharers.bind(stranger, card, "member")
    again = sharers.bind(stranger, card, "admin", password=WRONG)
    assert (again.status_code, again.json()) == (200, first.json())
    sharers.set_password(card)
    assert sharers.bind(stranger, card, "admin", password=PASSWORD).json()["role"] == "viewer"
    invited = sharers.take_up(stranger, sharers.invitation(card, "admin"))
    assert (invited.status_code, invited.json()["role"]) == (200, "viewer")
    assert sharers.bind(card.member_id, card, "viewer").json()["role"] == "owner"
    assert refusal(sharers.bind(stranger, card, "king")) == (422, "INVALID_ROLE")


def test_a_suspended_member_binds_nothing(sharers: Sharers) -> None:
    card = sharers.rows.card(card_type="prepaid")
    stranger = sharers.stranger()
    invitation = sharers.invitation(card)
    sharers.rows.update(members, {"id": stranger}, {"status": "suspended"})
    assert refusal(sharers.bind(stranger, card)) == (409, "MEMBER_NOT_ACTIVE")
    assert refusal(sharers.take_up(stranger, invitation)) == (409, "MEMBER_NOT_ACTIVE")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"card_no": "PRE00000018"},
        {"role": "member"},
        {"card_no": "PRE00000018", "role": "member", "invitation": "x"},
        {"invitation": "x", "password": PASSWORD},
        {"card_no": 1, "role": "member"},
        {"card_no": "PRE00000018", "role": "member", "pasword": "x"},
        {"invitation": ""},
        [],
    ],
)
def test_what_is_neither_is_malformed(sharers: Sharers, body: object) -> None:
    assert refusal(sharers.ask("POST", sharers.stranger(), "/bindings", body)) == (422, "INVALID_REQUEST")


def test_five_wrong_passwords_lock_binding_on_that_card(
    sharers: Sharers, clock: ManualClock, settings: Settings
) -> None:
    card, other = (sharers.rows.card(card_type="prepaid") for _ in range(2))
    sharers.set_password(card)
    sharers.set_password(other)
    strangers = [sharers.stranger() for _ in range(2)]
    for number in range(settings.binding_tries):
        answer = sharers.bind(strangers[number % 2], card, password=WRONG)
        assert refusal(answer) == (422, "INVALID_BINDING_PASSWORD"), "whoever tries"
    for password in (PASSWORD, WRONG, None):
        locked = sharers.bind(strangers[0], card, password=password)
        assert refusal(locked) == (429, "BINDING_LOCKED"), "also the right one"
        assert locked.headers["retry-after"] == str(settings.binding_lock_s)
    assert sharers.names().count("BINDING_LOCKED") == 1
    assert sharers.bind(strangers[0], other, password=PASSWORD).status_code == 201
    assert sharers.take_up(strangers[1], sharers.invitation(card)).status_code == 201
    clock.advance(settings.binding_lock_s * 1_000 - 1)
    assert sharers.bind(strangers[0], card, password=PASSWORD).headers["retry-after"] == "1"
    clock.advance(1)
    assert sharers.bind(strangers[0], card, password=PASSWORD).status_code == 201


def test_the_right_password_forgets_the_wrong_ones_and_so_does_a_new_one(
    sharers: Sharers, settings: Settings
) -> None:
    card = sharers.rows.card(card_type="prepaid")
    sharers.set_password(card)
    guesser = sharers.stranger()
    for _ in range(settings.binding_tries - 1):
        sharers.bind(guesser, card, password=WRONG)
    assert sharers.bind(sharers.stranger(), card, password=PASSWORD).status_code == 201
    for _ in range(settings.binding_tries):
        assert refusal(sharers.bind(guesser, card, password=WRONG))[1] == "INVALID_BINDING_PASSWORD"
    assert refusal(sharers.bind(guesser, card, password=WRONG))[1] == "BINDING_LOCKED"
    sharers.set_password(card, "another-one")
    assert refusal(sharers.bind(guesser, card, password=PASSWORD))[1] == "INVALID_BINDING_PASSWORD"
    assert sharers.bind(guesser, card, password="another-one").status_code == 201


def test_ten_wrong_passwords_at_once_are_counted_one_by_one(sharers: Sharers, settings: Settings) -> None:
    card = sharers.rows.card(card_type="prepaid")
    sharers.set_password(card)
    strangers = [sharers.stranger() for _ in range(10)]
    for stranger in strangers:
        sharers.headers(stranger)

    def guess(stranger: str) -> httpx.Response:
        return sharers.bind(stranger, card, password=WRONG)

    with ThreadPoolExecutor(10) as pool:
        answers = [refusal(answer)[1] for answer in pool.map(guess, strangers)]
    assert answers.count("INVALID_BINDING_PASSWORD") == settings.binding_tries
    assert answers.count("BINDING_LOCKED") == 10 - settings.binding_tries
    assert refusal(sharers.bind(strangers[0], card, password=PASSWORD)) == (429, "BINDING_LOCKED")
    assert sharers.names().count("BINDING_LOCKED") == 1


def test_one_member_who_binds_ten_times_at_once_has_one_binding(sharers: Sharers) -> None:
    card = sharers.rows.card(card_type="prepaid")
    stranger = sharers.stranger()
    sharers.headers(stranger)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: sharers.bind(stranger, card), range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(sharers.rows.rows(binding_requests)) == 1


class CountedPasswords(Passwords):
    """Counts the checks: each is the time that an answer takes."""

    checks = 0

    def check(self, password: str, password_hash: str | None) -> bool:
        """As ever, and counted."""
        self.checks += 1
        return super().check(password, password_hash)


def test_an_answer_takes_as_long_whether_or_not_there_is_a_card_or_a_password(sharers: Sharers) -> None:
    context, stranger = sharers.hub.context, sharers.stranger()
    kept, bare = (sharers.rows.card(card_type="prepaid") for _ in range(2))
    sharers.set_password(kept)
    numbers = [kept.card_no, bare.card_no, card_number(CardTypeName.PREPAID, UNKNOWN_SERIAL)]
    for card_no in numbers:
        passwords = CountedPasswords(context.settings.password_bcrypt_cost)
        given = NumberGiven(card_no=card_no, role="king", password=WRONG)
        with pytest.raises(CodedError):
            bind_by_number(context, passwords, stranger, given, HERE)
        assert passwords.checks == 1
    for _ in range(context.settings.binding_tries):
        sharers.bind(stranger, kept, password=WRONG)
    with pytest.raises(CodedError) as refused:
        bind_by_number(
            context,
            passwords,
            stranger,
            NumberGiven(card_no=kept.card_no, role="member", password=PASSWORD),
            HERE,
        )
    assert (refused.value.code, passwords.checks) == (Code.BINDING_LOCKED, 1), (
        "a locked card is not guessed at"
    )
