"""What the hub says on the wire is exactly what `shared.api` says it says: nothing more, nothing spelled otherwise."""

import json
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from shared.api.changes import (
    CodeRevoked,
    Covered,
    KeysChanged,
    MerchantChanged,
    Notice,
    PolicyChanged,
    Settled,
    StaffChanged,
    StoreChanged,
    TerminalChanged,
)
from shared.api.journal import MAX_BATCH, JournalResponse
from shared.api.members import CardList, IssuedCode, MemberTokens, OtpChallenge, TransactionList
from shared.api.terminals import Enrolment, EnrolRequest, TokenResponse
from shared.clock import from_wire
from shared.problems import Code, Problem, catalogue
from shared.signing import Ed25519Signer, Jwks, PublicJwk
from tests.system.hand_terminal import HandTerminal, enrol_by_hand
from tests.system.processes import member_with
from tests.system.shop import Shop

_HTTP_S = 20
_EVENTS: dict[str, type[BaseModel]] = {
    "policy": PolicyChanged,
    "store": StoreChanged,
    "staff": StaffChanged,
    "terminal": TerminalChanged,
    "keys": KeysChanged,
    "code_revoked": CodeRevoked,
    "covered": Covered,
    "settled": Settled,
    "merchant": MerchantChanged,
    "notice": Notice,
}


def _says_exactly(model: type[BaseModel], text: str | bytes) -> None:
    """The text is the model's own: a member that the model would ignore, or spell otherwise, fails."""
    told = json.loads(text)
    read = json.loads(model.model_validate_json(text).model_dump_json())
    assert _without_nulls(told) == _without_nulls(read)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(held) for name, held in value.items() if held is not None}
    return [_without_nulls(held) for held in value] if isinstance(value, list) else value


def _enrol(shop: Shop, code: str, language: str = "en") -> httpx.Response:
    request = EnrolRequest(
        enrolment_code=code,
        public_key=PublicJwk.of(Ed25519Signer.generate().public_bytes),
        name="contract",
        app_version="1.0.0",
    )
    headers = {"Content-Type": "application/json", "Accept-Language": language}
    url = f"{shop.hub.url}/api/v1/terminals/enrol"
    return httpx.post(
        url, content=request.model_dump_json(exclude_none=True), headers=headers, timeout=_HTTP_S
    )


def _journal(terminal: HandTerminal, content: bytes) -> httpx.Response:
    headers = {"Content-Type": "application/json", **terminal.authorisation()}
    url = f"{terminal.hub_url}/api/v1/terminals/me/journal"
    return httpx.post(url, content=content, headers=headers, timeout=_HTTP_S)


def test_an_enrolment_says_what_the_terminal_reads(shop: Shop) -> None:
    answer = _enrol(shop, shop.enrolment_code())
    assert answer.status_code == 201
    _says_exactly(Enrolment, answer.content)
    assert Enrolment.model_validate_json(answer.content).hub == shop.hub.url


def test_the_key_set_verifies_what_the_hub_signs(shop: Shop, terminal: HandTerminal) -> None:
    answer = httpx.get(f"{shop.hub.url}/.well-known/jwks.json", timeout=_HTTP_S)
    _says_exactly(Jwks, answer.content)
    told = Jwks.model_validate_json(answer.content).hub_keys().keys()
    assert told == terminal.enrolment.jwks.hub_keys().keys() == shop.keys.verifiers.keys()


def test_results_of_every_kind_say_what_the_terminal_reads(shop: Shop, terminal: HandTerminal) -> None:
    good, poor, late = shop.payment_code(), shop.payment_code(), shop.payment_code()
    completed = terminal.charge(good.text, 10_000, order_ref="A-1")
    declined = terminal.charge(poor.text, 99_999_999)
    unconfirmed = terminal.charge(late.text, 10_000, age_s=600)
    reversal = terminal.reversal(completed)
    texts = [entry.jws for entry in (completed, declined, unconfirmed, reversal)] + ["no entry"]
    body = json.dumps({"entries": [{"jws": text} for text in texts]}).encode()
    answer = _journal(terminal, body)
    assert answer.status_code == 200, answer.text
    _says_exactly(JournalResponse, answer.content)
    statuses = [result.status for result in JournalResponse.model_validate_json(answer.content).results]
    assert statuses[1:] == ["declined", "unconfirmed", "reversed", "rejected"]


def test_a_token_says_what_the_terminal_reads_and_its_refusal_is_in_the_form_of_oauth(shop: Shop) -> None:
    terminal = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    url = f"{shop.hub.url}/api/v1/oauth/token"
    with httpx.Client(timeout=_HTTP_S) as client:
        good = client.post(url, data=terminal.token_request())
        _says_exactly(TokenResponse, good.content)
        other = {**terminal.token_request(), "client_assertion": "a.b.c"}
        refused = client.post(url, data=other)
    assert refused.status_code in (400, 401)
    assert refused.json()["error"] == "invalid_client"


