"""What waits for a person or for the line, and a manager's note that it is done (design.md 3, 待處理)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from pos_app.features.inbox.flow import InboxRow, Meaning
from pos_app.journal import charges, noted, overdue, waiting
from pos_app.journal.charges import Charge
from pos_app.journal.states import ChargeState
from pos_app.journal.waiting import SetAside
from pos_app.storage import Database, Transaction
from shared.clock import Clock
from shared.journal_entries import EntryType, Status
from shared.problems import Code

OVERDUE: Final = timedelta(hours=24)


class Matter(Enum):
    """Why something stands in the inbox."""

    IN_DOUBT = "in_doubt"
    REJECTED = "rejected"
    WAITING_FOR_A_PERSON = "waiting_for_a_person"
    UNANSWERED = "unanswered"
    DECIDED_OTHERWISE = "decided_otherwise"


@dataclass(frozen=True, slots=True)
class PendingMatter:
    """One matter: the entry that was set aside, if it is about one, and its charge."""

    matter: Matter
    charge: Charge | None
    entry: SetAside | None


class PendingMatters:
    """Queries, and the one write; all block."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """`clock` is the estimate of hub time."""
        self._database = database
        self._clock = clock

    def rows(self) -> list[PendingMatter]:
        """All matters: charges in doubt first, then what was refused, held, left unconfirmed or unanswered for a day."""
        before = self._clock.now() - OVERDUE
        return self._database.read(lambda tx: _rows(tx, before)).result()

    def note(self, seq: int, status: Status, staff: str) -> bool:
        """A manager, whose PIN was just checked, has seen to it; False if it was noted before."""
        at = self._clock.now()
        return self._database.write(lambda tx: _note(tx, seq, status, staff, at)).result()

    def screen_rows(self) -> tuple[InboxRow, ...]:
        """The same as the screen shows them."""
        now = self._clock.now()
        return tuple(row for row in (row_of(matter, now) for matter in self.rows()) if row is not None)


def _rows(tx: Transaction, overdue_before: datetime) -> list[PendingMatter]:
    doubtful = charges.in_states(tx, ChargeState.DURABLE, ChargeState.IN_DOUBT)
    rows = {charge.id: PendingMatter(Matter.IN_DOUBT, charge, None) for charge in doubtful}
    done = noted.noted(tx)
    for entry in waiting.set_aside(tx):
        charge = charges.by_id(tx, entry.charge) if entry.charge else None
        if (entry.seq, entry.status) in done:
            continue
        if charge is not None and charge.state is ChargeState.DECLINED and not entry.is_contradicted:
            continue  # the counter was told; nothing is left to do
        key = charge.id if charge else str(entry.seq)
        known = rows.get(key)
        # One row a charge: the advice's refusal says more than its charge's.
        if known is None or known.entry is None or entry.is_contradicted or entry.code is not None:
            rows[key] = PendingMatter(_matter(entry), charge, entry)
    for entry in overdue.unanswered_since(tx, overdue_before):
        charge = charges.by_id(tx, entry.charge) if entry.charge else None
        key = charge.id if charge else str(entry.seq)
        rows.setdefault(key, PendingMatter(Matter.UNANSWERED, charge, entry))
    return list(rows.values())


def _matter(entry: SetAside) -> Matter:
    if entry.is_contradicted:
        return Matter.DECIDED_OTHERWISE
    return Matter.REJECTED if entry.status is Status.REJECTED else Matter.WAITING_FOR_A_PERSON


def _note(tx: Transaction, seq: int, status: Status, staff: str, at: datetime) -> bool:
    """With an advice the hub rejects its charge too: what was one row is noted as one."""
    final = [one for one in waiting.set_aside(tx) if one.is_contradicted or one.status is Status.REJECTED]
    charge = next((one.charge for one in final if one.seq == seq), None)
    for one in final:
        if charge is not None and one.charge == charge and (one.seq, one.status) != (seq, status):
            noted.note(tx, one.seq, one.status, staff, at)
    return noted.note(tx, seq, status, staff, at)


def row_of(matter: PendingMatter, now: datetime) -> InboxRow | None:
    """The screen's row; None for what needs neither a person nor the line to be told of."""
    charge, entry = matter.charge, matter.entry
    meaning = _meaning(matter, now)
    if charge is None and (entry is None or meaning in (Meaning.WAITING, Meaning.REVERSAL_WAITING)):
        return None
    code = entry.code if entry else None
    if code is None and charge is not None and charge.refusal is not None:
        code = charge.refusal.code
    if charge is None and entry is not None:
        return InboxRow(
            entry_id=f"entry-{entry.seq}",
            at=entry.at,
            amount=None,
            last4=None,
            meaning=meaning,
            reason=code,
            seq=entry.seq,
            status=entry.status,
        )
    if charge is None:
        return None
    return InboxRow(
        entry_id=charge.id,
        at=charge.at,
        amount=charge.payable,
        last4=f"{charge.claims.last4:04d}",
        meaning=meaning,
        reason=code,
        seq=entry.seq if entry else charge.seq,
        status=entry.status if entry else None,
    )


def _meaning(matter: PendingMatter, now: datetime) -> Meaning:
    charge, entry = matter.charge, matter.entry
    if matter.matter is Matter.DECIDED_OTHERWISE:
        return Meaning.DIFFERENT
    if entry is not None and matter.matter is Matter.REJECTED:
        return _refused(entry, charge)
    if entry is not None and entry.status is Status.HELD:
        return Meaning.HELD
    at = charge.at if charge is not None else entry.at if entry is not None else now
    if now - at > OVERDUE:
        return Meaning.OVERDUE
    if matter.matter is Matter.IN_DOUBT:
        return Meaning.IN_DOUBT
    is_reversed = charge is not None and charge.state is ChargeState.REVERSED
    return Meaning.REVERSAL_WAITING if is_reversed else Meaning.WAITING


def _refused(entry: SetAside, charge: Charge | None) -> Meaning:
    if entry.type is EntryType.REVERSAL:
        return Meaning.REVERSAL_REFUSED
    if entry.type not in (EntryType.CHARGE, EntryType.ADVICE) or charge is None:
        return Meaning.RECORD_REFUSED
    return Meaning.CONTRADICTED if entry.code is Code.CONTRADICTORY_ENTRY else Meaning.REJECTED
