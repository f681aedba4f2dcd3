"""A real hub process with demo data, and what a test does at it from outside its API: codes, policy, a look at its rows."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any, Self

import sqlalchemy as sa
from pydantic import SecretStr

from hub_server.audit import Actor
from hub_server.bootstrap import open_context, open_keys
from hub_server.cards.tables import cards
from hub_server.demo_data import load_data, make_demo_data
from hub_server.foundation.context import Context
from hub_server.journal_intake.tables import journal_entries
from hub_server.merchants import policy_in_force, set_policy
from hub_server.payment_codes import CARD_REF_RANDOM_BYTES, CodeOrder, fresh_secret, issue_codes
from hub_server.settings import Settings
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.api.policy import Policy
from shared.clock import Clock, SystemClock
from tests.fakes.clock import ManualClock
from tests.system.processes import HubProcess

CHEAP_HASHES = {"MPS_HUB_PIN_BCRYPT_COST": "4", "MPS_HUB_PASSWORD_BCRYPT_COST": "4"}
_ROUND = 20
_LOOK_S = 0.05
_CHEAPEST = 4
_FRESH = timedelta(minutes=8)
_TEST = Actor("system", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class FundedCode:
    """A live code of a card of its own with 5,000.00 on it, good for 500.00 offline."""

    card_no: str
    text: str = field(repr=False)


@dataclass
class Shop:
    """One hub and its people. Open it with `Shop.open`, close it with `close`; the hub process is the caller's."""

    hub: HubProcess
    context: Context
    keys: HubSigningKeys = field(repr=False)
    demo: dict[str, Any] = field(repr=False)
    _codes: list[FundedCode] = field(default_factory=list, repr=False)
    _loaded_at: datetime | None = None

    @classmethod
    def open(cls, hub: HubProcess, clock: Clock | None = None) -> Self:
        """At a hub that has been started at least once; demo data is made unless it is there.

        `clock` is what the shop itself goes by, the machine's unless given.
        """
        address = hub.environment.get("MPS_HUB_DATABASE_URL")
        key_file = hub.environment.get("MPS_HUB_KEY_FILE")
        settings = Settings(
            data_dir=hub.folder,
            base_url=hub.base_url or hub.url,
            database_url=SecretStr(address) if address else None,
            key_file=Path(key_file) if key_file else None,
            pin_bcrypt_cost=4,
            password_bcrypt_cost=4,
        )
        context = open_context(settings, clock)
        keys = open_keys(context)
        return cls(hub, context, keys, make_demo_data(context, keys))

    def close(self) -> None:
        """Let go of the database."""
        self.context.database.close()

    def enrolment_code(self) -> str:
        """A fresh one."""
        code: str = make_demo_data(self.context, self.keys)["enrolment_code"]
        return code

    def payment_code(self) -> FundedCode:
        """A live code that nobody has had yet."""
        now = self.context.clock.now()
        if not self._codes or self._loaded_at is None or now - self._loaded_at > _FRESH:
            self._codes, self._loaded_at = self.load(_ROUND), now
        return self._codes.pop()

    def load(self, cards: int) -> list[FundedCode]:
        """What `mps-hub load-data` writes."""
        out = self.hub.folder / "codes.jsonl"
        load_data(self.context, self.keys, cards, out)
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        out.unlink()
        return [FundedCode(card_no=line["card_no"], text=line["code"]) for line in lines]

    def expired_code(self, age: timedelta = timedelta(hours=1)) -> FundedCode:
        """A code that was good that long ago: the hub's own use case, by a clock in the past."""
        card = self.payment_code()
        past = ManualClock(SystemClock().now() - age)
        [row] = self.read(sa.select(cards.c.id).where(cards.c.card_no == card.card_no))
        order = CodeOrder(
            card_id=row["id"],
            member_id=None,
            fresh=fresh_secret(self.context.random_bytes, _CHEAPEST),
            ref_random=self.context.random_bytes(CARD_REF_RANDOM_BYTES),
        )
        [made] = self.context.database.run(
            lambda connection: issue_codes(
                connection, self.keys, self.context.settings, [order], at=past.now(), actor=_TEST
            )
        )
        return FundedCode(card_no=card.card_no, text=made.text)

    def set_policy(self, policy: Policy) -> Policy:
        """The merchant's next policy; terminals hear of it by the feed."""
        return self.context.database.run(
            lambda connection: set_policy(
                connection,
                self.context.settings,
                merchant_id=self.demo["merchant"]["id"],
                policy=policy,
                at=self.context.clock.now(),
                actor=_TEST,
            )
        )

    def wait_until_told(self, policy: Policy, limit_s: float = 15.0) -> None:
        """Until the hub has put it on the feed: whoever enrols from then on has it.

        Raises:
            AssertionError: not within `limit_s`.
        """
        deadline, look = time.monotonic() + limit_s, Event()
        while self._policy_in_force().version < policy.version:
            assert time.monotonic() < deadline, f"policy {policy.version} was told to nobody"
            look.wait(_LOOK_S)

    def _policy_in_force(self) -> Policy:
        merchant_id = self.demo["merchant"]["id"]
        return self.context.database.read(lambda connection: policy_in_force(connection, merchant_id))

    def read(self, query: sa.Select[Any]) -> list[dict[str, Any]]:
        """Rows of the hub's database."""
        found: Sequence[sa.RowMapping] = self.context.database.read(
            lambda connection: connection.execute(query).mappings().all()
        )
        return [dict(row) for row in found]

    def movements(self, card_no: str) -> list[dict[str, Any]]:
        """The merchants' movements on a card, oldest first."""
        query = sa.select(transactions).join(cards, cards.c.id == transactions.c.card_id)
        mine = query.where((cards.c.card_no == card_no) & transactions.c.merchant_id.is_not(None))
        return self.read(mine.order_by(transactions.c.completed_at, transactions.c.tx_no))

    def balance(self, card_no: str) -> int:
        """What the card holds, minor units."""
        [row] = self.read(sa.select(cards.c.balance).where(cards.c.card_no == card_no))
        return int(row["balance"])

    def entries_of(self, terminal_id: str) -> list[dict[str, Any]]:
        """What the hub keeps of a terminal's journal, in its order."""
        mine = sa.select(journal_entries).where(journal_entries.c.terminal_id == terminal_id)
        return self.read(mine.order_by(journal_entries.c.seq))

    def charges_of(self, terminal_id: str) -> list[dict[str, Any]]:
        """The charges that the hub completed for a terminal, whatever became of them."""
        mine = sa.select(transactions).where(
            (transactions.c.terminal_id == terminal_id) & (transactions.c.kind == "charge")
        )
        return self.read(mine.order_by(transactions.c.completed_at))
