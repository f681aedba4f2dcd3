"""What tests of refunds ask of a counter."""

from hub_server.journal_intake import EntryOutcome
from shared.journal_entries import Entry, Status
from shared.problems import Code
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows


def paid(counter: Counter, card: CardRows, amount: int = 10_000, *, rate: int = 10_000) -> Entry:
    """A completed charge."""
    charge = counter.journal.charge(counter.rows.code(card, rate=rate), amount)
    assert counter.submit(charge)[0].status is Status.COMPLETED
    return charge


def ask_refund(counter: Counter, charge: Entry | str, amount: int, manager: str) -> EntryOutcome:
    """Ask for a refund that the manager approved."""
    return counter.ask(counter.journal.refund(charge, amount, approved_by=manager))


def said(outcome: EntryOutcome) -> tuple[Status, Code | None]:
    """Status and code of what was answered."""
    return outcome.status, outcome.refusal.code if outcome.refusal is not None else None


def number_of(counter: Counter, charge: Entry) -> str:
    """The number of what a charge moved."""
    row = counter.ask(charge).transaction
    assert row is not None
    return row.tx_no
