"""Members who cheat offline: one code at many tills, many cards at one till (protocol.md 5, Loss bounds).

Real tills, a real hub, and a line that is cut. What the issuer loses is what the cards end below zero.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import sqlalchemy as sa

from hub_server.audit import Actor
from hub_server.cards.tables import cards
from hub_server.foundation.outbox.tables import outbox
from hub_server.monitoring.tables import alerts
from hub_server.payment_codes import CARD_REF_RANDOM_BYTES, CodeOrder, fresh_secret, issue_codes
from pos_app.features.charging.outcomes import NotPaid, Outcome, PaidOffline
from shared.api.policy import OfflinePolicy, Policy
from shared.payment_code import read_payment_code
from shared.problems import Code, Refusal
from tests.fakes.line import Line, LineFault
from tests.system.invariants import all_hold
from tests.system.shop import Shop
from tests.system.till import Till, enrol_here

K: Final = 5
_HTTP_S: Final = 20
_CHEAPEST: Final = 4
_TEST: Final = Actor("system", "test")


@pytest.fixture
def tills(shop: Shop, line: Line, tmp_path: Path) -> Iterator[list[Till]]:
    """Five tills that are online and have nothing waiting."""
    with ExitStack() as opened:
        made = []
        for number in range(K):
            folder = tmp_path / f"till-{number}"
            enrol_here(folder, line.url, shop.enrolment_code())
            made.append(opened.enter_context(Till(folder)))
        yield [till.wait_online() for till in made]


def test_one_code_at_five_offline_tills_costs_its_limit_at_each_and_the_card_is_frozen(
    tills: list[Till], shop: Shop, line: Line
) -> None:
    shown = shop.payment_code()
    limit = read_payment_code(shown.text, shop.keys.verifiers).claims.offline_limit
    assert limit > 0
    _spend_all_by_another_code(shop, shown.card_no)
    assert shop.balance(shown.card_no) == 0
    line.become(LineFault.REFUSE)
    approved: dict[str, int] = {}
    for till in tills:
        till.wait_offline()
        over = till.charge(shown.text, limit + 1).outcome
        assert isinstance(over, NotPaid)
        assert over.refusal.code is Code.OFFLINE_LIMIT_EXCEEDED
        _note(till.charge(shown.text, limit).outcome, approved)
        again = till.read(shown.text)
        assert isinstance(again, Refusal), "one till takes a code once"
        assert again.code is Code.QR_ALREADY_USED
    line.become(LineFault.NONE)
    for till in tills:
        till.wait_online()
    lost = -shop.balance(shown.card_no)
    assert lost == K * limit, "the formula is reached, since nothing was left on the card, and not passed"
    [card] = shop.read(sa.select(cards.c.id, cards.c.status).where(cards.c.card_no == shown.card_no))
    assert card["status"] == "frozen"
    assert card["id"] in _alerted_subjects(shop)
    all_hold(shop, *(till.folder for till in tills), approved=approved)


def test_many_cards_cost_one_till_at_most_its_total_between_two_contacts(
    shop: Shop, line: Line, policy: Policy, tmp_path: Path
) -> None:
    most, each = 100_000, 30_000
    shop.set_policy(policy.model_copy(update={"offline": OfflinePolicy(max_total=most, soft_total=most)}))
    enrol_here(tmp_path, line.url, shop.enrolment_code())
    approved: dict[str, int] = {}
    for _ in range(2):
        with Till(tmp_path) as till:
            till.wait_online()
            line.become(LineFault.REFUSE)
            till.wait_offline()
            before = sum(approved.values())
            for amount in (each, each, each):
                _note(till.charge(shop.payment_code().text, amount).outcome, approved)
            assert _refusal(till, shop, each) is Code.OFFLINE_LIMIT_EXCEEDED
            _note(till.charge(shop.payment_code().text, most - 3 * each).outcome, approved)
            assert sum(approved.values()) - before == most
            assert _refusal(till, shop, 1) is Code.OFFLINE_LIMIT_EXCEEDED
        # Switching it off and on again is no contact.
        with Till(tmp_path) as till:
            till.wait_offline()
            assert _refusal(till, shop, 1) is Code.OFFLINE_LIMIT_EXCEEDED
            line.become(LineFault.NONE)
            till.wait_online()
    all_hold(shop, tmp_path, approved=approved)


def _note(outcome: Outcome, approved: dict[str, int]) -> None:
    assert isinstance(outcome, PaidOffline), outcome
    approved[outcome.entry.entry_id] = outcome.payable


def _refusal(till: Till, shop: Shop, amount: int) -> Code:
    outcome = till.charge(shop.payment_code().text, amount).outcome
    assert isinstance(outcome, NotPaid), outcome
    return outcome.refusal.code


def _new_code(shop: Shop, card_no: str) -> str:
    """One more code of the card, which replaces the one before it."""
    [row] = shop.read(sa.select(cards.c.id).where(cards.c.card_no == card_no))
    order = CodeOrder(
        card_id=row["id"],
        member_id=None,
        fresh=fresh_secret(shop.context.random_bytes, _CHEAPEST),
        ref_random=shop.context.random_bytes(CARD_REF_RANDOM_BYTES),
    )
    [made] = shop.context.database.run(
        lambda connection: issue_codes(
            connection, shop.keys, shop.context.settings, [order], at=shop.context.clock.now(), actor=_TEST
        )
    )
    return made.text


def _spend_all_by_another_code(shop: Shop, card_no: str) -> None:
    code, key = _new_code(shop, card_no), shop.demo["merchant"]["api_key"]
    claims = read_payment_code(code, shop.keys.verifiers).claims
    balance = shop.balance(card_no)
    body: dict[str, Any] = {"code": code, "amount": balance * 10_000 // claims.rate, "currency": "TWD"}
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"spent-{card_no}"}
    answer = httpx.post(f"{shop.hub.url}/api/v1/charges", json=body, headers=headers, timeout=_HTTP_S)
    assert answer.status_code == 200, answer.text


def _alerted_subjects(shop: Shop) -> set[str]:
    # An alert is on its way in the outbox until it is raised; asked in this order, none falls between.
    on_its_way = [row["payload"] for row in shop.read(sa.select(outbox).where(outbox.c.topic == "alert"))]
    return {alert["subject"] for alert in [*on_its_way, *shop.read(sa.select(alerts))]}
