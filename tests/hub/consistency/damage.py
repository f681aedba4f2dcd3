"""A hub with a history in which everything stands that the check looks at, and ways to damage it."""

from typing import Any

from hub_server.audit.tables import audit_events
from hub_server.consistency import Report, check
from hub_server.foundation.context import Context
from hub_server.journal_intake.tables import journal_entries
from hub_server.ledger.tables import accounts, postings
from hub_server.payment_codes.tables import payment_codes
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.journal_entries import Status
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.damage import Superuser
from tests.builders.hub_rows import HubRows
from tests.hub.consistency.registers import Registers


class Damage(Superuser):
    """A hub with a history, and ways to damage it behind its back."""

    def __init__(self, context: Context, keys: HubSigningKeys) -> None:
        super().__init__(context.database)
        self.context, self.keys = context, keys
        self.rows = rows = HubRows(context, keys)
        self.counter = counter = Counter(context, keys, rows)
        self.card = rows.card(100_000, points=990)
        charge = counter.journal.charge(rows.code(self.card), 5_000)
        undone = counter.journal.charge(rows.code(rows.card()), 700)
        counter.journal.reversal(undone)
        counter.journal.charge(rows.code(rows.card(0)), 1)
        counter.journal.charge(rows.code(rows.card()), 10, training=True)
        counter.journal.malformed_charge()
        assert [o.status for o in counter.submit(*counter.journal.entries)][1] is Status.COMPLETED
        self.charge_id = charge.id
        offline = Counter(context, keys, rows, counter.shop, lag=TOO_LATE)
        poor = offline.journal.charge(rows.code(rows.card(10)), 300)
        offline.submit(*offline.journal.entries, offline.journal.advice(poor))
        waiting = offline.journal.charge(rows.code(rows.card()), 5)
        offline.submit(waiting)
        self.live_code = rows.code(rows.card()).claims.code_ref
        self.registers = Registers(context, rows, counter.shop.merchant_id, counter.shop.account_id)
        self.refund_no = self.registers.refund(self.charged(), self.card.card_id, 1_000, points=10)
        self.adjustment_id = self.registers.adjust(rows.card().card_id, 700)
        self.refused_id = self.registers.adjust(rows.card().card_id, None)
        self.registers.key("order-1", self.charged()["id"])
        self.registers.grant(self.card.card_id)
        self.registers.api_key()

    def report(self) -> Report:
        """What the check says."""
        return self.context.database.read(lambda c: check(c, self.keys.verifiers))

    def charged(self) -> dict[str, Any]:
        """The completed charge's transaction."""
        return self.rows.one(transactions, entry_id=self.charge_id)

    def event_of(self, tx_no: str) -> int:
        """The audit event that tells of a transaction."""
        (found,) = [
            row["id"] for row in self.rows.rows(audit_events) if dict(row["data"]).get("tx_no") == tx_no
        ]
        return int(found)

    def drop_movement(self, tx_no: str) -> None:
        """A transaction with its postings."""
        row = self.rows.one(transactions, tx_no=tx_no)
        self.drop(postings, {"transaction_id": row["id"]})
        self.drop(transactions, {"id": row["id"]})

    def code_ref(self) -> str:
        """The code that paid it."""
        return str(self.charged()["code_ref"])

    def entry(self, name: str) -> Any:
        """A column of the charge's entry."""
        return self.rows.one(journal_entries, entry_id=self.charge_id)[name]

    def gateway(self) -> str:
        """Any gateway's account."""
        return str(self.rows.rows(accounts, kind="gateway")[0]["id"])

    def found(self) -> set[tuple[str, str]]:
        """Which check found which row."""
        return {(found.check, found.subject) for found in self.report().findings}

    def posting(self, **where: Any) -> dict[str, Any]:
        """The posting of a transaction."""
        return self.rows.one(postings, **where)

    def code(self) -> dict[str, Any]:
        """The live code's row."""
        return self.rows.one(payment_codes, code_ref=self.live_code)
