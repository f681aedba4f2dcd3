"""What one provocation of an error needs: a shop, a member with a card, and requests in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hub_server.access import LoginRole
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows, ShopRows
from tests.builders.signed_in import key_headers, signed_in_admin
from tests.hub.api.roles import member_role, terminal_role
from tests.hub.api.serving_hub import Answered, ServingHub

CURRENCY = "TWD"
FUNDS = 100_000
API = "/api/v1"
JOURNAL_PATH = f"{API}/terminals/me/journal"


@dataclass(frozen=True)
class Refused:
    """What a refusal told: in a problem document, or in the result of a journal entry."""

    code: str
    title: str
    document: Mapping[str, Any]
    answer: Answered


@dataclass(frozen=True)
class Stage:
    """Each provocation has a stage of its own; `accept_language` is sent with everything that is asked."""

    served: ServingHub
    accept_language: str

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **sent: Any) -> Answered:
        """A request in the stage's language."""
        sent_headers = {"Accept-Language": self.accept_language, **(headers or {})}
        return self.served.ask(method, path, sent_headers, **sent)

    def refused(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **sent: Any
    ) -> Refused:
        """A request that ends in a problem document."""
        answer = self.ask(method, path, headers, **sent)
        return Refused(answer.code, str(answer.body.get("title")), answer.body, answer)

    def done(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **sent: Any
    ) -> dict[str, Any]:
        """A request that has to succeed: what it answers."""
        answer = self.ask(method, path, headers, **sent)
        assert answer.status < 300, f"{answer.sent}: {answer.status} {answer.body}"
        return answer.body

    @cached_property
    def shop(self) -> ShopRows:
        """A merchant of the stage's own."""
        return self.served.rows.shop()

    @cached_property
    def card(self) -> CardRows:
        """A standard card of a new member, with 1,000.00 on it."""
        return self.served.rows.card(FUNDS)

    @cached_property
    def admin(self) -> dict[str, str]:
        """Headers of an admin who may do everything."""
        return signed_in_admin(self.served.context).headers

    @cached_property
    def auditor(self) -> dict[str, str]:
        """Headers of an admin who may only look."""
        return signed_in_admin(self.served.context, LoginRole.AUDITOR).headers

    @cached_property
    def key(self) -> dict[str, str]:
        """Headers with an API key of the shop's merchant."""
        return key_headers(self.served.context, self.shop.merchant_id)

    def member(self, card: CardRows | None = None) -> dict[str, str]:
        """Headers of the card's owner."""
        return member_role(self.served, "owner", (card or self.card).member_id).headers

    def terminal(self, terminal_id: str) -> dict[str, str]:
        """Headers of a terminal."""
        return terminal_role(self.served, "terminal", terminal_id).headers

    def code(self, card: CardRows | None = None) -> str:
        """A fresh payment code of the card, as its owner's phone shows it."""
        card = card or self.card
        path = f"{API}/me/cards/{card.card_id}/payment-code"
        return str(self.done("POST", path, self.member(card))["code"])

    def charge(self, code: str, amount: int = 10_000, currency: str = CURRENCY, key: str = "") -> Refused:
        """`POST /charges`; not every one is refused."""
        headers = self.key | {"Idempotency-Key": key or self.served.context.ids.new()}
        body = {"code": code, "amount": amount, "currency": currency}
        return self.refused("POST", f"{API}/charges", headers, json=body)

    def refund(self, tx_no: str, amount: int) -> Refused:
        """`POST /refunds`; not every one is refused."""
        headers = self.key | {"Idempotency-Key": self.served.context.ids.new()}
        return self.refused("POST", f"{API}/refunds", headers, json={"tx_no": tx_no, "amount": amount})

    def counter(self, **options: Any) -> Counter:
        """A terminal of the shop with its journal."""
        options = {"shop": self.shop} | options
        return Counter(self.served.context, self.served.hub.keys, self.served.rows, **options)

    def submit(self, counter: Counter, *texts: str) -> Refused:
        """`POST /terminals/me/journal`: what the last of the entries was refused with."""
        body = {"entries": [{"jws": text} for text in texts]}
        answer = self.ask("POST", JOURNAL_PATH, self.terminal(counter.terminal_id), json=body)
        assert answer.status == 200, answer
        error = answer.body["results"][-1]["error"]
        assert error is not None, answer.body
        return Refused(error["code"], error["title"], error, answer)