def test_an_assertion_is_good_once(shop: Shop, terminal: HandTerminal) -> None:
    url, form = f"{shop.hub.url}/api/v1/oauth/token", terminal.token_request()
    first, second = (httpx.post(url, data=form, timeout=_HTTP_S) for _ in range(2))
    assert first.status_code == 200
    assert second.json() == {"error": "invalid_client"}


def test_members_pages_say_what_their_models_say(shop: Shop) -> None:
    member = member_with(shop.demo)
    headers = {"Authorization": f"Bearer {member['access_token']}"}
    with httpx.Client(base_url=f"{shop.hub.url}/api/v1", headers=headers, timeout=_HTTP_S) as client:
        cards = client.get("/me/cards")
        _says_exactly(CardList, cards.content)
        _says_exactly(TransactionList, client.get("/me/transactions").content)
        card_id = CardList.model_validate_json(cards.content).items[0].card_id
        _says_exactly(IssuedCode, client.post(f"/me/cards/{card_id}/payment-code").content)


def test_one_time_passwords_say_what_their_models_say(shop: Shop) -> None:
    phone = shop.demo["members"][1]["phone"]
    with httpx.Client(base_url=f"{shop.hub.url}/api/v1", timeout=_HTTP_S) as client:
        asked = client.post("/auth/otp", json={"phone": phone, "purpose": "sign_in"})
        _says_exactly(OtpChallenge, asked.content)
        sent = [json.loads(line) for line in shop.hub.sms_file.read_text().splitlines()]
        text = next(message["text"] for message in reversed(sent) if message["to"] == phone)
        digits = next(word for word in _digits(text) if len(word) == 6)
        body = {"challenge_id": asked.json()["challenge_id"], "code": digits}
        _says_exactly(MemberTokens, client.post("/auth/otp/verify", json=body).content)


def _digits(text: str) -> list[str]:
    return "".join(c if c.isdecimal() else " " for c in text).split()


@pytest.mark.parametrize(("language", "catalogued"), [("zh-TW", "zh_TW"), ("en", "en")])
def test_a_refusal_is_a_problem_document_in_the_language_asked_for(
    shop: Shop, language: str, catalogued: str
) -> None:
    answer = _enrol(shop, "0000000000", language)
    assert answer.headers["content-type"].startswith("application/problem+json")
    _says_exactly(Problem, answer.content)
    problem = Problem.model_validate_json(answer.content)
    row = catalogue()[Code.ENROLMENT_CODE_INVALID]
    assert (problem.code, problem.status, answer.status_code) == (row.code, row.http_status, row.http_status)
    assert problem.title == dict(row.titles)["zh_TW" if catalogued == "zh_TW" else "en"]
    assert problem.request_id


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half a document"),
        pytest.param(b'{"entries": []}', id="no entries"),
        pytest.param(b'{"entries": [{"jws": 7}]}', id="an entry that is a number"),
        pytest.param(b'{"entries": [{"jws": "a", "jsw": "b"}]}', id="a member nobody knows"),
        pytest.param(
            json.dumps({"entries": [{"jws": "a"}] * (MAX_BATCH + 1)}).encode(), id="one entry too many"
        ),
    ],
)
def test_a_malformed_request_is_refused_whole_and_changes_nothing(
    shop: Shop, terminal: HandTerminal, content: bytes
) -> None:
    known = shop.entries_of(terminal.id)
    answer = _journal(terminal, content)
    assert answer.status_code == 422
    problem = Problem.model_validate_json(answer.content)
    assert problem.code is Code.INVALID_REQUEST
    assert shop.entries_of(terminal.id) == known


def test_a_request_over_a_mebibyte_is_refused(terminal: HandTerminal) -> None:
    answer = _journal(terminal, b" " * ((1 << 20) + 1))
    assert answer.status_code == 413
    assert Problem.model_validate_json(answer.content).code is Code.PAYLOAD_TOO_LARGE


def test_a_stranger_gets_nothing(shop: Shop) -> None:
    for token in ("", "Bearer", "Bearer nobody", "Basic bm9ib2R5"):
        answer = httpx.post(
            f"{shop.hub.url}/api/v1/terminals/me/journal",
            json={"entries": [{"jws": "a"}]},
            headers={"Authorization": token} if token else {},
            timeout=_HTTP_S,
        )
        assert answer.status_code == 401
        assert Problem.model_validate_json(answer.content).code is Code.UNAUTHENTICATED


def test_the_feed_says_what_the_terminal_reads(shop: Shop, terminal: HandTerminal) -> None:
    policy = shop.set_policy(terminal.enrolment.policy)
    versions: list[int] = []
    kind, comments = "", []
    with terminal.feed() as lines:
        for line in lines:
            name, _, value = line.partition(": ")
            if name == "" and value:
                comments.append(value)
            elif name == "event":
                kind = value
            elif name == "data":
                _says_exactly(_EVENTS[kind], value)
                if kind == "policy":
                    versions.append(PolicyChanged.model_validate_json(value).policy.version)
            # An earlier test's policy may come before it.
            if comments and policy.version in versions:
                break
    assert versions == sorted(set(versions))
    word, _, instant = comments[-1].partition(" ")
    assert word == "hub_time"
    assert from_wire(instant) >= terminal.enrolment.hub_time
