"""`GET /admin/audit` and `GET /admin/consistency`: what those who may read see."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.audit import Actor, AuditName, record
from hub_server.foundation.context import Context
from shared.clock import to_wire
from shared.problems import Code
from tests.builders.signed_in import SignedIn, signed_in_admin
from tests.fakes.clock import ManualClock

PATH = "/api/v1/admin/audit"
ADMIN = Actor("admin", "a")


@pytest.fixture
def auditor(hub_context: Context, clock: ManualClock) -> SignedIn:
    """Who may read; five events were written, a second apart."""
    for number in range(5):
        name = AuditName.POINTS if number % 2 else AuditName.CARD_FROZEN
        event = ADMIN.did(name, "card", f"c{number % 2}", number=number)
        hub_context.database.run(lambda c, event=event: record(c, clock.now(), [event]))  # type: ignore[misc]
        clock.advance(1_000)
    return signed_in_admin(hub_context, LoginRole.AUDITOR)


def _numbers(client: httpx.Client, auditor: SignedIn, **query: Any) -> list[int]:
    answer = client.get(PATH, params=query, headers=auditor.headers)
    assert answer.status_code == 200, answer.text
    return [item["data"]["number"] for item in answer.json()["items"] if "number" in item["data"]]


def test_events_are_read_the_newest_first_in_pages(client: httpx.Client, auditor: SignedIn) -> None:
    seen: list[int] = []
    cursor: str | None = None
    for _ in range(10):
        query = {"limit": "2"} | ({} if cursor is None else {"cursor": cursor})
        page = client.get(PATH, params=query, headers=auditor.headers).json()
        seen += [item["data"]["number"] for item in page["items"] if "number" in item["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [4, 3, 2, 1, 0]
    assert cursor is None


def test_events_are_found_by_subject_name_and_time(
    client: httpx.Client, auditor: SignedIn, clock: ManualClock
) -> None:
    assert _numbers(client, auditor, subject_kind="card", subject_id="c1") == [3, 1]
    assert _numbers(client, auditor, name="CARD_FROZEN") == [4, 2, 0]
    began = clock.now() - timedelta(seconds=5)
    from_, to = to_wire(began + timedelta(seconds=1)), to_wire(began + timedelta(seconds=3))
    assert _numbers(client, auditor, **{"from": from_, "to": to}) == [2, 1]


@pytest.mark.parametrize(
    "query", [{"cursor": "!"}, {"name": "NOTHING"}, {"from": "yesterday"}, {"limit": "0"}]
)
def test_a_malformed_question_is_refused(
    client: httpx.Client, auditor: SignedIn, query: dict[str, str]
) -> None:
    answer = client.get(PATH, params=query, headers=auditor.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_REQUEST.value)


def test_an_operator_does_not_read_the_audit_log(client: httpx.Client, hub_context: Context) -> None:
    operator = signed_in_admin(hub_context, LoginRole.OPERATOR)
    answer = client.get(PATH, headers=operator.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, Code.FORBIDDEN.value)


def test_before_the_first_check_there_is_no_result(client: httpx.Client, auditor: SignedIn) -> None:
    answer = client.get("/api/v1/admin/consistency", headers=auditor.headers)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["is_clean"], told["began_at"], told["findings"]) == (None, None, [])
