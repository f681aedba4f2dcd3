"""Fifty clients at two hub processes on one PostgreSQL: one code, one refund, one key have one effect each.

Invariant 2 of protocol.md: at most once, at however many hub nodes.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from hub_server.idempotency.tables import idempotency_registry
from tests.system.processes import HubProcess
from tests.system.shop import FundedCode, Shop

pytestmark = pytest.mark.xdist_group("two_nodes")

CLIENTS = 50
AMOUNT = 10_000
FUNDS = 500_000
_PATIENCE_S = 60
_TRIES = 40

Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Tills:
    """Fifty tills of other makes, half of them at each hub."""

    shop: Shop
    clients: tuple[httpx.Client, ...]

    def all_at_once(self, ask: Callable[[httpx.Client, int], Answer]) -> list[Answer]:
        """Every till asks at the same moment; its number is handed in."""
        line = Barrier(CLIENTS)

        def go(number: int) -> Answer:
            line.wait(_PATIENCE_S)
            return ask(self.clients[number % len(self.clients)], number)

        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(go, range(CLIENTS)))

    def post(self, client: httpx.Client, path: str, key: str, body: dict[str, Any]) -> Answer:
        """Ask until there is an answer: 503 is none, the same key may be tried again (domain.md, Charge)."""
        headers = {"Authorization": f"Bearer {self.shop.demo['merchant']['api_key']}", "Idempotency-Key": key}
        for _ in range(_TRIES):
            answer = client.post(path, headers=headers, json=body)
            if answer.status_code != 503:
                return answer.status_code, answer.json()
        raise AssertionError("never answered")

    def charge(self, client: httpx.Client, key: str, code: FundedCode, amount: int = AMOUNT) -> Answer:
        """`POST /charges`."""
        body = {"code": code.text, "amount": amount, "currency": "TWD"}
        return self.post(client, "/api/v1/charges", key, body)

    def refund(self, client: httpx.Client, key: str, tx_no: str, amount: int = AMOUNT) -> Answer:
        """`POST /refunds`."""
        return self.post(client, "/api/v1/refunds", key, {"tx_no": tx_no, "amount": amount})

    def paid(self, code: FundedCode, key: str) -> str:
        """The number of a charge that stands."""
        status, content = self.charge(self.clients[0], key, code)
        assert status == 200, content
        number: str = moved(content)["tx_no"]
        return number


def moved(content: dict[str, Any]) -> dict[str, Any]:
    """The transaction in an answer."""
    transaction: dict[str, Any] = content.get("transaction", content)
    return transaction


@pytest.fixture(scope="module")
def tills(two_nodes: tuple[Shop, HubProcess]) -> Iterator[Tills]:
    """Tills at both hubs."""
    shop, second = two_nodes
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    clients = tuple(
        httpx.Client(base_url=url, timeout=_PATIENCE_S, limits=limits) for url in (shop.hub.url, second.url)
    )
    yield Tills(shop, clients)
    for client in clients:
        client.close()
    assert shop.hub.check()["findings"] == []


def test_fifty_tills_with_one_code_make_one_charge(tills: Tills) -> None:
    code = tills.shop.payment_code()
    answers = tills.all_at_once(lambda client, number: tills.charge(client, f"code-{number}", code))
    assert Counter(status for status, _ in answers) == {200: 1, 409: CLIENTS - 1}
    assert {content["code"] for status, content in answers if status == 409} == {"QR_ALREADY_USED"}
    assert tills.shop.balance(code.card_no) == FUNDS - AMOUNT
    assert len(tills.shop.movements(code.card_no)) == 1


def test_fifty_tills_with_one_key_make_one_charge_and_get_one_answer(tills: Tills) -> None:
    code = tills.shop.payment_code()
    answers = tills.all_at_once(lambda client, _: tills.charge(client, "one-key", code))
    assert {status for status, _ in answers} == {200}
    assert len({moved(content)["tx_no"] for _, content in answers}) == 1
    assert all(content == answers[0][1] for _, content in answers)
    assert tills.shop.balance(code.card_no) == FUNDS - AMOUNT
    kept = tills.shop.read(sa.select(idempotency_registry).where(idempotency_registry.c.key == "one-key"))
    assert len(kept) == 1


def test_fifty_tills_with_one_key_and_other_amounts_make_one_charge(tills: Tills) -> None:
    code = tills.shop.payment_code()
    answers = tills.all_at_once(
        lambda client, number: tills.charge(client, "other-amounts", code, AMOUNT + number)
    )
    assert Counter(status for status, _ in answers) == {200: 1, 409: CLIENTS - 1}
    assert {content["code"] for status, content in answers if status == 409} == {"IDEMPOTENCY_CONFLICT"}
    [done] = [moved(content) for status, content in answers if status == 200]
    assert tills.shop.balance(code.card_no) == FUNDS - done["payable"]


def test_fifty_tills_refund_one_charge_once(tills: Tills) -> None:
    code = tills.shop.payment_code()
    tx_no = tills.paid(code, "to-be-refunded")
    answers = tills.all_at_once(lambda client, number: tills.refund(client, f"refund-{number}", tx_no))
    assert Counter(status for status, _ in answers) == {200: 1, 409: CLIENTS - 1}
    refused = {content["code"] for status, content in answers if status == 409}
    assert refused == {"REFUND_EXCEEDS_REMAINING"}
    assert tills.shop.balance(code.card_no) == FUNDS
    kinds = Counter(row["kind"] for row in tills.shop.movements(code.card_no))
    assert kinds == {"charge": 1, "refund": 1}


def test_fifty_tills_refund_with_one_key_once(tills: Tills) -> None:
    code = tills.shop.payment_code()
    tx_no = tills.paid(code, "to-be-refunded-in-part")
    answers = tills.all_at_once(lambda client, _: tills.refund(client, "one-refund", tx_no, AMOUNT // 4))
    assert {status for status, _ in answers} == {200}
    assert all(content == answers[0][1] for _, content in answers)
    assert tills.shop.balance(code.card_no) == FUNDS - AMOUNT + AMOUNT // 4
