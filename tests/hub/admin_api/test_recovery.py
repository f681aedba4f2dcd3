"""`/admin/recovery` over HTTP: who sees it, and what it tells."""

from collections.abc import Callable

import pytest

from hub_server.access import LoginRole
from hub_server.bootstrap import Hub
from hub_server.foundation.context import Context
from hub_server.terminals.tables import terminals
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import SignedIn
from tests.hub.admin_api.conftest import Ask

WHY = {"reason": "與門店確認"}


@pytest.fixture
def counter(hub: Hub, hub_context: Context, rows: HubRows) -> Counter:
    """A suspended terminal with two charges that the hub holds."""
    made = Counter(hub_context, hub.keys, rows)
    rows.update(terminals, {"id": made.terminal_id}, {"status": "suspended"})
    for amount in (1_000, 300):
        made.journal.charge(rows.code(rows.card()), amount)
    made.submit(*made.journal.entries)
    return made


def test_the_queue_tells_whose_it_is_how_much_and_since_when_and_is_decided_by_two(
    ask: Ask, counter: Counter, by_role: Callable[[LoginRole], SignedIn], nobodys: str
) -> None:
    first = ask("GET", "recovery", limit=1, by=by_role(LoginRole.AUDITOR)).json()
    rest = ask("GET", "recovery", limit=1, cursor=first["next_cursor"]).json()
    items = sorted([*first["items"], *rest["items"]], key=lambda item: item["seq"])
    assert [(each["seq"], each["amount"], each["code"]) for each in items] == [
        (1, 1_000, "TERMINAL_NOT_ACTIVE"),
        (2, 300, "TERMINAL_NOT_ACTIVE"),
    ]
    assert {each["merchant_id"] for each in items} == {counter.shop.merchant_id}
    assert (rest["next_cursor"], items[0]["type"], items[0]["ruling"]) == (None, "charge", None)
    path = f"recovery/{counter.terminal_id}"
    assert ask("POST", f"{path}/1/refuse", WHY, by=by_role(LoginRole.AUDITOR)).status_code == 403
    proposed = ask("POST", f"{path}/1/honour", WHY, by=by_role(LoginRole.OPERATOR)).json()
    assert (proposed["status"], proposed["ruling"]["decided_by"]) == ("held", None)
    done = ask("POST", f"{path}/1/honour", WHY, by=by_role(LoginRole.FINANCE)).json()
    assert (done["status"], done["ruling"]["verdict"]) == ("unconfirmed", "honour")
    refused = ask("POST", f"{path}/2/refuse", WHY)
    assert (refused.status_code, refused.json()["status"]) == (200, "rejected")
    again = ask("POST", f"{path}/2/honour", WHY)
    assert (again.status_code, again.json()["code"]) == (409, Code.CONTRADICTORY_ENTRY.value)
    for lost in (f"{path}/9", f"{path}/x", f"{path}/{'9' * 40}", f"recovery/{nobodys}/1", "recovery/x/1"):
        answer = ask("POST", f"{lost}/honour", WHY)
        assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_FOUND.value)
    assert ask("GET", "recovery").json()["items"] == []
