"""Four eyes are two people: whoever may hold both logins cannot propose with one and decide with the other."""

from typing import Any

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.audit.tables import audit_events
from hub_server.cards.tables import cards
from hub_server.foundation.context import Context
from shared.problems import Code
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.signed_in import SignedIn
from tests.hub.access.people import PASSWORD, bearer, make_person, try_in

PATH = "/api/v1/admin/adjustments"
LOGINS = "/api/v1/admin/logins"
OWN = "correct battery staple 9"


@pytest.fixture
def card(rows: HubRows) -> CardRows:
    """A card with 10 000 on it."""
    return rows.card(10_000)


class Puppet:
    """A login that another admin made, with the password that admin was shown."""

    def __init__(
        self, client: httpx.Client, maker: SignedIn, email: str = "new@hub.example", role: str = "superadmin"
    ) -> None:
        wanted = {"email": email, "name": "新人", "kind": "admin", "role": role}
        made = client.post(LOGINS, json=wanted, headers=maker.headers)
        assert made.status_code == 201, made.text
        self._client = client
        self.email = email
        self.password: str = made.json()["initial_password"]
        self.login_id: str = made.json()["login"]["id"]

    def signed_in(self) -> SignedIn:
        """A session by the password as it is."""
        answer = try_in(self._client, self.email, self.password)
        assert answer.status_code == 200, answer.text
        return SignedIn(self.login_id, bearer(answer.json()))

    def sets_own_password(self) -> None:
        """The holder's first deed."""
        body = {"old_password": self.password, "new_password": OWN}
        answer = self._client.put("/api/v1/auth/password", json=body, headers=self.signed_in().headers)
        assert answer.status_code == 204, answer.text
        self.password = OWN

    def is_reset(self, by: SignedIn) -> None:
        """Another first password, which `by` is shown."""
        answer = self._client.post(f"{LOGINS}/{self.login_id}/reset-password", headers=by.headers)
        assert answer.status_code == 200, answer.text
        self.password = answer.json()["initial_password"]


def _propose(client: httpx.Client, card: CardRows, by: SignedIn) -> dict[str, Any]:
    body = {"card_id": card.card_id, "amount": 5_000, "reason": "goodwill"}
    answer = client.post(PATH, json=body, headers=by.headers)
    assert answer.status_code == 201, answer.text
    proposed: dict[str, Any] = answer.json()
    return proposed


def _decide(client: httpx.Client, adjustment: dict[str, Any], by: SignedIn, verb: str = "approve") -> int:
    answer = client.post(f"{PATH}/{adjustment['id']}/{verb}", json={}, headers=by.headers)
    if answer.status_code != 200:
        assert answer.json()["code"] == Code.FORBIDDEN.value
        assert "same hands" in answer.json()["detail"]
    return answer.status_code


def _balance(rows: HubRows, card: CardRows) -> int:
    return int(rows.one(cards, id=card.card_id)["balance"])


@pytest.mark.parametrize("verb", ["approve", "refuse"])
def test_a_login_that_the_proposer_made_decides_nothing_of_theirs_whatever_its_password(
    client: httpx.Client, rows: HubRows, card: CardRows, proposer: SignedIn, verb: str
) -> None:
    puppet = Puppet(client, proposer, role="finance")
    proposed = _propose(client, card, proposer)
    assert _decide(client, proposed, puppet.signed_in(), verb) == 403
    assert _balance(rows, card) == 10_000
    puppet.sets_own_password()
    assert _decide(client, proposed, puppet.signed_in(), verb) == 403, "the maker may have set it"
    assert _balance(rows, card) == 10_000


def test_a_login_that_the_proposer_reset_decides_nothing_of_theirs(
    client: httpx.Client, rows: HubRows, card: CardRows, proposer: SignedIn, hub_context: Context
) -> None:
    colleague = make_person(hub_context, LoginRole.SUPERADMIN, "colleague@hub.example")
    proposed = _propose(client, card, proposer)
    reset = client.post(f"{LOGINS}/{colleague.id}/reset-password", headers=proposer.headers).json()
    tokens = try_in(client, colleague.email, reset["initial_password"]).json()
    assert _decide(client, proposed, SignedIn(colleague.id, bearer(tokens))) == 403
    assert _balance(rows, card) == 10_000


def test_who_made_the_proposers_login_does_not_decide_either(
    client: httpx.Client, rows: HubRows, card: CardRows, proposer: SignedIn, approver: SignedIn
) -> None:
    puppet = Puppet(client, proposer)
    proposed = _propose(client, card, puppet.signed_in())
    assert _decide(client, proposed, proposer) == 403
    puppet.sets_own_password()
    assert _decide(client, _propose(client, card, puppet.signed_in()), proposer) == 403
    assert _decide(client, proposed, approver) == 200
    assert _balance(rows, card) == 15_000


def test_two_logins_of_one_maker_are_no_four_eyes_nor_is_a_login_that_such_a_one_made(
    client: httpx.Client, rows: HubRows, card: CardRows, proposer: SignedIn, approver: SignedIn
) -> None:
    first = Puppet(client, proposer, "first@hub.example")
    second = Puppet(client, proposer, "second@hub.example")
    grandchild = Puppet(client, first.signed_in(), "third@hub.example")
    of_first = _propose(client, card, first.signed_in())
    assert _decide(client, of_first, second.signed_in()) == 403
    assert _decide(client, _propose(client, card, proposer), grandchild.signed_in()) == 403
    assert _decide(client, of_first, approver) == 200
    assert _balance(rows, card) == 15_000


def test_logins_of_the_systems_making_and_of_different_makers_decide_for_each_other(
    client: httpx.Client, card: CardRows, proposer: SignedIn, approver: SignedIn
) -> None:
    assert _decide(client, _propose(client, card, proposer), approver) == 200
    one, other = Puppet(client, proposer, "one@hub.example"), Puppet(client, approver, "other@hub.example")
    assert _decide(client, _propose(client, card, one.signed_in()), other.signed_in()) == 200


def test_the_list_of_logins_tells_who_was_shown_a_password_for_ever(
    client: httpx.Client, rows: HubRows, proposer: SignedIn, approver: SignedIn
) -> None:
    puppet = Puppet(client, proposer)
    puppet.is_reset(approver)

    def shown() -> tuple[str | None, str | None]:
        items = client.get(LOGINS, headers=proposer.headers).json()["items"]
        login = next(item for item in items if item["id"] == puppet.login_id)
        return login["created_by"], login["reset_by"]

    assert shown() == (proposer.login_id, approver.login_id)
    puppet.sets_own_password()
    assert shown() == (proposer.login_id, approver.login_id)
    assert rows.rows(audit_events, name="PASSWORD_CHANGED")


def test_somebody_who_was_never_reset_has_nobody_beside(client: httpx.Client, hub_context: Context) -> None:
    person = make_person(hub_context, LoginRole.SUPERADMIN, "first@hub.example")
    headers = bearer(try_in(client, person.email, PASSWORD).json())
    (login,) = client.get(LOGINS, headers=headers).json()["items"]
    assert (login["created_by"], login["reset_by"]) == (None, None)
