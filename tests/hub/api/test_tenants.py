"""Another tenant's ids are refused as ids that nobody has: same status, same words, and nothing is changed.

Every route that a member, a merchant's person, a key or a terminal may call is asked with each of its ids, one
at a time: once with nobody's, once with another tenant's. Whatever else is in the request is the caller's own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from hub_server.merchants.tables import stores
from hub_server.transactions.tables import transactions
from tests.builders.counter import Counter
from tests.hub.api.catalogue_of_routes import Operation
from tests.hub.api.roles import Role, Tenant, good_roles, tenant
from tests.hub.api.samples import NOBODYS_ID, sample
from tests.hub.api.serving_hub import Answered, ServingHub

NOBODYS_TX_NO = "PAY9999999999"
HIDDEN = {
    "amount": 100,
    "currency": "TWD",
    "code": "MPS1:nonsense",
    "date": "2026-11-22",
    "pin": "135790",
    "totp": "000000",
}
"""Members of messages that only say what is asked for."""
KNOWN = {"role": "cashier", "roles": ["cashier"], "scopes": ["read"], "expires_at": None} | HIDDEN
KEPT_OF_REFUSALS = frozenset({"idempotency_registry"})
"""A key is bound to its outcome, also when that is a refusal: the caller's own row."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One route, asked by somebody with one id that is not theirs."""

    operation: Operation
    role: Role
    name: str
    where: str

    def __str__(self) -> str:
        return f"{self.role.name}: {self.operation}: {self.name} in {self.where}"


class Intruder:
    """Somebody with ids of the own, and how a request looks with one of them changed."""

    def __init__(self, served: ServingHub, own: Mapping[str, str]) -> None:
        self._served = served
        self._own = own
        self._schemas = served.hub.app.openapi()["components"]["schemas"]

    def attempts(self, role: Role) -> Iterator[Attempt]:
        """Each id that a route takes from this role."""
        for operation in self._served.operations:
            if role.scheme == "admin" or role.expected(operation):
                continue
            for parameter in operation.parameters:
                if parameter["in"] == "path" or parameter["name"] in self._own:
                    yield Attempt(operation, role, parameter["name"], parameter["in"])
            for name in self._message(operation, {}).keys() & self._own.keys():
                yield Attempt(operation, role, name, "body")

    def ask(self, attempt: Attempt, value: str) -> Answered:
        """The route with that id."""
        operation, values = attempt.operation, dict(self._own) | {attempt.name: value}
        path, query = operation.path, {}
        for parameter in operation.parameters:
            name = parameter["name"]
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", values[name])
            elif parameter["in"] == "query" and (name == attempt.name or parameter.get("required")):
                query[name] = values.get(name, KNOWN.get(name, ""))
        sent: dict[str, Any] = {"params": query}
        if operation.body is not None:
            sent["json"] = self._message(operation, values)
        headers = attempt.role.headers | {"Idempotency-Key": self._served.context.ids.new()}
        return self._served.ask(operation.method, path, headers, **sent)

    def _message(self, operation: Operation, values: Mapping[str, Any]) -> dict[str, Any]:
        if operation.body is None:
            return {}
        known = dict(KNOWN) | dict(self._own) | dict(values)
        message: dict[str, Any] = sample(operation.body, self._schemas, known)
        return message


@pytest.fixture(scope="module")
def victim(served: ServingHub) -> Tenant:
    """Whose things they are."""
    return tenant(served)


def test_another_tenants_ids_are_like_nobodys(served: ServingHub, victim: Tenant) -> None:
    own = tenant(served)
    intruder, roles = Intruder(served, own.ids), good_roles(served, own, victim)
    before, tried, wrong = served.contents(), 0, []
    for role in roles:
        if role.name.startswith("another"):
            continue  # that one is the victim
        for attempt in intruder.attempts(role):
            assert attempt.name in victim.ids, f"{attempt}: give the tenants of roles.py one of these"
            tried += 1
            wrong += _compare(intruder, attempt, victim.ids[attempt.name])

    assert not wrong, "\n".join(wrong)
    assert tried > len(victim.ids)
    after = served.contents()
    assert {name for name in after if after[name] != before[name]} <= KEPT_OF_REFUSALS


def test_a_manager_is_held_to_the_own_store(served: ServingHub) -> None:
    own = tenant(served)
    store_id = served.context.ids.new()
    served.rows.insert(stores, served.rows.one(stores, id=own.shop.store_id) | {"id": store_id})
    counter = Counter(served.context, served.hub.keys, served.rows, replace(own.shop, store_id=store_id))
    counter.submit(*counter.journal.entries, counter.journal.charge(served.rows.code(own.card)))
    there = {
        "store_id": store_id,
        "terminal_id": counter.terminal_id,
        "tx_no": served.rows.one(transactions, store_id=store_id)["tx_no"],
    }
    intruder, roles = Intruder(served, own.ids), good_roles(served, own, own)
    before = served.contents()
    attempts = [
        attempt
        for role in roles
        if role.name == "manager"
        for attempt in intruder.attempts(role)
        if attempt.name in there
    ]
    wrong = [told for attempt in attempts for told in _compare(intruder, attempt, there[attempt.name])]

    assert attempts
    assert not wrong, "\n".join(wrong)
    assert served.contents() == before


def _compare(intruder: Intruder, attempt: Attempt, theirs: str) -> list[str]:
    nobodys = NOBODYS_TX_NO if attempt.name == "tx_no" else NOBODYS_ID
    unknown, foreign = intruder.ask(attempt, nobodys), intruder.ask(attempt, theirs)
    told = f"{attempt}: nobody's {unknown.status} {unknown.body}, theirs {foreign.status} {foreign.body}"
    if _said(unknown, nobodys) != _said(foreign, theirs):
        return [told]
    is_refused = foreign.status in {403, 404}
    is_empty_page = attempt.where == "query" and foreign.body.get("items") == []
    return [] if is_refused or is_empty_page else [told]


def _said(answer: Answered, sent: str) -> tuple[int, str]:
    body = {name: value for name, value in answer.body.items() if name != "request_id"}
    return answer.status, str(sorted(body.items())).replace(sent, "…")
