"""`POST /api/v1/terminals/me/journal` as a terminal meets it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals.tables import terminals
from shared.api.journal import JournalResponse
from shared.journal_entries import Status, verify_decision_on
from shared.problems import Code, Language, catalogue
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows

PATH = "/api/v1/terminals/me/journal"
Post = Callable[..., httpx.Response]


@pytest.fixture
def post(client: httpx.Client, counter: Counter, bearer: Callable[[Counter], dict[str, str]]) -> Post:
    """Post a body as the counter's terminal."""
    authorized = bearer(counter)

    def _post(body: Any, **headers: str) -> httpx.Response:
        return client.post(PATH, json=body, headers={**authorized, **headers})

    return _post


def _body(*texts: str) -> dict[str, list[dict[str, str]]]:
    return {"entries": [{"jws": text} for text in texts]}


def test_the_answer_has_a_result_for_each_entry_in_order(
    post: Post, counter: Counter, rows: HubRows, keys: HubSigningKeys, hub_context: Context
) -> None:
    charge = counter.journal.charge(rows.code(rows.card(), rate=9_500), 29_900)
    response = post(_body("nonsense", charge.jws, counter.journal.entries[0].jws))
    assert response.status_code == 200
    answer = JournalResponse.model_validate_json(response.content)
    bad, paid, genesis = answer.results
    assert (bad.seq, bad.id, bad.status) == (None, None, Status.REJECTED)
    assert (paid.seq, paid.id, paid.status) == (1, charge.id, Status.COMPLETED)
    assert genesis.status is Status.ACCEPTED
    assert paid.transaction is not None
    assert (paid.transaction.payable, paid.transaction.type, paid.transaction.offline) == (
        28_405,
        "charge",
        False,
    )
    assert paid.decision is not None
    decision = verify_decision_on(paid.decision, charge, keys.verifiers)
    assert decision.decided <= answer.hub_time
    assert decision.tx_no == paid.transaction.tx_no
    assert answer.verified_through == 1
    assert answer.incarnation
    assert answer.hub_time == hub_context.clock.now()


@pytest.mark.parametrize(("asked", "language"), [("zh-TW,zh;q=0.9", "zh_TW"), ("en-GB", "en"), ("fr", "en")])
def test_a_refusal_is_told_in_the_language_that_was_asked_for(
    post: Post, counter: Counter, rows: HubRows, asked: str, language: Language
) -> None:
    charge = counter.journal.charge(rows.code(rows.card(0)))
    response = post(_body(charge.jws), **{"Accept-Language": asked})
    error = response.json()["results"][0]["error"]
    titles = {"zh_TW": "餘額不足，請充值", "en": "The balance is not enough"}
    assert (error["code"], error["title"]) == (Code.INSUFFICIENT_BALANCE.value, titles[language])


def test_a_suspended_terminal_may_still_submit_its_journal(
    post: Post, counter: Counter, rows: HubRows
) -> None:
    rows.update(terminals, {"id": counter.terminal_id}, {"status": "suspended"})
    charge = counter.journal.charge(rows.code(rows.card()))
    results = post(_body(counter.journal.entries[0].jws, charge.jws)).json()["results"]
    assert [result["status"] for result in results] == ["accepted", "held"]
    assert results[1]["error"]["code"] == Code.TERMINAL_NOT_ACTIVE.value
    assert results[1]["decision"] is None


@pytest.mark.parametrize("body", [{}, {"entries": []}, {"entries": [{}]}, {"entries": [{"jws": 1}]}, []])
def test_a_malformed_request_is_refused_whole(post: Post, body: Any) -> None:
    response = post(body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == Code.INVALID_REQUEST.value


def test_more_than_two_hundred_entries_are_refused(post: Post, counter: Counter) -> None:
    assert post(_body(*[counter.journal.entries[0].jws] * 201)).status_code == 422
    assert post(_body(*[counter.journal.entries[0].jws] * 200)).status_code == 200


def test_without_a_token_nothing_is_answered(client: httpx.Client, counter: Counter) -> None:
    response = client.post(PATH, json=_body(counter.journal.entries[0].jws))
    assert (response.status_code, response.json()["code"]) == (401, Code.UNAUTHENTICATED.value)


@pytest.mark.parametrize("language", ["en", "zh_TW"])
def test_refunds_and_why_they_are_declined_are_told_in_both_languages(
    post: Post, counter: Counter, rows: HubRows, manager: str, language: Language
) -> None:
    journal = counter.journal
    charge = journal.charge(rows.code(rows.card()), 1_000)
    journal.refund(charge, 400, approved_by=manager)
    asked = {
        Code.REFUND_EXCEEDS_REMAINING: journal.refund(charge, 601, approved_by=manager),
        Code.MANAGER_APPROVAL_REQUIRED: journal.refund(charge, 1, approved_by="nobody"),
        Code.TX_NOT_FOUND: journal.refund("PAY9999999999", 1, approved_by=manager),
        Code.CHARGE_NOT_FOUND: journal.refund(journal.entries[0], 1, approved_by=manager),
    }
    journal.reversal(charge)
    asked[Code.NOT_REFUNDABLE] = journal.refund(charge, 1, approved_by=manager)
    body = _body(*(entry.jws for entry in journal.entries))
    results = post(body, **{"Accept-Language": language.replace("_", "-")}).json()["results"]
    given = results[2]["transaction"]
    assert (given["type"], given["payable"], given["points_earned"]) == ("refund", 400, -4)
    for code, entry in asked.items():
        error = results[entry.seq]["error"]
        told = (results[entry.seq]["status"], error["code"], error["title"])
        assert told == ("declined", code.value, catalogue()[code].titles[language])
