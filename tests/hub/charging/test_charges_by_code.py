"""`POST /api/v1/charges`: what completes, what is refused with which code, and what each leaves behind."""

from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from hub_server.audit import SYSTEM
from hub_server.audit.tables import audit_events
from hub_server.bindings.tables import bindings
from hub_server.cards.tables import cards
from hub_server.charging.messages import ChargeRequest, ValidateRequest
from hub_server.charging.repeated_labels import subject_of
from hub_server.foundation.outbox.tables import outbox
from hub_server.idempotency.tables import idempotency_registry
from hub_server.ledger.tables import postings
from hub_server.loyalty.tables import point_ledger
from hub_server.members.tables import members
from hub_server.merchants import suspend_merchant
from hub_server.payment_codes import fresh_secret
from hub_server.payment_codes.tables import payment_codes
from hub_server.transactions.tables import transactions
from shared.api.transactions import CardTypeName, Transaction
from shared.problems import Code, catalogue
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.signed_in import key_headers
from tests.builders.till import CHARGES, VALIDATE, Till
from tests.fakes.clock import ManualClock
from tests.log_rules import ExpectedLogs

Run = Callable[..., Any]


def _events(rows: HubRows) -> Tally[str]:
    return Tally(row["name"] for row in rows.rows(audit_events))


def test_a_charge_is_answered_with_its_transaction(till: Till, rows: HubRows) -> None:
    card = rows.card(points=1_000)
    code = till.code(card)
    before = _events(rows)
    told = till.paid(code, 29_900, order_ref="A-17")
    assert told == Transaction.model_validate(told).model_dump(mode="json")
    assert (told["type"], told["raw_amount"], told["rate"], told["payable"]) == (
        "charge",
        29_900,
        9_500,
        28_405,
    )
    assert (told["points_earned"], told["points_balance"], told["tier"]) == (299, 1_299, 1)
    assert (told["card_last4"], told["offline"], told["overdrawn"]) == (card.card_no[-4:], False, False)
    row = rows.one(transactions, tx_no=told["tx_no"])
    assert (row["merchant_id"], row["member_id"], row["order_ref"]) == (
        till.shop.merchant_id,
        card.member_id,
        "A-17",
    )
    assert (row["store_id"], row["terminal_id"], row["entry_id"], row["entry_seq"]) == (None,) * 4
    assert rows.one(cards, id=card.card_id)["balance"] == 100_000 - 28_405
    assert rows.one(payment_codes, card_id=card.card_id)["state"] == "consumed"
    assert len(rows.rows(postings, transaction_id=row["id"])) == 1
    assert rows.one(point_ledger, transaction_id=row["id"])["change"] == 299
    assert _events(rows) - before == {"PAYMENT": 1, "POINTS": 1}


@pytest.mark.parametrize(
    ("card_type", "fixed_rate", "rate", "points"),
    [
        ("standard", None, 9_000, 100),
        ("prepaid", 9_500, 9_000, 100),
        ("prepaid", 8_000, 8_000, 100),
        ("corporate", 8_800, 8_800, 0),
        ("corporate", None, 10_000, 0),
        ("voucher", None, 10_000, 0),
    ],
)
def test_each_type_of_card_pays_at_the_best_rate_it_has(
    till: Till, rows: HubRows, card_type: CardTypeName, fixed_rate: int | None, rate: int, points: int
) -> None:
    earned = 5_000 if card_type in ("standard", "prepaid") else 0
    card = rows.card(card_type=card_type, fixed_rate=fixed_rate, points=earned)
    told = till.paid(till.code(card), 10_000)
    assert (told["card_type"], told["rate"], told["payable"], told["points_earned"]) == (
        card_type,
        rate,
        rate,
        points,
    )


