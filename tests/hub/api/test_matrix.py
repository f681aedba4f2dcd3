"""Every route × every role: let in where the permission table says so, refused alike everywhere else."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.hub.api.catalogue_of_routes import Operation, routed
from tests.hub.api.public_routes import PUBLIC
from tests.hub.api.roles import Role, bad_roles, good_roles, tenant
from tests.hub.api.samples import NOBODYS_ID
from tests.hub.api.serving_hub import Answered, ServingHub

STATUS = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, "TERMINAL_NOT_ACTIVE": 403}


@pytest.fixture(scope="module")
def everybody(served: ServingHub) -> tuple[list[Role], list[Role]]:
    """Good and bad roles of one hub."""
    own, other = tenant(served), tenant(served)
    return good_roles(served, own, other), bad_roles(served, own)


def test_a_route_declares_who_may_call_it_or_is_public_for_a_reason(served: ServingHub) -> None:
    declared = {(operation.method, operation.path) for operation in served.operations if operation.needs}
    open_to_all = set(routed(served.hub.app)) - declared

    assert open_to_all - PUBLIC.keys() == set(), "give it a gate, or a reason in public_routes.py"
    assert PUBLIC.keys() - open_to_all == set(), "public_routes.py names what is not there, or not open"


def test_the_roles_meet_every_scheme_that_any_route_declares(
    served: ServingHub, everybody: tuple[list[Role], list[Role]]
) -> None:
    schemes = {scheme for operation in served.operations for scheme in operation.needs}

    assert schemes == {role.scheme for role in everybody[0]}


def test_who_has_no_good_token_or_another_kind_of_it_or_not_the_permission_is_refused_and_changes_nothing(
    served: ServingHub, everybody: tuple[list[Role], list[Role]]
) -> None:
    before = served.contents()
    wrong = [
        f"{role.name}: {operation}: {answer.status} {answer.code}, not {role.expected(operation)}"
        for operation, role, answer in _asked(served, [*everybody[0], *everybody[1]], is_refused=True)
        if answer.code not in role.expected(operation) or answer.status != STATUS[answer.code]
    ]

    assert not wrong, "\n".join(wrong)
    assert served.contents() == before


def test_one_refusal_reads_like_another(served: ServingHub, everybody: tuple[list[Role], list[Role]]) -> None:
    told: dict[tuple[str, str], set[str]] = {}
    for _operation, _role, answer in _asked(served, everybody[1], is_refused=True):
        told.setdefault((answer.code, str(answer.body["title"])), set()).add(str(sorted(answer.body)))

    assert len(told) == 1
    assert all(len(forms) == 1 for forms in told.values())


def test_who_may_is_let_in(served: ServingHub, everybody: tuple[list[Role], list[Role]]) -> None:
    wrong = [
        f"{role.name}: {operation}: {answer.status} {answer.code}"
        for operation, role, answer in _asked(served, everybody[0], is_refused=False)
        if answer.status == 401 or answer.code in STATUS or answer.status >= 500
    ]

    assert not wrong, "\n".join(wrong)


def _asked(
    served: ServingHub, roles: list[Role], *, is_refused: bool
) -> Iterator[tuple[Operation, Role, Answered]]:
    for operation in served.operations:
        for role in roles:
            if operation.needs and bool(role.expected(operation)) is is_refused:
                yield operation, role, _ask(served, operation, role)


def _ask(served: ServingHub, operation: Operation, role: Role) -> Answered:
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", NOBODYS_ID)
    sent: dict[str, Any] = {} if operation.body is None else {"json": {}}
    return served.ask(operation.method, path, role.headers, **sent)
