"""Sound rows beside a terminal's journal: a refund, adjustments, an idempotency key, a grant, an API key."""

from typing import Any

from sqlalchemy import update

from hub_server.access.tables import logins, merchant_api_keys
from hub_server.adjusting.tables import adjustments
from hub_server.audit.tables import audit_events
from hub_server.cards.tables import cards
from hub_server.foundation.context import Context
from hub_server.idempotency.tables import idempotency_registry
from hub_server.ledger.tables import accounts, postings
from hub_server.loyalty.tables import point_ledger
from hub_server.promotions.tables import promotion_grants, promotions
from hub_server.transactions.tables import transactions
from tests.builders import row_shapes
from tests.builders.hub_rows import HubRows


class Registers:
    """Writes rows that agree with each other."""

    def __init__(self, context: Context, rows: HubRows, merchant_id: str, merchant_account: str) -> None:
        self._context, self._rows = context, rows
        self.merchant_id, self._merchant_account = merchant_id, merchant_account
        self.promotion_id = context.ids.new()
        self.admins = [self._admin("a@example.com"), self._admin("b@example.com")]

    def refund(self, charge: dict[str, Any], card_id: str, amount: int, *, points: int) -> str:
        """A refund of part of a charge; its number."""
        card = self._rows.one(cards, id=card_id)
        made = charge | {
            "id": self._id(),
            "tx_no": "REF9000000001",
            "kind": "refund",
            "status": "completed",
            "entry_id": None,
            "entry_seq": None,
            "terminal_id": None,
            "code_ref": None,
            "original_id": charge["id"],
            "raw_amount": amount,
            "payable": amount,
            "points_earned": -points,
            "points_balance": card["points"] - points,
        }
        self._rows.insert(transactions, made)
        self._rows.insert(audit_events, row_shapes.moved_event(made, "REFUND", self._now()))
        self.key("refund-1", made["id"], kind="refund")
        self._post(made["id"], self._merchant_account, card["account_id"], amount)
        row = {"card_id": card_id, "change": -points, "before": card["points"], "reason": "refund"}
        row |= {"after": card["points"] - points, "transaction_id": made["id"], "at": self._now()}
        self._rows.insert(point_ledger, row)
        after = {"balance": card["balance"] + amount, "points": card["points"] - points, "tier": 1}
        self._run(update(cards).where(cards.c.id == card_id).values(**after))
        self._run(update(transactions).where(transactions.c.id == charge["id"]).values(given_back=amount))
        return "REF9000000001"

    def charge_by_key(self, card_id: str, amount: int) -> str:
        """A charge at the full rate by the merchant's own system, which earned nothing; its number."""
        card = self._rows.one(cards, id=card_id)
        like = self._rows.rows(transactions, kind="top_up", card_id=card_id)[0]
        made = like | {"id": self._id(), "tx_no": "PAY9000000001", "kind": "charge", "raw_amount": amount}
        made |= {"payable": amount, "merchant_id": self.merchant_id}
        self._rows.insert(transactions, made)
        self._rows.insert(audit_events, row_shapes.moved_event(made, "PAYMENT", self._now()))
        self._post(made["id"], card["account_id"], self._merchant_account, amount)
        self.key("order-9", made["id"])
        self._run(update(cards).where(cards.c.id == card_id).values(balance=card["balance"] - amount))
        return "PAY9000000001"

    def adjust(self, card_id: str, amount: int | None) -> str:
        """An adjustment that moved so much; None for one that was refused. Its id."""
        card = self._rows.one(cards, id=card_id)
        transaction_id = None if amount is None else self._id()
        if amount is not None:
            topped_up = self._rows.one(transactions, card_id=card_id)
            moved: dict[str, Any] = {"id": transaction_id, "tx_no": "ADJ9000000001", "kind": "adjustment"}
            moved |= {"raw_amount": amount, "payable": amount}
            self._rows.insert(transactions, topped_up | moved)
            event = row_shapes.moved_event(topped_up | moved, "ADJUSTMENT", self._now())
            self._rows.insert(audit_events, event)
            expense = self._rows.one(accounts, kind="promotion_expense")["id"]
            self._post(str(transaction_id), expense, card["account_id"], amount)
            balance = card["balance"] + amount
            self._run(update(cards).where(cards.c.id == card_id).values(balance=balance))
        row = {
            "id": self._id(),
            "card_id": card_id,
            "amount": amount or 50,
            "currency": "TWD",
            "reason": "goodwill",
            "state": "refused" if amount is None else "approved",
            "proposed_by": self.admins[0],
            "proposer_hands": [self.admins[0]],
            "proposed_at": self._now(),
            "decided_by": self.admins[1],
            "decided_at": self._now(),
            "transaction_id": transaction_id,
        }
        self._rows.insert(adjustments, row)
        return str(row["id"])

    def key(self, key: str, transaction_id: str, *, kind: str = "charge") -> None:
        """An idempotency key that moved something."""
        row = {"merchant_id": self.merchant_id, "key": key, "kind": kind, "content_hash": b"x" * 32}
        row |= {"transaction_id": transaction_id, "decided_at": self._now()}
        self._rows.insert(idempotency_registry, row)

    def grant(self, card_id: str) -> None:
        """A promotion that grants points, and a card that was given them."""
        promotion = {"id": self.promotion_id, "version": 1, "name": "迎新", "kind": "grant", "points": 5}
        promotion |= {"trigger": "first_charge", "starts_at": self._now(), "created_by": self.admins[0]}
        promotion |= {"ends_at": self._now().replace(year=2030), "created_at": self._now()}
        self._rows.insert(promotions, promotion)
        row = {"promotion_id": self.promotion_id, "card_id": card_id, "points": 5, "granted_at": self._now()}
        self._rows.insert(promotion_grants, row)

    def api_key(self) -> None:
        """A key of the merchant's."""
        row = {"id": self._id(), "merchant_id": self.merchant_id, "key_hash": b"k", "scopes": ["charge"]}
        self._rows.insert(merchant_api_keys, row | {"created_at": self._now()})

    def _admin(self, email: str) -> str:
        row = {"id": self._id(), "kind": "admin", "email": email, "name": "王", "role": "finance"}
        row |= {"password_hash": "none", "status": "active", "created_at": self._now()}
        self._rows.insert(logins, row)
        return str(row["id"])

    def _post(self, transaction_id: str, debit: str, credit: str, amount: int) -> None:
        row = {"transaction_id": transaction_id, "debit_account": debit, "credit_account": credit}
        self._rows.insert(postings, row | {"amount": amount, "currency": "TWD", "posted_at": self._now()})

    def _run(self, statement: Any) -> None:
        self._context.database.run(lambda connection: connection.execute(statement))

    def _id(self) -> str:
        return self._context.ids.new()

    def _now(self) -> Any:
        return self._context.clock.now()
