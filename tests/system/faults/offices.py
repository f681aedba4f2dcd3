"""What the hub's people do over its API while terminals are away."""

from dataclasses import dataclass, field
from typing import Any, Final, Self

import httpx
import sqlalchemy as sa

from hub_server.cards.tables import cards
from hub_server.monitoring.tables import alerts
from tests.builders.signed_in import signed_in_admin
from tests.system.shop import Shop

_HTTP_S: Final = 20
_PAGE: Final = 200


@dataclass(frozen=True)
class Offices:
    """Two admins, whose logins nobody else has had in hand."""

    shop: Shop
    first: dict[str, str] = field(repr=False)
    second: dict[str, str] = field(repr=False)

    @classmethod
    def of(cls, shop: Shop) -> Self:
        """Signed in."""
        return cls(shop, signed_in_admin(shop.context).headers, signed_in_admin(shop.context).headers)

    def post(self, path: str, headers: dict[str, str] | None = None, **body: str | int) -> dict[str, Any]:
        """Something is done under `/api/v1/admin`.

        Raises:
            httpx.HTTPStatusError: it is refused.
        """
        url = f"{self.shop.hub.url}/api/v1/admin/{path}"
        answer = httpx.post(url, json=body, headers=headers or self.first, timeout=_HTTP_S)
        done: dict[str, Any] = answer.raise_for_status().json()
        return done

    def suspend_terminal(self, terminal_id: str) -> None:
        """Its journal is still taken."""
        self.post(f"terminals/{terminal_id}/suspend", reason="reported stolen")

    def resume_terminal(self, terminal_id: str) -> None:
        """It may go on."""
        self.post(f"terminals/{terminal_id}/resume", reason="found again")

    def freeze(self, card_no: str) -> None:
        """The card of that number."""
        [row] = self.shop.read(sa.select(cards.c.id).where(cards.c.card_no == card_no))
        self.post(f"cards/{row['id']}/freeze", reason="lost")

    def suspend_member(self, member_id: str) -> None:
        """Nothing of theirs pays any more."""
        self.post(f"members/{member_id}/suspend", reason="left us")

    def held(self, terminal_id: str) -> dict[int, str]:
        """What waits for a person of a terminal: type by number."""
        url, cursor = f"{self.shop.hub.url}/api/v1/admin/recovery", None
        found: dict[int, str] = {}
        while True:
            asked = {"limit": str(_PAGE)} | ({"cursor": cursor} if cursor else {})
            page = httpx.get(url, params=asked, headers=self.first, timeout=_HTTP_S).raise_for_status().json()
            found |= {i["seq"]: i["type"] for i in page["items"] if i["terminal_id"] == terminal_id}
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def honour(self, terminal_id: str, seq: int) -> None:
        """By two people."""
        for headers in (self.first, self.second):
            self.post(f"recovery/{terminal_id}/{seq}/honour", headers, reason="the goods were handed over")

    def refuse(self, terminal_id: str, seq: int) -> None:
        """By one."""
        self.post(f"recovery/{terminal_id}/{seq}/refuse", reason="not ours")

    def give(self, card_id: str, amount: int) -> None:
        """Put money on a card: one proposes, another approves."""
        proposed = self.post("adjustments", card_id=card_id, amount=amount, reason="goodwill")
        self.post(f"adjustments/{proposed['id']}/approve", self.second)

    def alerts(self, kind: str, subject: str) -> list[dict[str, Any]]:
        """Those of that kind about somebody."""
        mine = sa.select(alerts).where((alerts.c.kind == kind) & (alerts.c.subject == subject))
        return self.shop.read(mine)
