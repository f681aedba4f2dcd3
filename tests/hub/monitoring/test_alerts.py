"""Alerts are coalesced, attended to by people, and each step is told in the audit log (domain.md, Cases)."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_server.access import LoginRole
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub
from hub_server.foundation.context import Context
from hub_server.foundation.outbox import ALERT, News, enqueue
from hub_server.signing_keys import HubSigningKeys
from shared.clock import to_wire
from shared.problems import Code
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import signed_in_admin
from tests.fakes.clock import ManualClock

PATH = "/api/v1/admin/alerts"
Raise = Callable[..., None]


@pytest.fixture
def raise_alert(hub: Hub, hub_context: Context) -> Raise:
    """`raise_alert(kind, subject, …)`: an alert with such a detail, through the outbox."""

    def _raise(kind: str, subject: str = "hub", **detail: Any) -> None:
        at = hub_context.clock.now()
        news = [News(ALERT, {"kind": kind, "subject": subject, "detail": detail or {"n": 1}})]
        hub_context.database.run(lambda c: enqueue(c, at, news))
        hub.dispatcher.dispatch()

    return _raise


def _get(client: httpx.Client, headers: dict[str, str], **query: Any) -> dict[str, Any]:
    answer = client.get(PATH, params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def test_an_alert_goes_from_raised_to_acknowledged_to_resolved_with_who_when_and_a_note(
    client: httpx.Client, hub_context: Context, keys: HubSigningKeys, raise_alert: Raise, clock: ManualClock
) -> None:
    first, second = (signed_in_admin(hub_context, LoginRole.OPERATOR) for _ in range(2))
    raise_alert("gap")
    raise_alert("gap")
    (alert,) = _get(client, first.headers)["items"]
    assert (alert["status"], alert["count"], alert["note"]) == ("raised", 2, None)
    path = f"{PATH}/{alert['id']}"
    taken = client.post(f"{path}/acknowledge", json={"note": "looking"}, headers=first.headers).json()
    assert (taken["status"], taken["acknowledged_by"], taken["note"]) == (
        "acknowledged",
        first.login_id,
        "looking",
    )
    clock.advance(60_000)
    again = client.post(f"{path}/acknowledge", headers=second.headers).json()
    assert again == taken  # taken up already, by whomever
    done = client.post(f"{path}/resolve", json={"note": "the cable"}, headers=second.headers).json()
    assert (done["status"], done["resolved_by"], done["note"]) == ("resolved", second.login_id, "the cable")
    assert done["acknowledged_at"] < done["resolved_at"]
    names = [row["name"] for row in HubRows(hub_context, keys).rows(audit_events, subject_id=alert["id"])]
    assert names == ["ALERT_ACKNOWLEDGED", "ALERT_RESOLVED"]


def test_nobody_resolves_what_nobody_took_up_nor_takes_up_what_is_resolved(
    client: httpx.Client, hub_context: Context, raise_alert: Raise
) -> None:
    admin = signed_in_admin(hub_context)
    raise_alert("gap")
    path = f"{PATH}/{_get(client, admin.headers)['items'][0]['id']}"
    early = client.post(f"{path}/resolve", headers=admin.headers)
    assert (early.status_code, early.json()["code"]) == (409, Code.CONTRADICTORY_ENTRY.value)
    for verb in ("acknowledge", "resolve"):
        assert client.post(f"{path}/{verb}", headers=admin.headers).status_code == 200
    late = client.post(f"{path}/acknowledge", headers=admin.headers)
    assert (late.status_code, late.json()["code"]) == (409, Code.CONTRADICTORY_ENTRY.value)


def test_what_happens_again_after_somebody_took_it_up_is_a_new_alert(
    client: httpx.Client, hub_context: Context, raise_alert: Raise, clock: ManualClock
) -> None:
    admin = signed_in_admin(hub_context)
    raise_alert("gap")
    first = _get(client, admin.headers)["items"][0]["id"]
    client.post(f"{PATH}/{first}/acknowledge", headers=admin.headers)
    clock.advance(1_000)
    raise_alert("gap")
    page = _get(client, admin.headers, limit=1)
    assert (page["items"][0]["status"], page["items"][0]["count"]) == ("raised", 1)
    rest = _get(client, admin.headers, limit=1, cursor=page["next_cursor"])
    assert ([each["id"] for each in rest["items"]], rest["next_cursor"]) == ([first], None)
    open_ones = _get(client, admin.headers, status="raised")["items"]
    assert [each["id"] for each in open_ones] == [page["items"][0]["id"]]


def test_what_coalesced_alerts_told_is_kept_and_what_is_too_much_is_counted(
    client: httpx.Client, hub_context: Context, raise_alert: Raise, clock: ManualClock
) -> None:
    admin = signed_in_admin(hub_context)
    first_at = to_wire(clock.now())
    for seq in (1, 1, 2):
        raise_alert("journal_fork", seqs=[seq])
    (alert,) = _get(client, admin.headers)["items"]
    assert (alert["count"], alert["detail"]["seqs"]) == (3, [2])
    assert alert["detail"]["earlier"] == [{"at": first_at, "detail": {"seqs": [1]}}]
    for seq in range(3, 15):
        clock.advance(1_000)
        raise_alert("journal_fork", seqs=[seq])
    (alert,) = _get(client, admin.headers)["items"]
    shown = [each["detail"]["seqs"][0] for each in alert["detail"]["earlier"]]
    assert (alert["detail"]["seqs"], shown) == ([14], list(range(13, 3, -1)))
    assert (alert["detail"]["earlier_not_shown"], alert["count"]) == (3, 15)


def test_an_auditor_reads_alerts_and_does_not_touch_them(
    client: httpx.Client, hub_context: Context, raise_alert: Raise
) -> None:
    auditor = signed_in_admin(hub_context, LoginRole.AUDITOR)
    raise_alert("gap")
    alert = _get(client, auditor.headers)["items"][0]
    refused = client.post(f"{PATH}/{alert['id']}/acknowledge", headers=auditor.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, Code.FORBIDDEN.value)


@pytest.mark.parametrize("alert_id", ["0199aaaa-0000-7000-8000-000000000000", "x"])
def test_an_unknown_alert_is_not_found(client: httpx.Client, hub_context: Context, alert_id: str) -> None:
    admin = signed_in_admin(hub_context)
    answer = client.post(f"{PATH}/{alert_id}/acknowledge", headers=admin.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_FOUND.value)
