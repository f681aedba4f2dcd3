"""What the web does before any capability is asked."""

import httpx


def test_a_hub_on_a_current_database_is_ready(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_an_unknown_path_is_a_problem_document_in_the_language_asked_for(client: httpx.Client) -> None:
    answer = client.get("/nowhere", headers={"Accept-Language": "zh-TW", "X-Request-Id": "abc-1"})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "NOT_FOUND"
    assert answer.json()["title"] == "查無資料"
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "abc-1"