def test_all_of_the_balance_can_be_paid_and_no_more(till: Till, rows: HubRows) -> None:
    card = rows.card(10_000)
    assert till.charge(till.code(card), 10_001).json()["code"] == Code.INSUFFICIENT_BALANCE.value
    assert till.paid(till.code(card), 10_000)["overdrawn"] is False
    assert rows.one(cards, id=card.card_id)["balance"] == 0


@dataclass(frozen=True, slots=True)
class Scene:
    """What a refusal may be arranged with."""

    till: Till
    rows: HubRows
    card: CardRows
    code: str
    run: Run
    clock: ManualClock

    def spoil_hash(self, secret_hash: str) -> None:
        """Somebody with access to the database puts another hash in its place."""
        self.rows.update(payment_codes, {"card_id": self.card.card_id}, {"secret_hash": secret_hash})

    def set_card(self, **values: Any) -> None:
        """Change the card's row."""
        self.rows.update(cards, {"id": self.card.card_id}, values)

    def cap(self, **caps: int) -> None:
        """The owner's own caps."""
        self.rows.update(bindings, {"card_id": self.card.card_id}, caps)


def _stop(till: Till, run: Run, clock: ManualClock) -> None:
    """The merchant is suspended."""
    merchant_id, at = till.shop.merchant_id, clock.now()
    run(suspend_merchant, merchant_id=merchant_id, at=at, actor=SYSTEM, reason="a test")


def _another_hash(scene: Scene) -> None:
    scene.spoil_hash(fresh_secret(scene.till.context.random_bytes, 4).secret_hash)


# How each refusal of seed 4.1 comes about; what the charge itself asks differently.
REFUSALS: dict[str, tuple[Code, Callable[[Scene], object], dict[str, Any]]] = {
    "the merchant is suspended": (
        Code.MERCHANT_NOT_ACTIVE,
        lambda scene: _stop(scene.till, scene.run, scene.clock),
        {},
    ),
    "no payment code": (Code.INVALID_QR, lambda scene: None, {"code": "https://example.org"}),
    "nothing at all": (Code.INVALID_QR, lambda scene: None, {"code": ""}),
    "far too long": (Code.INVALID_QR, lambda scene: None, {"code": "MPS1:" + "A" * 508}),
    "another hash": (Code.INVALID_QR, _another_hash, {}),
    "an unknown code": (
        Code.INVALID_QR,
        lambda scene: scene.rows.forget_code(scene.rows.one(payment_codes)["code_ref"]),
        {},
    ),
    "expired": (Code.QR_EXPIRED, lambda scene: scene.clock.advance(901_000), {}),
    "replaced": (Code.QR_REVOKED, lambda scene: scene.till.code(scene.card), {}),
    "used": (Code.QR_ALREADY_USED, lambda scene: scene.till.paid(scene.code), {}),
    "another currency": (Code.CURRENCY_MISMATCH, lambda scene: None, {"currency": "USD"}),
    "the member is suspended": (
        Code.MEMBER_NOT_ACTIVE,
        lambda scene: scene.rows.update(members, {"id": scene.card.member_id}, {"status": "suspended"}),
        {},
    ),
    "the card is frozen": (Code.CARD_NOT_ACTIVE, lambda scene: scene.set_card(status="frozen"), {}),
    "the card is lost": (Code.CARD_NOT_ACTIVE, lambda scene: scene.set_card(status="lost"), {}),
    # By its state, as the sweep leaves it: by its time alone the hub's own sweep might come first, and revoke the code.
    "the card has expired": (Code.CARD_EXPIRED, lambda scene: scene.set_card(status="expired"), {}),
    "over a cap": (Code.LIMIT_EXCEEDED, lambda scene: scene.cap(cap_per_charge=9_999), {}),
    "not enough": (Code.INSUFFICIENT_BALANCE, lambda scene: None, {"amount": 100_001}),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_kept_and_told_in_both_languages(
    name: str, till: Till, rows: HubRows, run: Run, clock: ManualClock
) -> None:
    expected, arrange, asked = REFUSALS[name]
    card = rows.card()
    scene = Scene(till, rows, card, till.code(card), run, clock)
    arrange(scene)
    before, balance = _events(rows), rows.one(cards, id=card.card_id)["balance"]
    key, asked = till.new_key(), {"code": scene.code} | asked
    first, again = (till.charge(**asked, key=key, language=language) for language in ("en", "zh-TW"))
    row = catalogue()[expected]
    for answer, title in ((first, row.titles["en"]), (again, row.titles["zh_TW"])):
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, problem["code"]) == (row.http_status, expected.value)
        assert problem["title"] == title
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json()["detail"] == again.json()["detail"]
    kept = rows.one(idempotency_registry, key=key)
    assert (kept["code"], kept["transaction_id"]) == (expected.value, None)
    assert _events(rows) - before == {"PAYMENT_DECLINED": 1}
    declined = rows.rows(audit_events, name="PAYMENT_DECLINED")[-1]
    assert (declined["subject_id"], declined["data"]["code"]) == (till.shop.merchant_id, expected.value)
    assert rows.one(cards, id=card.card_id)["balance"] == balance


