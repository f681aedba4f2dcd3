"""`POST /api/v1/payment-codes/validate`: it answers as a charge would, and moves nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from hub_server.access import KeyHolder
from hub_server.access.queries import ApiKeyRow
from hub_server.audit import SYSTEM
from hub_server.cards.tables import cards
from hub_server.charging import suspend_service
from hub_server.charging.take_charge import ChargeDesk
from hub_server.charging.validate_code import GoodCode
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection, metadata
from hub_server.members.tables import members
from hub_server.merchants import suspend_merchant
from hub_server.payment_codes import fresh_secret
from hub_server.payment_codes.tables import payment_codes
from hub_server.signing_keys import HubSigningKeys
from shared.clock import to_wire
from shared.problems import Code, Refusal, catalogue
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.signed_in import key_headers
from tests.builders.till import VALIDATE, Till
from tests.fakes.clock import ManualClock

Run = Callable[..., Any]
Arrange = Callable[[Till, CardRows, str], object]


def test_a_good_code_is_told_with_its_terms(till: Till, rows: HubRows) -> None:
    card = rows.card(card_type="prepaid", fixed_rate=8_800, points=1_000)
    answer = till.validate(till.code(card))
    row = rows.one(payment_codes, card_id=card.card_id)
    assert answer.status_code == 200
    assert answer.json() == {
        "valid": True,
        "card_type": "prepaid",
        "tier": 1,
        "rate": 8_800,
        "currency": "TWD",
        "card_last4": card.card_no[-4:],
        "expires_at": to_wire(row["expires_at"]),
    }


def test_it_may_be_asked_again_and_the_code_still_pays(till: Till, rows: HubRows) -> None:
    code = till.code(rows.card())
    assert [till.validate(code).status_code for _ in range(3)] == [200, 200, 200]
    assert till.charge(code).status_code == 200


def _change(table: Any, key: str, **values: Any) -> Arrange:
    def arrange(till: Till, card: CardRows, _code: str) -> None:
        till.rows.update(table, {key: card.member_id if table is members else card.card_id}, values)

    return arrange


def _another_hash(till: Till, card: CardRows, _code: str) -> None:
    made = fresh_secret(till.context.random_bytes, 4).secret_hash
    till.rows.update(payment_codes, {"card_id": card.card_id}, {"secret_hash": made})


def _expire(till: Till, _card: CardRows, _code: str) -> None:
    clock = till.context.clock
    assert isinstance(clock, ManualClock)
    clock.advance(901_000)


def _suspend(till: Till, _card: CardRows, _code: str) -> None:
    at, merchant_id = till.context.clock.now(), till.shop.merchant_id
    till.context.database.run(
        lambda c: suspend_merchant(c, merchant_id=merchant_id, at=at, actor=SYSTEM, reason="a test")
    )


def _suspend_service(till: Till, _card: CardRows, _code: str) -> None:
    at = till.context.clock.now()
    till.context.database.run(lambda c: suspend_service(c, at=at, actor=SYSTEM, reason="an exercise"))


REFUSALS: list[tuple[Code, Arrange]] = [
    (Code.MERCHANT_NOT_ACTIVE, _suspend),
    (Code.INVALID_QR, _another_hash),
    (Code.QR_EXPIRED, _expire),
    (Code.QR_REVOKED, lambda till, card, _code: till.code(card)),
    (Code.QR_ALREADY_USED, lambda till, _card, code: till.paid(code)),
    (Code.SERVICE_SUSPENDED, _suspend_service),
    (Code.MEMBER_NOT_ACTIVE, _change(members, "id", status="suspended")),
    (Code.CARD_NOT_ACTIVE, _change(cards, "id", status="frozen")),
    (Code.CARD_EXPIRED, _change(cards, "id", status="expired")),
]


@pytest.mark.parametrize(("expected", "arrange"), REFUSALS)
def test_a_code_that_would_be_refused_is_told_so_as_a_charge_would(
    expected: Code, arrange: Arrange, till: Till, rows: HubRows
) -> None:
    card = rows.card()
    code = till.code(card)
    arrange(till, card, code)
    answer, charged = till.validate(code), till.charge(code)
    assert (answer.status_code, answer.json()["code"]) == (catalogue()[expected].http_status, expected.value)
    assert f'mps_hub_refusals_total{{code="{expected.value}"}} 2.0' in till.client.get("/metrics").text
    same = ("type", "title", "status", "detail", "code")
    assert {name: answer.json()[name] for name in same} == {name: charged.json()[name] for name in same}


def test_what_is_no_code_is_invalid_and_what_is_no_request_malformed(till: Till) -> None:
    assert till.validate("hello").json()["code"] == Code.INVALID_QR.value
    answer = till.client.post(VALIDATE, json={}, headers=till.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_REQUEST.value)


def test_it_needs_a_key_that_may_charge(till: Till, rows: HubRows) -> None:
    body = {"code": till.code(rows.card())}
    nobody = till.client.post(VALIDATE, json=body)
    reader = till.client.post(
        VALIDATE, json=body, headers=key_headers(till.context, till.shop.merchant_id, ("read", "refund"))
    )
    assert (nobody.status_code, reader.status_code) == (401, 403)


def _counts(connection: Connection) -> dict[str, int]:
    return {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
        for table in metadata.sorted_tables
    }


def test_a_code_of_another_currency_than_the_hubs_is_told_so(
    hub_context: Context, keys: HubSigningKeys, till: Till, rows: HubRows
) -> None:
    code = till.code(rows.card())
    settings = hub_context.settings.model_copy(update={"currency": "USD"})
    desk = ChargeDesk(replace(hub_context, settings=settings), keys.verifiers)
    assert desk.validate(_holder(till), code) == Refusal(Code.CURRENCY_MISMATCH)


def _holder(till: Till) -> KeyHolder:
    context = till.context
    return KeyHolder(
        ApiKeyRow(
            id=context.ids.new(),
            merchant_id=till.shop.merchant_id,
            scopes=("charge",),
            created_at=context.clock.now(),
        )
    )


def test_no_row_is_written_or_changed(hub_context: Context, keys: HubSigningKeys, rows: HubRows) -> None:
    card = rows.card()
    with httpx.Client() as nobody:  # the hub does not serve, so that none of its jobs writes either
        till = Till(hub_context, keys, rows, nobody)
        code = till.code(card)
    holder = _holder(till)
    desk = ChargeDesk(hub_context, keys.verifiers)
    tables = (cards, payment_codes, members)
    before = hub_context.database.read(_counts), [rows.rows(table) for table in tables]
    assert isinstance(desk.validate(holder, code), GoodCode)
    assert isinstance(desk.validate(holder, code[:-1]), Refusal)
    assert (hub_context.database.read(_counts), [rows.rows(table) for table in tables]) == before
