"""What an owner lets a member spend with a shared card, and that nobody sheds it."""

from typing import Any

import pytest

from hub_server.foundation.outbox.tables import outbox
from tests.builders.hub_rows import CardRows
from tests.hub.bindings.sharers import PASSWORD, Sharers, refusal


def _code(sharers: Sharers, member_id: str, card: CardRows) -> dict[str, Any]:
    made = sharers.ask("POST", member_id, f"/cards/{card.card_id}/payment-code")
    assert made.status_code == 200, made.text
    code: dict[str, Any] = made.json()
    return code


def _told(sharers: Sharers) -> list[str]:
    payloads = [row["payload"] for row in sharers.rows.rows(outbox)]
    return [payload["data"]["code_ref"] for payload in payloads if payload.get("kind") == "code_revoked"]


def test_an_owner_bounds_what_a_member_spends_and_the_member_sees_it(
    sharers: Sharers, card: CardRows
) -> None:
    guest = sharers.join(card)
    path = f"/bindings/{guest['id']}/caps"
    caps = {"cap_per_charge": 5_000, "cap_per_day": 20_000}
    assert sharers.ask("PUT", card.member_id, path, caps).status_code == 204
    seen = sharers.ask("GET", guest["member_id"], "/cards").json()["items"]
    assert [item["caps"] for item in seen if item["card_id"] == card.card_id] == [caps]
    assert [item["caps"] for item in seen if item["card_id"] != card.card_id] == [dict.fromkeys(caps)]
    none = dict.fromkeys(caps)
    assert sharers.ask("PUT", card.member_id, path, none).status_code == 204
    [listed] = sharers.ask("GET", guest["member_id"], f"/cards/{card.card_id}/bindings").json()["items"]
    assert (listed["caps"], listed["member_id"]) == (none, guest["member_id"])
    assert sharers.names().count("BINDING_CAPS") == 2


def test_tighter_caps_revoke_the_members_codes_and_looser_ones_do_not(
    sharers: Sharers, card: CardRows
) -> None:
    guest = sharers.join(card)
    path = f"/bindings/{guest['id']}/caps"

    def bound(per_charge: int | None, per_day: int | None) -> list[str]:
        made = _code(sharers, guest["member_id"], card)["code_ref"]
        caps = {"cap_per_charge": per_charge, "cap_per_day": per_day}
        assert sharers.ask("PUT", card.member_id, path, caps).status_code == 204
        return [ref for ref in _told(sharers) if ref == made]

    revoked = [len(bound(*caps)) for caps in [(500, None), (500, None), (900, None), (None, 900), (1, None)]]
    assert revoked == [1, 0, 0, 1, 1]


def test_an_owner_has_no_caps_and_nobody_else_sets_them(sharers: Sharers, card: CardRows) -> None:
    second, guest = sharers.join(card, "owner"), sharers.join(card, "admin")
    caps = {"cap_per_charge": 1, "cap_per_day": None}
    answer = sharers.ask("PUT", card.member_id, f"/bindings/{second['id']}/caps", caps)
    assert refusal(answer) == (422, "INVALID_ROLE")
    own = sharers.ask("PUT", guest["member_id"], f"/bindings/{guest['id']}/caps", caps)
    assert refusal(own) == (403, "FORBIDDEN")
    others = sharers.ask("PUT", guest["member_id"], f"/bindings/{second['id']}/caps", caps)
    assert refusal(others) == (404, "NOT_FOUND")
    assert "BINDING_CAPS" not in sharers.names()


@pytest.mark.parametrize(
    "caps",
    [
        {"cap_per_charge": 0, "cap_per_day": None},
        {"cap_per_charge": None, "cap_per_day": 100_000_000},
        {"cap_per_charge": 1.5, "cap_per_day": None},
        {"cap_per_charge": True, "cap_per_day": None},
        {"cap_per_charge": 1},
        {},
    ],
)
def test_caps_that_are_none_change_nothing(sharers: Sharers, card: CardRows, caps: Any) -> None:
    guest = sharers.join(card)
    answer = sharers.ask("PUT", card.member_id, f"/bindings/{guest['id']}/caps", caps)
    assert refusal(answer) == (422, "INVALID_REQUEST")


@pytest.mark.parametrize("leaves", [True, False], ids=["leaves", "is removed"])
@pytest.mark.parametrize("way", ["number", "invitation"])
def test_who_comes_back_to_a_card_is_held_to_the_caps_of_before(
    sharers: Sharers, card: CardRows, way: str, leaves: bool
) -> None:
    guest = sharers.join(card)
    member_id, caps = guest["member_id"], {"cap_per_charge": 5_000, "cap_per_day": 20_000}
    sharers.ask("PUT", card.member_id, f"/bindings/{guest['id']}/caps", caps)
    by = member_id if leaves else card.member_id
    assert sharers.ask("DELETE", by, f"/bindings/{guest['id']}").status_code == 204
    if way == "number":
        sharers.set_password(card)
        again = sharers.bind(member_id, card, "admin", password=PASSWORD).json()
    else:
        again = sharers.take_up(member_id, sharers.invitation(card, "admin")).json()
    assert (again["role"], again["caps"]) == ("admin", caps)
    assert sharers.join(card)["caps"] == dict.fromkeys(caps), "another member's are none of it"
    none = dict.fromkeys(caps)
    assert sharers.ask("PUT", card.member_id, f"/bindings/{again['id']}/caps", none).status_code == 204
    assert sharers.ask("DELETE", member_id, f"/bindings/{again['id']}").status_code == 204
    last = sharers.take_up(member_id, sharers.invitation(card)).json()
    assert last["caps"] == none, "the owner has lifted them"


def test_who_comes_back_as_an_owner_has_no_caps(sharers: Sharers, card: CardRows) -> None:
    guest, caps = sharers.join(card), {"cap_per_charge": 5_000, "cap_per_day": None}
    sharers.ask("PUT", card.member_id, f"/bindings/{guest['id']}/caps", caps)
    sharers.ask("DELETE", card.member_id, f"/bindings/{guest['id']}")
    again = sharers.take_up(guest["member_id"], sharers.invitation(card, "owner")).json()
    assert (again["role"], again["caps"]) == ("owner", dict.fromkeys(caps))