def test_no_refusal_tells_or_keeps_the_code(till: Till, rows: HubRows) -> None:
    code = till.code(rows.card(0))
    answer = till.charge(code)
    secret = code.removeprefix("MPS1:")[:40]
    kept = [rows.rows(table) for table in (audit_events, idempotency_registry, outbox)]
    assert secret not in answer.text + str(kept)


@pytest.mark.parametrize("written", ["", "no hash", "$2b$04$short"])
def test_what_is_no_hash_at_all_makes_the_code_invalid(
    written: str, till: Till, rows: HubRows, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub.codes", "hash")
    card = rows.card()
    code = till.code(card)
    rows.update(payment_codes, {"card_id": card.card_id}, {"secret_hash": written})
    assert till.charge(code).json()["code"] == Code.INVALID_QR.value
    assert till.validate(code).json()["code"] == Code.INVALID_QR.value


# What is refused before anything is looked up, and leaves nothing.


@pytest.mark.parametrize("amount", [0, -1, 100_000_000, 10**30])
def test_an_amount_out_of_bounds_is_refused_before_anything_is_kept(
    amount: int, till: Till, rows: HubRows
) -> None:
    answer = till.charge(till.code(rows.card()), amount)
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_AMOUNT.value)
    assert rows.rows(idempotency_registry) == []
    (declined,) = rows.rows(audit_events, name="PAYMENT_DECLINED")
    assert (declined["subject_id"], declined["data"]) == (
        till.shop.merchant_id,
        {"key": "order-1", "code": Code.INVALID_AMOUNT.value},
    )
    assert 'mps_hub_refusals_total{code="INVALID_AMOUNT"} 1.0' in till.client.get("/metrics").text


