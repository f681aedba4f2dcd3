"""A merchant's own till, which has no journal: it speaks to the hub with a key, over HTTP."""

import itertools
from typing import Any

import httpx

from hub_server.foundation.context import Context
from hub_server.members import member_of
from hub_server.payment_codes import present_code
from hub_server.signing_keys import HubSigningKeys
from tests.builders.hub_rows import CardRows, HubRows, ShopRows
from tests.builders.signed_in import key_headers

CHARGES = "/api/v1/charges"
VALIDATE = "/api/v1/payment-codes/validate"


class Till:
    """One till of a shop, and the member's phone that shows it codes."""

    def __init__(self, context: Context, keys: HubSigningKeys, rows: HubRows, client: httpx.Client) -> None:
        """At a shop of its own."""
        self.context = context
        self.rows = rows
        self.client = client
        self.shop: ShopRows = rows.shop()
        self.headers = key_headers(context, self.shop.merchant_id)
        self._keys = keys
        self._numbers = itertools.count(1)

    def code(self, card: CardRows, member_id: str | None = None) -> str:
        """The text of a new code of the card, as its owner's (or that member's) page shows it."""
        shown_by = member_id or card.member_id
        member = self.context.database.read(lambda c: member_of(c, shown_by))
        assert member is not None
        return present_code(self.context, self._keys, member, card.card_id).text

    def new_key(self) -> str:
        """A key that was not used before."""
        return f"order-{next(self._numbers)}"

    def charge(
        self,
        code: str,
        amount: int = 10_000,
        *,
        key: str | None = None,
        language: str = "en",
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> httpx.Response:
        """Ask for a charge."""
        sent = {"code": code, "amount": amount, "currency": "TWD"} | body
        asked = {"Idempotency-Key": key or self.new_key(), "Accept-Language": language}
        return self.client.post(CHARGES, json=sent, headers=(headers or self.headers) | asked)

    def paid(self, code: str, amount: int = 10_000, **more: Any) -> dict[str, Any]:
        """The transaction of a charge that must not fail."""
        answer = self.charge(code, amount, **more)
        assert answer.status_code == 200, answer.text
        transaction: dict[str, Any] = answer.json()
        return transaction

    def validate(self, code: str) -> httpx.Response:
        """Ask whether a code is good."""
        return self.client.post(VALIDATE, json={"code": code}, headers=self.headers)
