"""The deeds of `test_money` at a real hub: each says what came of it, as an error's code or `completed`.

Terminals' deeds go through the journal, everybody else's through the API; nobody's jobs run in between.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import httpx

from hub_server.bootstrap import build_hub
from hub_server.foundation.context import Context
from hub_server.journal_intake import EntryOutcome
from hub_server.members import member_of
from hub_server.payment_codes import (
    CARD_REF_RANDOM_BYTES,
    CodeOrder,
    expire_codes,
    fresh_secret,
    issue_code,
    revoke_codes,
)
from hub_server.signing_keys import HubSigningKeys
from shared.api.transactions import CardTypeName
from shared.journal_entries import Entry, RefundData, ReversalReason, Status
from shared.payment_code import PaymentCode, read_payment_code
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import CardRows, HubRows, ShopRows
from tests.builders.keepers import Keepers
from tests.properties.money_model import COMPLETED

OFFLINE_LAG = TOO_LATE
"""How long ago an offline terminal approved what it brings."""
_HEAD_START = timedelta(minutes=8)
"""Codes are this old when they are first used, so that an offline terminal can have seen them."""


class MoneyDeeds:
    """One hub; `open_shop` begins a life of its own in it."""

    shop: ShopRows

    def __init__(self, context: Context, keys: HubSigningKeys) -> None:
        """On a prepared database."""
        self.context = context
        self.keys = keys
        self.rows = HubRows(context, keys)
        self.at_terminals: dict[str, Entry] = {}
        self._numbers: dict[str, str] = {}
        self._cards: dict[str, CardRows] = {}
        self._codes: dict[str, tuple[str, PaymentCode]] = {}
        # A thread of its own: the driver of Chromium keeps a loop running in that of the tests.
        self._thread = ThreadPoolExecutor(1)
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(build_hub(context, keys).app)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://hub")

    def open_shop(self) -> None:
        """A merchant with a terminal that is online, a manager, an API key, and two admins."""
        for seen in (self.at_terminals, self._numbers, self._cards, self._codes):
            seen.clear()
        self.shop = self.rows.shop()
        self._keepers = Keepers(self.context, self.shop.merchant_id)
        self._manager = self.rows.manager(self.shop)
        self._counter = Counter(self.context, self.keys, self.rows, self.shop)
        self._terminals: dict[str, Counter] = {}

    def new_card(self, card_type: CardTypeName, balance: int, fixed_rate: int | None) -> str:
        """A funded card of a member of its own."""
        card = self.rows.card(balance, card_type=card_type, fixed_rate=fixed_rate)
        self._cards[card.card_id] = card
        return card.card_id

    def new_code(self, card_id: str) -> tuple[str, int, datetime]:
        """A code as the member's phone shows it for some minutes: its name, offline limit and end."""
        at, card = self.context.clock.now() - _HEAD_START, self._cards[card_id]
        order = CodeOrder(
            card_id=card_id,
            member_id=card.member_id,
            fresh=fresh_secret(self.context.random_bytes, 4),
            ref_random=self.context.random_bytes(CARD_REF_RANDOM_BYTES),
        )
        member = self.context.database.read(lambda c: member_of(c, card.member_id))
        assert member is not None
        made = self.context.database.run(
            lambda c: issue_code(c, self.keys, self.context.settings, member=member, order=order, at=at)
        )
        code = read_payment_code(made.text, self.keys.verifiers)
        self._codes[made.code_ref] = made.text, code
        return made.code_ref, code.claims.offline_limit, code.claims.expires_at

    def charge(self, key: str, code_ref: str, amount: int) -> str:
        """By the terminal that is online."""
        entry = self._counter.journal.charge(self._codes[code_ref][1], amount)
        return self._charged(key, self._counter, entry, self._counter.ask(entry))

    def charge_offline(self, key: str, code_ref: str, amount: int) -> str:
        """By a terminal of its own, which brings the charge and its advice together."""
        counter = Counter(self.context, self.keys, self.rows, self.shop, lag=OFFLINE_LAG)
        code = self._codes[code_ref][1]
        charge = counter.journal.charge(code, amount)
        advice = counter.journal.advice(charge, rate=code.claims.rate)
        *_, outcome = counter.submit(*counter.journal.entries[:-2], charge, advice)
        return self._charged(key, counter, charge, outcome)

    def _charged(self, key: str, counter: Counter, entry: Entry, outcome: EntryOutcome) -> str:
        if outcome.status is Status.COMPLETED:
            assert outcome.transaction is not None
            self._numbers[key] = outcome.transaction.tx_no
            self.at_terminals[key] = entry
            self._terminals[key] = counter
        return _told(outcome)

    def charge_by_key(self, key: str, code_ref: str, amount: int) -> str:
        """By a till of another make."""
        body = {"code": self._codes[code_ref][0], "amount": amount, "currency": "TWD"}
        answer = self._ask("POST", "/charges", self._keepers.api_key, body, key)
        if answer.is_success:
            self._numbers[key] = _moved(answer)["tx_no"]
        return _code_of(answer)

    def refund(self, key: str, amount: int) -> str:
        """At the terminal that is online, wherever the charge was made; a manager approves."""
        data = RefundData(
            tx_no=self._numbers[key],
            amount=amount,
            reason="returned",
            cashier="cashier-2",
            approved_by=self._manager,
        )
        return _told(self._counter.ask(self._counter.journal.add(data)))

    def refund_by_key(self, request: str, key: str, amount: int) -> str:
        """By the merchant's other system."""
        body = {"tx_no": self._numbers[key], "amount": amount}
        return _code_of(self._ask("POST", "/refunds", self._keepers.api_key, body, request))

    def reverse(self, key: str) -> None:
        """By the terminal that charged."""
        counter, charge = self._terminals[key], self.at_terminals[key]
        reversal = counter.journal.reversal(charge, ReversalReason.CANCELLED, at=self.context.clock.now())
        assert counter.ask(reversal).status is Status.REVERSED

    def adjust(self, card_id: str, amount: int) -> str:
        """One admin proposes, the other approves."""
        body = {"card_id": card_id, "amount": amount, "reason": "counted anew"}
        proposed = self._ask("POST", "/admin/adjustments", self._keepers.admin, body)
        assert proposed.is_success, proposed.text
        path = f"/admin/adjustments/{proposed.json()['id']}"
        approved = self._ask("POST", f"{path}/approve", self._keepers.second_admin, {})
        if not approved.is_success:
            refused = self._ask("POST", f"{path}/refuse", self._keepers.second_admin, {})
            assert refused.is_success, refused.text
        return _code_of(approved)

    def adjust_points(self, card_id: str, delta: int) -> str:
        """By an admin."""
        body = {"delta": delta, "reason": "a gift"}
        key = self.context.ids.new()
        return _code_of(self._ask("POST", f"/admin/cards/{card_id}/points", self._keepers.admin, body, key))

    def freeze(self, card_id: str) -> None:
        """By an admin."""
        self._turn(card_id, "freeze")

    def unfreeze(self, card_id: str) -> None:
        """By an admin."""
        self._turn(card_id, "unfreeze")

    def _turn(self, card_id: str, way: str) -> None:
        answer = self._ask("POST", f"/admin/cards/{card_id}/{way}", self._keepers.admin, {"reason": "asked"})
        assert answer.is_success, answer.text

    def revoke(self, card_id: str) -> None:
        """By the member."""
        self.context.database.run(
            lambda c: revoke_codes(
                c,
                card_id=card_id,
                at=self.context.clock.now(),
                actor=self._keepers.nobody,
                reason="asked by the member",
            )
        )

    def sweep(self) -> None:
        """What the job does with codes nobody used."""
        self.context.database.run(lambda c: expire_codes(c, self.context.clock.now()))

    def close(self) -> None:
        """Let go of the application."""
        self._thread.submit(self._runner.run, self._client.aclose()).result()
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    def _ask(
        self,
        method: str,
        path: str,
        keeper: dict[str, str],
        body: dict[str, Any],
        key: str | None = None,
    ) -> httpx.Response:
        headers = keeper | ({"Idempotency-Key": key} if key else {})
        request = self._client.request(method, f"/api/v1{path}", headers=headers, json=body)
        return self._thread.submit(self._runner.run, request).result()


def _told(outcome: EntryOutcome) -> str:
    return COMPLETED if outcome.refusal is None else outcome.refusal.code.value


def _code_of(answer: httpx.Response) -> str:
    return COMPLETED if answer.is_success else str(answer.json()["code"])


def _moved(answer: httpx.Response) -> dict[str, Any]:
    content = answer.json()
    transaction: dict[str, Any] = content.get("transaction", content)
    return transaction
