"""Members who share a card, over HTTP."""

from typing import Any

import httpx
from sqlalchemy import update

from hub_server.access import SessionKind, open_session
from hub_server.audit import AuditName
from hub_server.audit.tables import audit_events
from hub_server.bootstrap import Hub
from hub_server.cards.tables import cards
from tests.builders.hub_rows import CardRows, HubRows

PASSWORD = "family-4711"
WRONG = "family-4712"
Answer = tuple[int, str]


class Sharers:
    """Cards with owners, and strangers, all signed in."""

    def __init__(self, hub: Hub, client: httpx.Client) -> None:
        """At a serving hub."""
        self.hub = hub
        self.client = client
        self.rows = HubRows(hub.context, hub.keys)
        self._tokens: dict[str, str] = {}

    def stranger(self) -> str:
        """A member with a standard card of their own; the member's id."""
        return self.rows.card().member_id

    def headers(self, member_id: str) -> dict[str, str]:
        """What says who asks."""
        if member_id not in self._tokens:
            context = self.hub.context
            opened = context.database.run(
                lambda c: open_session(
                    c,
                    context.random_bytes,
                    kind=SessionKind.MEMBER,
                    subject=member_id,
                    life_s=3_600,
                    at=context.clock.now(),
                )
            )
            self._tokens[member_id] = opened.token
        return {"Authorization": f"Bearer {self._tokens[member_id]}"}

    def forget(self, member_id: str) -> None:
        """Sign in anew with the next request."""
        self._tokens.pop(member_id, None)

    def ask(self, method: str, member_id: str, path: str, body: object = None) -> httpx.Response:
        """A request to `/api/v1/me…` by the member."""
        address = f"/api/v1/me{path}"
        return self.client.request(method, address, headers=self.headers(member_id), json=body)

    def bind(self, member_id: str, card: CardRows, role: str = "member", **more: object) -> httpx.Response:
        """Bind by the card's number."""
        body = {"card_no": card.card_no, "role": role} | more
        return self.ask("POST", member_id, "/bindings", body)

    def set_password(self, card: CardRows, password: str | None = PASSWORD) -> None:
        """By the owner."""
        path = f"/cards/{card.card_id}/binding-password"
        assert self.ask("PUT", card.member_id, path, {"password": password}).status_code == 204

    def invitation(self, card: CardRows, role: str = "member") -> str:
        """By the owner."""
        made = self.ask("POST", card.member_id, f"/cards/{card.card_id}/invitations", {"role": role})
        assert made.status_code == 201, made.text
        return str(made.json()["invitation"])

    def take_up(self, member_id: str, invitation: str) -> httpx.Response:
        """Bind by an invitation."""
        return self.ask("POST", member_id, "/bindings", {"invitation": invitation})

    def join(self, card: CardRows, role: str = "member") -> dict[str, Any]:
        """A stranger who takes up an invitation: the binding."""
        bound = self.take_up(self.stranger(), self.invitation(card, role))
        assert bound.status_code == 201, bound.text
        binding: dict[str, Any] = bound.json()
        return binding

    def bound(self, card: CardRows, as_member: str | None = None) -> list[tuple[str, str]]:
        """Member and role of each binding on the card, as the owner sees it."""
        answer = self.ask("GET", as_member or card.member_id, f"/cards/{card.card_id}/bindings")
        return [(item["member_id"], item["role"]) for item in answer.json()["items"]]

    def names(self) -> list[str]:
        """Of the audit events in their order, but for the money that cards begin with."""
        found = (row["name"] for row in self.rows.rows(audit_events))
        return [name for name in found if name != AuditName.TOP_UP]

    def stop(self, card: CardRows, status: str) -> None:
        """Put a card into a state."""
        changed = update(cards).where(cards.c.id == card.card_id).values(status=status)
        self.hub.context.database.run(lambda c: c.execute(changed))


def refusal(answer: httpx.Response) -> Answer:
    """Status and code of a problem document, which it is."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]
