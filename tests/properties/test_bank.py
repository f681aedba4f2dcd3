"""Eight clients move money in, out and back on twenty cards, all at once: whoever looks, at any moment, sees the
same total (protocol.md, invariant 1). On both databases.
"""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier, Event
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, func, select

from hub_server.bootstrap import build_hub
from hub_server.cards.tables import cards
from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.foundation.storage import DatabaseBusy, lock_rows
from hub_server.ledger import HUB_OWNER, AccountKind, account_id_of
from hub_server.payment_codes import CARD_REF_RANDOM_BYTES, CodeOrder, fresh_secret, issue_codes
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions import TransactionKind
from hub_server.transactions.tables import transactions
from tests.builders.hub_rows import CardRows, HubRows, ShopRows
from tests.builders.keepers import Keepers
from tests.builders.ledger_sums import account_balances
from tests.hub.serving import serving
from tests.log_rules import ExpectedLogs

CLIENTS = 8
CARDS = 20
DEEDS = 30
FUNDS = 20_000
LEAST_READS = 10
CHEAPEST = 4
_TRIES = 100
"""A try that found the database busy decided nothing."""
_WAIT_S = 60


@dataclass(frozen=True, slots=True)
class Bank:
    """A hub that serves, its keepers, and the cards."""

    context: Context
    url: str
    shop: ShopRows
    keepers: Keepers
    owned: tuple[CardRows, ...]
    keys: HubSigningKeys

    def new_code(self, card: CardRows) -> str:
        """A code for the card, which replaces the one before."""
        order = CodeOrder(
            card_id=card.card_id,
            member_id=card.member_id,
            fresh=fresh_secret(self.context.random_bytes, CHEAPEST),
            ref_random=self.context.random_bytes(CARD_REF_RANDOM_BYTES),
        )

        def issue(connection: Connection) -> str:
            lock_rows(connection, "card", [card.card_id])
            at, actor = self.context.clock.now(), self.keepers.nobody
            [made] = issue_codes(connection, self.keys, self.context.settings, [order], at=at, actor=actor)
            return made.text

        for _ in range(_TRIES):
            try:
                return self.context.database.run(issue)
            except DatabaseBusy:
                continue
        raise AssertionError("never issued")

    def total(self) -> int:
        """All that cards, the merchant and the expense account hold, on one snapshot: cached and posted."""

        def look(connection: Connection) -> int:
            expense = account_id_of(connection, AccountKind.PROMOTION_EXPENSE, HUB_OWNER, "TWD")
            posted = account_balances(connection, [self.shop.account_id, expense])
            held = connection.execute(select(func.sum(cards.c.balance))).scalar_one()
            return int(held) + sum(posted.values())

        return self.context.database.read(look)


class Client:
    """One of them: random deeds, in order, each tried until there is an answer."""

    def __init__(self, bank: Bank, number: int) -> None:
        self._bank = bank
        self._chance = random.Random(number)
        self._number = number
        self._count = 0
        self._paid: list[tuple[str, int]] = []
        self.answers: list[tuple[str, int]] = []

    def work(self, start: Barrier) -> None:
        """All deeds."""
        start.wait(_WAIT_S)
        with httpx.Client(base_url=f"{self._bank.url}/api/v1", timeout=_WAIT_S) as self._http:
            for _ in range(DEEDS):
                self._chance.choice([self._pay, self._pay, self._pay, self._refund, self._adjust])()

    def _ask(self, path: str, keeper: dict[str, str], body: dict[str, Any]) -> httpx.Response:
        self._count += 1
        key = f"client-{self._number}-{self._count}"
        headers = keeper | {"Idempotency-Key": key}
        for _ in range(_TRIES):
            answer = self._http.post(path, headers=headers, json=body)
            if answer.status_code != 503:
                self.answers.append((path.split("/")[1], answer.status_code))
                return answer
        raise AssertionError("never answered")

    def _card(self) -> CardRows:
        return self._chance.choice(self._bank.owned)

    def _pay(self) -> None:
        amount = self._chance.choice([1, 999, 5_000, 30_000])
        body = {"code": self._bank.new_code(self._card()), "amount": amount, "currency": "TWD"}
        answer = self._ask("/charges", self._bank.keepers.api_key, body)
        if answer.is_success:
            moved = answer.json().get("transaction", answer.json())
            self._paid.append((moved["tx_no"], moved["payable"]))

    def _refund(self) -> None:
        if not self._paid:
            return
        tx_no, payable = self._chance.choice(self._paid)
        amount = self._chance.randint(1, payable + 1)
        self._ask("/refunds", self._bank.keepers.api_key, {"tx_no": tx_no, "amount": amount})

    def _adjust(self) -> None:
        keepers = self._bank.keepers
        amount = self._chance.choice([-25_000, -700, 1, 3_000])
        body = {"card_id": self._card().card_id, "amount": amount, "reason": "counted"}
        proposed = self._ask("/admin/adjustments", keepers.admin, body)
        assert proposed.is_success, proposed.text
        self._ask(f"/admin/adjustments/{proposed.json()['id']}/approve", keepers.second_admin, {})


@pytest.fixture
def bank(hub_context: Context, keys: HubSigningKeys) -> Iterator[Bank]:
    """Twenty cards with 200.00 each."""
    rows = HubRows(hub_context, keys)
    shop = rows.shop()
    owned = tuple(rows.card(FUNDS) for _ in range(CARDS))
    with serving(build_hub(hub_context, keys).app) as url:
        yield Bank(
            hub_context,
            url,
            shop,
            Keepers(hub_context, shop.merchant_id),
            owned,
            keys,
        )


@pytest.mark.slow
def test_every_read_of_the_total_is_equal(
    bank: Bank, keys: HubSigningKeys, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.hub", "busy")
    done, start = Event(), Barrier(CLIENTS)
    clients = [Client(bank, number) for number in range(CLIENTS)]
    before = bank.total()
    reads: list[int] = []

    def read() -> None:
        while not done.is_set() or len(reads) < LEAST_READS:
            reads.append(bank.total())

    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        reader = pool.submit(read)
        works = [pool.submit(client.work, start) for client in clients]
        try:
            for work in works:
                work.result()
        finally:
            done.set()
        reader.result()
    assert set(reads) == {before} == {CARDS * FUNDS}
    answers = [answer for client in clients for answer in client.answers]
    # 422: another client had replaced the code meanwhile.
    assert {status for _, status in answers} <= {200, 201, 409, 422}
    for path in ("charges", "refunds", "admin"):
        assert {(path, 409)} & set(answers), f"no {path} was ever refused"
    _as_many_as_were_answered(bank, answers)
    report = bank.context.database.read(lambda c: check(c, keys.verifiers))
    assert report.findings == ()


def _as_many_as_were_answered(bank: Bank, answers: list[tuple[str, int]]) -> None:
    counted = select(transactions.c.kind, func.count().label("moved")).group_by(transactions.c.kind)
    moved = {row.kind: row.moved for row in bank.context.database.read(lambda c: c.execute(counted).all())}
    for path, kind in (("charges", TransactionKind.CHARGE), ("refunds", TransactionKind.REFUND)):
        accepted = sum(1 for asked, status in answers if asked == path and status < 300)
        assert moved[kind.value] == accepted > 0
