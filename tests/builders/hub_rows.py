"""Rows straight into a hub's tables: a shop with a terminal, and members with funded cards and codes.

Everything is sound (accounts, postings and point rows agree with the caches), so that the consistency check
finds nothing in what was built here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select, update

from hub_server.audit.tables import audit_events
from hub_server.bindings.tables import bindings
from hub_server.cards import CardTypeName, card_number, last4
from hub_server.cards.tables import cards
from hub_server.foundation.context import Context
from hub_server.foundation.storage import NumberSequence, take_numbers
from hub_server.ledger.tables import accounts, postings
from hub_server.loyalty import DEFAULT_TIERS
from hub_server.loyalty.tables import point_ledger
from hub_server.members.tables import members
from hub_server.merchants.tables import merchants, policies, stores
from hub_server.payment_codes import FreshSecret, fresh_secret
from hub_server.payment_codes.rules import CARD_TYPES, CodeTerms, claims_of
from hub_server.payment_codes.tables import payment_code_history, payment_codes
from hub_server.signing_keys import HubSigningKeys
from hub_server.staff.tables import posts, staff
from hub_server.terminals.tables import contact_spells, terminals
from hub_server.transactions.tables import transactions
from shared.api.policy import Policy
from shared.api.transactions import CardTypeName as CardTypeOnWire
from shared.payment_code import PaymentCode, issue_payment_code, read_payment_code
from shared.signing import Ed25519Signer
from tests.builders import row_shapes
from tests.builders.damage import Superuser

BCRYPT_COST = 4
FAR_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRows:
    """A merchant with a store."""

    merchant_id: str
    store_id: str
    account_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalRows:
    """An enrolled terminal and its key."""

    terminal_id: str
    shop: ShopRows
    signer: Ed25519Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRows:
    """A card with its owner."""

    card_id: str
    member_id: str
    serial: int
    card_no: str
    card_type: CardTypeOnWire


class HubRows:
    """Builds rows in transactions of its own, at the hub clock's time."""

    def __init__(self, context: Context, keys: HubSigningKeys) -> None:
        """On a prepared database."""
        self._context = context
        self._keys = keys
        self._count = 0
        self.was_tampered = False

    def shop(self, policy: Policy | None = None) -> ShopRows:
        """An active merchant with one store and a policy that was told long ago."""
        merchant_id, store_id, account_id = self._id(), self._id(), self._id()
        long_ago = self._now() - FAR_BACK
        self._insert(
            (accounts, row_shapes.account(account_id, "merchant", merchant_id, long_ago)),
            (
                merchants,
                {
                    "id": merchant_id,
                    "code": f"M{self._next():06d}",
                    "name": "永和豆漿",
                    "status": "active",
                    "account_id": account_id,
                    "approved_at": long_ago,
                },
            ),
            (
                stores,
                {
                    "id": store_id,
                    "merchant_id": merchant_id,
                    "name": "中正店",
                    "address": "臺北市中正區",
                    "time_zone": "Asia/Taipei",
                    "day_starts_at": 4,
                },
            ),
        )
        self.add_policy(merchant_id, policy or Policy(), told_at=long_ago)
        return ShopRows(merchant_id=merchant_id, store_id=store_id, account_id=account_id)

    def add_policy(self, merchant_id: str, policy: Policy, *, told_at: datetime | None) -> None:
        """A version of the merchant's policy."""
        self._insert(
            (
                policies,
                {
                    "merchant_id": merchant_id,
                    "version": policy.version,
                    "policy": policy.model_dump(mode="json"),
                    "created_at": self._now(),
                    "told_at": told_at,
                },
            )
        )

    def terminal(self, shop: ShopRows) -> TerminalRows:
        """An enrolled, active terminal that has been in contact since yesterday."""
        terminal_id, signer = self._id(), Ed25519Signer.generate()
        long_ago = self._now() - FAR_BACK
        self._insert(
            (
                terminals,
                {
                    "id": terminal_id,
                    "merchant_id": shop.merchant_id,
                    "store_id": shop.store_id,
                    "terminal_no": f"T{self._next():03d}",
                    "name": "櫃檯",
                    "status": "active",
                    "public_key": signer.public_bytes,
                    "created_at": long_ago,
                    "enrolled_at": long_ago,
                },
            )
        )
        self.contact(terminal_id, long_ago, self._now())
        return TerminalRows(terminal_id=terminal_id, shop=shop, signer=signer)

    def contact(self, terminal_id: str, began_at: datetime, ended_at: datetime) -> None:
        """A recorded spell of contact."""
        row = {"terminal_id": terminal_id, "began_at": began_at, "ended_at": ended_at}
        self._insert((contact_spells, row))

    def manager(self, shop: ShopRows, *, since: datetime | None = None, until: datetime | None = None) -> str:
        """A store manager's staff id."""
        return self._staff(shop, "store_manager", since, until)

    def cashier(self, shop: ShopRows) -> str:
        """A cashier's staff id."""
        return self._staff(shop, "cashier", None, None)

    def _staff(self, shop: ShopRows, role: str, since: datetime | None, until: datetime | None) -> str:
        staff_id = self._id()
        self._insert(
            (
                staff,
                {
                    "id": staff_id,
                    "merchant_id": shop.merchant_id,
                    "name": "林店長",
                    "pin_hash": "$2b$04$none",
                    "created_at": self._now(),
                },
            ),
            (
                posts,
                {
                    "id": self._id(),
                    "staff_id": staff_id,
                    "store_id": shop.store_id,
                    "role": role,
                    "since": since or self._now() - FAR_BACK,
                    "until": until,
                    "told_since": since or self._now() - FAR_BACK,
                    "told_until": until,
                },
            ),
        )
        return staff_id

    def card(
        self,
        balance: int = 100_000,
        *,
        card_type: CardTypeOnWire = "standard",
        points: int = 0,
        fixed_rate: int | None = None,
        expires_at: datetime | None = None,
    ) -> CardRows:
        """An active card of a new member, who owns it; `balance` in minor units comes from a gateway."""
        card_id, member_id, account_id = self._id(), self._id(), self._id()
        serial = self._context.database.run(lambda c: take_numbers(c, NumberSequence.CARD))[0]
        made = CardRows(
            card_id=card_id,
            member_id=member_id,
            serial=serial,
            card_no=card_number(CardTypeName(card_type), serial),
            card_type=card_type,
        )
        now = self._now()
        self._insert(
            (members, row_shapes.member(member_id, f"+8869{self._next():08d}", now)),
            (accounts, row_shapes.account(account_id, "card", card_id, now)),
            (
                cards,
                {
                    "id": card_id,
                    "serial": serial,
                    "card_no": made.card_no,
                    "card_type": card_type,
                    "status": "active",
                    "fixed_rate": fixed_rate,
                    "currency": "TWD",
                    "account_id": account_id,
                    "balance": balance,
                    "points": points,
                    "tier": DEFAULT_TIERS.tier_for(points),
                    "expires_at": expires_at,
                    "issued_at": now,
                },
            ),
            (
                bindings,
                {
                    "id": self._id(),
                    "card_id": card_id,
                    "member_id": member_id,
                    "role": "owner",
                    "bound_at": now,
                },
            ),
        )
        self._fund(made, account_id, balance, points)
        return made

    def _fund(self, card: CardRows, account_id: str, balance: int, points: int) -> None:
        gateway, transaction_id, now = self._id(), self._id(), self._now()
        if balance:
            topped_up = row_shapes.top_up(
                card.card_id, card.card_no, card.card_type, transaction_id, self._next(), balance, points, now
            )
            self._insert(
                (accounts, row_shapes.account(gateway, "gateway", f"test-{self._next()}", now)),
                (transactions, topped_up),
                (audit_events, row_shapes.moved_event(topped_up, "TOP_UP", now)),
                (
                    postings,
                    {
                        "transaction_id": transaction_id,
                        "debit_account": gateway,
                        "credit_account": account_id,
                        "amount": balance,
                        "currency": "TWD",
                        "posted_at": now,
                    },
                ),
            )
        if points:
            self._insert(
                (
                    point_ledger,
                    {
                        "card_id": card.card_id,
                        "change": points,
                        "before": 0,
                        "after": points,
                        "reason": "granted in a test",
                        "at": now,
                    },
                )
            )

    def grant_points(self, card: CardRows, change: int) -> None:
        """An adjustment of points, which the tier follows."""
        before = int(self.one(cards, id=card.card_id)["points"])
        after = before + change
        row = {"card_id": card.card_id, "change": change, "before": before, "after": after}
        self._insert((point_ledger, row | {"reason": "adjusted in a test", "at": self._now()}))
        changed = update(cards).where(cards.c.id == card.card_id)
        values = {"points": after, "tier": DEFAULT_TIERS.tier_for(after)}
        self._context.database.run(lambda c: c.execute(changed.values(**values)))

    def code(
        self,
        card: CardRows,
        *,
        rate: int = 10_000,
        offline_limit: int = 50_000,
        ttl_s: int = 900,
        age_s: int = 600,
    ) -> PaymentCode:
        """A live code of the card, which replaces the one before; as the member's page has shown it for a while."""
        fresh: FreshSecret = fresh_secret(self._context.random_bytes, BCRYPT_COST)
        terms = CodeTerms(
            card_ref=self._keys.seal_serial(card.serial, self._context.random_bytes(8)),
            card_type=CARD_TYPES[card.card_type],
            last4=last4(card.card_no),
            tier=0,
            rate=rate,
            offline_limit=offline_limit,
            currency="TWD",
            issued_at=self._now() - timedelta(seconds=age_s),
            ttl_s=ttl_s,
        )
        claims = claims_of(terms, fresh.secret)
        text, certificate = issue_payment_code(fresh.secret, claims, self._keys.signer)
        for live in self.rows(payment_codes, card_id=card.card_id, state="live"):
            self._replace(live, card.member_id)
        row = {"code_ref": claims.code_ref, "secret_hash": fresh.secret_hash, "state": "live"}
        self._insert(
            (
                payment_codes,
                {
                    **row,
                    "card_id": card.card_id,
                    "member_id": card.member_id,
                    "certificate": certificate.raw,
                    "issued_at": claims.issued_at,
                    "expires_at": claims.expires_at,
                    "rate": claims.rate,
                    "tier": claims.tier,
                    "offline_limit": claims.offline_limit,
                },
            ),
            (payment_code_history, {**row, "at": self._now(), "actor": card.member_id}),
        )
        return read_payment_code(text, self._keys.verifiers)

    def _replace(self, code: Mapping[str, Any], actor: str) -> None:
        replaced = update(payment_codes).where(payment_codes.c.code_ref == code["code_ref"])
        self._context.database.run(lambda c: c.execute(replaced.values(state="replaced")))
        told = {name: code[name] for name in ("code_ref", "secret_hash")}
        row = told | {"state": "replaced", "at": self._now(), "actor": actor}
        self._insert((payment_code_history, row))

    def set_codes(self, card: CardRows, seen: str, to: str) -> None:
        """Move the card's codes from one state to another."""
        self.update(payment_codes, {"card_id": card.card_id, "state": seen}, {"state": to})

    def update(self, table: Table, where: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Change rows behind everybody's back."""
        self.was_tampered = True
        conditions = [table.c[name] == value for name, value in where.items()]
        self._context.database.run(lambda c: c.execute(update(table).where(*conditions).values(**values)))

    def insert(self, table: Table, row: dict[str, Any]) -> None:
        """One row of any table."""
        self._insert((table, row))

    def forget_code(self, code_ref: str) -> None:
        """A hub that never issued the code, or lost it."""
        for table in (payment_code_history, payment_codes):
            Superuser(self._context.database).drop(table, {"code_ref": code_ref})

    def rows(self, table: Table, **where: Any) -> list[dict[str, Any]]:
        """Rows of a table, in the order of its primary key."""
        conditions = [table.c[name] == value for name, value in where.items()]
        query = select(table).where(*conditions).order_by(*table.primary_key.columns)
        return self._context.database.read(lambda c: [dict(row._mapping) for row in c.execute(query)])

    def one(self, table: Table, **where: Any) -> dict[str, Any]:
        """The one such row."""
        (row,) = self.rows(table, **where)
        return row

    def _insert(self, *rows: tuple[Table, dict[str, Any]]) -> None:
        self._context.database.run(lambda c: [c.execute(insert(table).values(**row)) for table, row in rows])

    def _id(self) -> str:
        return self._context.ids.new()

    def _now(self) -> datetime:
        return self._context.clock.now()

    def _next(self) -> int:
        self._count += 1
        return self._count
