"""`GET` and `PUT /api/v1/admin/service`, and what the switch does to tills and terminals."""

from typing import Any

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.audit.tables import audit_events
from hub_server.charging.tables import service_states
from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from shared.clock import to_wire
from shared.journal_entries import Status
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import signed_in_admin, signed_in_merchant
from tests.builders.till import Till

PATH = "/api/v1/admin/service"


def _switch(till: Till, *, suspended: bool, **body: Any) -> httpx.Response:
    headers = signed_in_admin(till.context).headers
    sent = {"suspended": suspended, "reason": "the database is moved"} | body
    return till.client.put(PATH, json=sent, headers=headers)


def _events(rows: HubRows) -> list[str]:
    return [row["name"] for row in rows.rows(audit_events) if row["name"].startswith("SERVICE_")]


def test_at_first_the_service_runs(till: Till) -> None:
    answer = till.client.get(PATH, headers=signed_in_admin(till.context, LoginRole.AUDITOR).headers)
    assert answer.json() == {"suspended": False, "reason": None, "since": None, "by": None}


def test_while_it_is_suspended_nobody_pays_and_afterwards_the_same_request_does(
    till: Till, rows: HubRows, hub_context: Context, keys: HubSigningKeys
) -> None:
    counter = Counter(hub_context, keys, rows)
    code, charge = till.code(rows.card()), counter.journal.charge(rows.code(rows.card()))
    told = _switch(till, suspended=True).json()
    assert (told["suspended"], told["reason"]) == (True, "the database is moved")
    assert told["since"] == to_wire(hub_context.clock.now())
    refused = till.charge(code, key="one")
    assert (refused.status_code, refused.json()["code"]) == (503, Code.SERVICE_SUSPENDED.value)
    assert counter.ask(charge).status is Status.RETRY
    assert _switch(till, suspended=False).json()["suspended"] is False
    assert till.charge(code, key="one").status_code == 200
    assert counter.ask(charge).status is Status.COMPLETED
    assert _events(rows) == ["SERVICE_SUSPENDED", "SERVICE_RESUMED"]


def test_what_is_so_already_stays_as_it_is(till: Till, rows: HubRows) -> None:
    _switch(till, suspended=False)
    first = _switch(till, suspended=True)
    assert _switch(till, suspended=True, reason="another").json() == first.json()
    assert len(rows.rows(service_states)) == 1
    assert _events(rows) == ["SERVICE_SUSPENDED"]


@pytest.mark.parametrize("role", [LoginRole.OPERATOR, LoginRole.FINANCE, LoginRole.AUDITOR])
def test_only_who_may_switch_it_does(role: LoginRole, till: Till, rows: HubRows) -> None:
    headers = signed_in_admin(till.context, role).headers
    answer = till.client.put(PATH, json={"suspended": True, "reason": "x"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, Code.FORBIDDEN.value)
    assert rows.rows(service_states) == []


def test_a_merchant_and_a_stranger_do_not_even_see_it(till: Till) -> None:
    owner = signed_in_merchant(till.context, till.shop.merchant_id).headers
    answers = [
        till.client.get(PATH, headers=headers) for headers in (owner, till.headers, {"X-Request-Id": "1"})
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]


@pytest.mark.parametrize(
    "body", [{"reason": ""}, {"reason": "  "}, {"reason": "x" * 201}, {"suspended": "yes"}]
)
def test_a_switch_needs_its_reason(body: dict[str, Any], till: Till, rows: HubRows) -> None:
    answer = till.client.put(
        PATH,
        json={"suspended": True, "reason": "a test"} | body,
        headers=signed_in_admin(till.context).headers,
    )
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_REQUEST.value)
    assert rows.rows(service_states) == []
