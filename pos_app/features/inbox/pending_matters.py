"""What waits for a person or for the line (design.md 3, 待處理)."""

from dataclasses import dataclass
from enum import Enum

from pos_app.journal import charges, waiting
from pos_app.journal.charges import Charge
from pos_app.journal.states import ChargeState
from pos_app.journal.waiting import SetAside
from pos_app.storage import Database, Transaction
from shared.journal_entries import Status


class Matter(Enum):
    """Why a row stands in the inbox."""

    IN_DOUBT = "in_doubt"
    REJECTED = "rejected"
    WAITING_FOR_A_PERSON = "waiting_for_a_person"


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One row: the entry that was set aside, if it is about one, and its charge."""

    matter: Matter
    charge: Charge | None
    entry: SetAside | None


class PendingMatters:
    """A query; blocks for one read."""

    def __init__(self, database: Database) -> None:
        """Reads only."""
        self._database = database

    def rows(self) -> list[InboxRow]:
        """All rows: charges in doubt first, then what was refused, held or left unconfirmed."""
        return self._database.read(_rows).result()


def _rows(tx: Transaction) -> list[InboxRow]:
    doubtful = charges.in_states(tx, ChargeState.DURABLE, ChargeState.IN_DOUBT)
    rows = {charge.id: InboxRow(Matter.IN_DOUBT, charge, None) for charge in doubtful}
    for entry in waiting.set_aside(tx):
        charge = charges.by_id(tx, entry.charge) if entry.charge else None
        if charge is not None and charge.state is ChargeState.DECLINED:
            continue  # the counter was told; nothing is left to do
        rejected = entry.status is Status.REJECTED
        matter = Matter.REJECTED if rejected else Matter.WAITING_FOR_A_PERSON
        key = charge.id if charge else str(entry.seq)
        known = rows.get(key)
        # One row a charge: the advice's refusal says more than its charge's.
        if known is None or known.entry is None or entry.code is not None:
            rows[key] = InboxRow(matter, charge, entry)
    return list(rows.values())
