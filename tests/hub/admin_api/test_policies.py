"""Merchants' policies as the hub's admins set them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hub_server.access import LoginRole
from shared.problems import Code
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import SignedIn
from tests.hub.admin_api.conftest import Ask, Told


def test_a_policy_is_set_as_the_next_version_and_told(
    ask: Ask, rows: HubRows, admin: SignedIn, audited: Callable[[], list[str]], told: Told
) -> None:
    shop = rows.shop()
    wanted = {"offline": {"enabled": False, "max_amount": 20_000}, "receipt": {"footer": ["謝謝光臨"]}}
    answer = ask("PUT", f"policies/{shop.merchant_id}", wanted)
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert (made["version"], made["currency"], made["exponent"]) == (2, "TWD", 2)
    assert (made["offline"]["enabled"], made["offline"]["max_amount"]) == (False, 20_000)
    assert (made["offline"]["max_total"], made["receipt"]["footer"]) == (500_000, ["謝謝光臨"])
    assert audited() == ["POLICY_SET"]
    (news,) = told()
    assert news["data"]["policy"] == made
    versions = ask("GET", "policies", merchant_id=shop.merchant_id).json()["items"]
    assert [item["policy"]["version"] for item in versions] == [2, 1]
    assert versions[0]["created_by"] == admin.login_id


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 7},
        {"currency": "USD"},
        {"offline": {"max_amount": -1}},
        {"offline": {"max_amount": 10**30}},
        {"offline": {"max_duration_s": 14_401}},
        {"offline": {"enabled": "yes"}},
        {"skew_s": 61},
        {"live_window_s": 0},
        {"response_timeout_ms": 10**12},
        {"receipt": {"width_mm": 60}},
        {"receipt": {"header": ["\x1b@"]}},
        {"receipt": {"header": ["x" * 65]}},
        {"receipt": {"header": ["x"] * 11}},
    ],
)
def test_what_terminals_could_not_keep_is_refused(
    ask: Ask, rows: HubRows, wrong: dict[str, Any], audited: Callable[[], list[str]]
) -> None:
    shop = rows.shop()
    answer = ask("PUT", f"policies/{shop.merchant_id}", wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_REQUEST.value)
    assert audited() == []


def test_policies_set_at_once_get_versions_of_their_own(ask: Ask, rows: HubRows, told: Told) -> None:
    shop = rows.shop()
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda n: ask("PUT", f"policies/{shop.merchant_id}", {"live_window_s": n}), range(30, 34)
            )
        )
    assert sorted(answer.json()["version"] for answer in answers) == [2, 3, 4, 5]
    versions = [each["data"]["policy"]["version"] for each in told()]
    assert versions == [2, 3, 4, 5]
    first = ask("GET", "policies", merchant_id=shop.merchant_id, limit=3).json()
    ask("PUT", f"policies/{shop.merchant_id}", {})
    rest = ask("GET", "policies", merchant_id=shop.merchant_id, cursor=first["next_cursor"]).json()
    seen = [item["policy"]["version"] for item in first["items"] + rest["items"]]
    assert (seen, rest["next_cursor"]) == ([5, 4, 3, 2, 1], None)


def test_an_unknown_merchant_has_no_policy(ask: Ask, nobodys: str) -> None:
    assert ask("GET", "policies", merchant_id=nobodys).status_code == 404
    for wrong in (nobodys, "M000001"):
        answer = ask("PUT", f"policies/{wrong}", {})
        assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_FOUND.value)
    assert ask("GET", "policies").status_code == 422


@pytest.mark.parametrize("role", [LoginRole.OPERATOR, LoginRole.AUDITOR])
def test_reading_does_not_change(
    ask: Ask, rows: HubRows, by_role: Callable[[LoginRole], SignedIn], role: LoginRole
) -> None:
    shop, reader = rows.shop(), by_role(role)
    assert ask("GET", "policies", by=reader, merchant_id=shop.merchant_id).status_code == 200
    answer = ask("PUT", f"policies/{shop.merchant_id}", {}, by=reader)
    assert (answer.status_code, answer.json()["code"]) == (403, Code.FORBIDDEN.value)
