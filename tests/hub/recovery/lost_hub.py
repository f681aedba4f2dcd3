"""A hub that is copied, goes on, and is lost: what was put back of it, beside what it had been."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select

from hub_server import migrations
from hub_server.backup import Made, Restored, Schema, make_backup, restore_backup
from hub_server.bootstrap import open_context
from hub_server.cards.tables import cards
from hub_server.consistency import Finding, check
from hub_server.foundation.context import Context
from hub_server.journal_intake import EntryOutcome, take_journal
from hub_server.journal_intake.tables import journal_entries
from hub_server.ledger.tables import postings
from hub_server.payment_codes.tables import payment_codes
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals import find_terminal
from hub_server.transactions.tables import transactions
from shared.journal_entries import Entry
from tests.builders.counter import Counter, intake_tools

SCHEMA = Schema(migrations.known_revisions(), migrations.migrate)
_MADE_ANEW = {"id", "original_id"}
"""Ids of transactions are nobody's business outside; numbers are."""


class LostHub:
    """`back_up`, go on, `lose`; then `context` is the restored hub's, and `before` the lost one's."""

    def __init__(self, before: Context, keys: HubSigningKeys, empty_url: str, folder: Path) -> None:
        """`empty_url`: an empty database of the same kind, where the copy is put back."""
        self.before = before
        self.keys = keys
        self.file = folder / "hub.mpsbackup"
        settings = before.settings.model_copy(
            update={"database_url": SecretStr(empty_url), "data_dir": folder / "restored"}
        )
        self.context = open_context(settings, before.clock)

    def back_up(self) -> Made:
        """Copy the hub as it is."""
        return make_backup(
            self.before,
            self.keys,
            self.file,
            schema_revision=migrations.newest_revision(),
            progress=lambda *_: None,
        )

    def lose(self, file: Path | None = None, *, replace: bool = False) -> Restored:
        """Put the copy back."""
        return restore_backup(
            self.context,
            self.keys,
            file or self.file,
            schema=SCHEMA,
            replace=replace,
            progress=lambda *_: None,
        )

    def decisions(self, counter: Counter) -> dict[int, str]:
        """What the lost hub had decided about a terminal's entries, as the terminal keeps it."""
        rows = _rows(self.before, journal_entries, terminal_id=counter.terminal_id)
        return {row["seq"]: row["decision"] for row in rows if row["decision"] is not None}

    def resend(self, counter: Counter, entries: Iterable[Entry], *, batch: int = 200) -> list[EntryOutcome]:
        """Send entries to the restored hub, each with its decision where there is one."""
        told = self.decisions(counter)
        return self.send(counter, [(entry, told.get(entry.seq)) for entry in entries], batch=batch)

    def send(
        self, counter: Counter, items: Sequence[tuple[Entry, str | None]], *, batch: int = 200
    ) -> list[EntryOutcome]:
        """Send entries with whatever decisions."""
        terminal = self.context.database.read(lambda c: find_terminal(c, counter.terminal_id))
        assert terminal is not None
        tools = intake_tools(self.context, self.keys)
        outcomes: list[EntryOutcome] = []
        for first in range(0, len(items), batch):
            page = items[first : first + batch]
            texts, decisions = [entry.jws for entry, _ in page], [told for _, told in page]
            outcomes += take_journal(self.context, tools, terminal, texts, decisions).outcomes
        return outcomes

    def differences(self, expected: dict[str, Any]) -> dict[tuple[str, Any], tuple[Any, Any]]:
        """Where the restored hub's books say something else than the lost one's: what they say, and what it said."""
        now = book(self.context)
        return {
            (kind, key): (now[kind].get(key), expected[kind].get(key))
            for kind in now
            for key in now[kind].keys() | expected[kind].keys()
            if now[kind].get(key) != expected[kind].get(key)
        }

    def findings(self) -> tuple[Finding, ...]:
        """What is off in the restored hub's books."""
        return self.context.database.read(lambda c: check(c, self.keys.verifiers)).findings

    def rows(self, table: Any, **where: Any) -> list[dict[str, Any]]:
        """Rows of the restored hub."""
        return _rows(self.context, table, **where)


def book(context: Context) -> dict[str, Any]:
    """Everything about money, codes and decisions, but for the ids of transactions."""
    moved = {row["id"]: row for row in _rows(context, transactions)}
    numbers = {key: row["tx_no"] for key, row in moved.items()}
    sums: dict[str, int] = {}
    for row in _rows(context, postings):
        number = numbers[row["transaction_id"]]
        sums[number] = sums.get(number, 0) + row["amount"]
    return {
        "transactions": {
            row["tx_no"]: _without(row, _MADE_ANEW) | {"of": numbers.get(row["original_id"])}
            for row in moved.values()
        },
        "postings": sums,
        "cards": {row["id"]: row for row in _rows(context, cards)},
        "codes": {
            row["code_ref"]: {name: row[name] for name in ("live_uses", "advised_uses", "card_id", "rate")}
            for row in _rows(context, payment_codes)
            if row["live_uses"] + row["advised_uses"] > 0
        },
        "entries": {
            (row["terminal_id"], row["seq"]): (
                row["hash"],
                row["status"],
                row["code"],
                row["decision"],
                row["decided_at"],
                numbers.get(row["transaction_id"]),
                row["reversal_tx_no"],
            )
            for row in _rows(context, journal_entries)
        },
    }


def _without(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _rows(context: Context, table: Any, **where: Any) -> list[dict[str, Any]]:
    conditions = [table.c[name] == value for name, value in where.items()]
    query = select(table).where(*conditions).order_by(*table.primary_key.columns)
    return context.database.read(lambda c: [dict(row._mapping) for row in c.execute(query)])