@pytest.mark.parametrize(
    "body",
    [
        {"amount": "10000"},
        {"amount": 100.0},
        {"amount": True},
        {"currency": "twd"},
        {"order_ref": ""},
        {"order_ref": "A" * 65},
        {"order_ref": "A\n17"},
        {"tip": 5},
        {"code": None},
    ],
)
def test_a_malformed_request_is_refused_before_anything_is_kept(
    body: dict[str, Any], till: Till, rows: HubRows
) -> None:
    answer = till.client.post(
        CHARGES,
        json={"code": "MPS1:A", "amount": 10_000, "currency": "TWD"} | body,
        headers=till.headers | {"Idempotency-Key": "one"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_REQUEST.value)
    assert rows.rows(idempotency_registry) == []


@pytest.mark.parametrize("key", [None, "", "two words", "a" * 129, "caf\xe9"])
def test_a_charge_needs_a_key_of_visible_ascii(key: str | None, till: Till, rows: HubRows) -> None:
    headers = till.headers | ({} if key is None else {"Idempotency-Key": key})
    answer = till.client.post(
        CHARGES,
        json={"code": "MPS1:A", "amount": 1, "currency": "TWD"},
        headers=[(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    )
    assert (answer.status_code, answer.json()["code"]) == (422, Code.INVALID_REQUEST.value)
    assert rows.rows(idempotency_registry) == []


@pytest.mark.parametrize("code", [r"\ud800", r"MPS1:\u0660", r"MPS1:\u00e9"])
@pytest.mark.parametrize("path", [CHARGES, VALIDATE])
def test_text_that_no_code_is_made_of_is_refused_and_nothing_breaks(path: str, code: str, till: Till) -> None:
    rest = "" if path == VALIDATE else ', "amount": 1, "currency": "TWD"'
    headers = till.headers | {"Idempotency-Key": "one", "Content-Type": "application/json"}
    answer = till.client.post(path, content=f'{{"code": "{code}"{rest}}}', headers=headers)
    assert answer.status_code == 422
    assert answer.json()["code"] in (Code.INVALID_QR.value, Code.INVALID_REQUEST.value)


def test_without_a_key_of_the_merchant_or_its_scope_nobody_charges(till: Till, rows: HubRows) -> None:
    code = till.code(rows.card())
    nobody = till.charge(code, headers={"X-Request-Id": "1"})
    reader = till.charge(code, headers=key_headers(till.context, till.shop.merchant_id, ("read",)))
    assert (nobody.status_code, nobody.json()["code"]) == (401, Code.UNAUTHENTICATED.value)
    assert (reader.status_code, reader.json()["code"]) == (403, Code.FORBIDDEN.value)
    assert rows.rows(idempotency_registry) == []
    assert till.charge(code).status_code == 200


def test_amount_then_key_then_merchant_come_before_the_code(
    till: Till, rows: HubRows, run: Run, clock: ManualClock
) -> None:
    till.paid(till.code(rows.card()), key="used")
    _stop(till, run, clock)
    refused = [
        till.charge("no code", 0, key="used"),
        till.charge("no code", key="used"),
        till.charge("no code"),
    ]
    assert [answer.json()["code"] for answer in refused] == [
        Code.INVALID_AMOUNT.value,
        Code.IDEMPOTENCY_CONFLICT.value,
        Code.MERCHANT_NOT_ACTIVE.value,
    ]


# Labels


def test_a_second_charge_under_one_label_completes_and_raises_an_alert(till: Till, rows: HubRows) -> None:
    for _ in range(2):
        till.paid(till.code(rows.card()), order_ref="A-17")
    till.paid(till.code(rows.card()), order_ref="A-18")
    alerts = [row["payload"] for row in rows.rows(outbox, topic="alert")]
    assert alerts == [
        {
            "kind": "order_ref_repeated",
            "subject": f"{till.shop.merchant_id}:A-17",
            "detail": {"order_ref": "A-17"},
        }
    ]


@pytest.mark.parametrize("label", ["A", "A" * 27, "A" * 28, "A" * 63 + "B", "訂" * 64])
def test_each_label_has_an_alert_of_its_own_whose_subject_fits(label: str) -> None:
    merchant_id = "01a202b2-c500-7540-8e32-dab355893f18"
    subject = subject_of(merchant_id, label)
    assert len(subject) <= 64
    assert subject.startswith(merchant_id + ":")
    assert subject != subject_of(merchant_id, "C" + label[1:])
    assert (label in subject) == (len(label) <= 27)


def test_a_code_with_one_character_changed_is_invalid(till: Till, rows: HubRows) -> None:
    code = till.code(rows.card())
    changed = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert till.charge(changed).json()["code"] == Code.INVALID_QR.value
    assert till.charge(code).status_code == 200


def test_a_request_does_not_show_its_code_where_it_is_represented() -> None:
    asked = ChargeRequest(code="MPS1:SECRET", amount=1, currency="TWD")
    assert "SECRET" not in repr(asked) + repr(ValidateRequest(code="MPS1:SECRET"))
