"""A lock waited for over two seconds is SYSTEM_BUSY: told, logged and counted, and nothing is stored."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.monitoring.tables import alerts
from hub_server.signing_keys import HubSigningKeys
from shared.problems import Code
from tests.builders.hub_rows import HubRows
from tests.builders.signed_in import signed_in_admin
from tests.log_rules import ExpectedLogs

SOON_S = 30


@pytest.mark.parametrize(("language", "title"), [("en", "The system is busy"), ("zh-TW", "系統繁忙")])
def test_a_lock_held_too_long_is_system_busy_and_nothing_is_stored(
    client: httpx.Client,
    hub: Hub,
    keys: HubSigningKeys,
    expected_logs: ExpectedLogs,
    language: str,
    title: str,
) -> None:
    rows, context = HubRows(hub.context, keys), hub.context
    admin = signed_in_admin(context)
    alert_id = context.ids.new()
    at = context.clock.now()
    row = {"id": alert_id, "kind": "gap", "subject": "hub", "detail": {}, "status": "raised"}
    rows.insert(alerts, row | {"raised_at": at, "last_at": at})
    is_held, may_end = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        lock_rows(connection, "alert", [alert_id])
        is_held.set()
        assert may_end.wait(SOON_S)

    expected_logs.allow("mps.hub.web", "busy")
    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(context.database.run, hold)
        assert is_held.wait(SOON_S)
        path = f"/api/v1/admin/alerts/{alert_id}/acknowledge"
        answer = client.post(path, headers=admin.headers | {"Accept-Language": language})
        may_end.set()
        holder.result(SOON_S)
    assert (answer.status_code, answer.json()["code"]) == (503, Code.SYSTEM_BUSY.value)
    assert answer.json()["title"].startswith(title)
    assert int(answer.headers["Retry-After"]) > 0
    assert rows.one(alerts, id=alert_id)["status"] == "raised"
    assert rows.rows(audit_events, subject_id=alert_id) == []
    assert hub.figures.busy_count() == 1
    assert "mps_hub_busy_total 1.0" in client.get("/metrics").text
    again = client.post(path, headers=admin.headers)
    assert again.json()["status"] == "acknowledged"
