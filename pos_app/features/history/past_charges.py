"""The charges of this terminal and their papers."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pos_app.hub_copy import HubCopy, HubFacts
from pos_app.journal import charges
from pos_app.journal.charges import Charge
from pos_app.journal.states import ChargeState
from pos_app.receipts.content import (
    CancellationSlip,
    ChargeKind,
    ChargeReceipt,
    Copy,
    Heading,
    JournalMark,
    MatterSlip,
    Points,
)
from pos_app.storage import Database, Transaction
from shared.clock import Clock
from shared.ids import EntryId
from shared.payment_code import CardType

PAGE: Final = 50
_WITHOUT_POINTS: Final = (CardType.CORPORATE, CardType.VOUCHER)


@dataclass(frozen=True, slots=True)
class NothingToPrint:
    """The charge was not approved and not cancelled: no paper says that nobody knows."""


class PastCharges:
    """Queries; each blocks for one read."""

    def __init__(self, database: Database, hub_copy: HubCopy, clock: Clock) -> None:
        """`clock` is the estimate of hub time."""
        self._database = database
        self._hub_copy = hub_copy
        self._clock = clock

    def recent(self, before_seq: int | None = None, limit: int = PAGE) -> list[Charge]:
        """One page, the newest first."""
        return self._database.read(lambda tx: charges.recent(tx, limit, before_seq)).result()

    def find(self, entry_id: str) -> Charge | None:
        """One charge."""
        return self._database.read(lambda tx: charges.by_id(tx, entry_id)).result()

    def next_copy(self, entry_id: str) -> int:
        """Count one more paper, durably: 1 is the original, 2 is COPY 2; the window and the command line count as one."""
        return self._database.write(lambda tx: charges.count_paper(tx, entry_id)).result()

    def receipt(self, entry_id: str) -> ChargeReceipt | None:
        """The receipt of an approved charge; None where there is none."""
        charge = self.find(entry_id)
        if charge is None or not (charge.state.is_standing or charge.state is ChargeState.REJECTED):
            return None
        paper = paper_of(charge, self._hub_copy.facts, None)
        return paper if isinstance(paper, ChargeReceipt) else None

    def matter_slip(self, entry_id: str, seq: int, at: datetime, meaning: str) -> MatterSlip:
        """What a manager must see to: a charge, or a record that is about none."""
        charge, facts = self.find(entry_id), self._hub_copy.facts
        number, mark = f"{facts.terminal_no}-{seq}", None
        if charge is not None:
            number = f"{facts.terminal_no}-{charge.seq}"
            if charge.transaction is not None and charge.transaction.tx_no:
                number = charge.transaction.tx_no
            mark = JournalMark(entry_id=EntryId(charge.id), seq=charge.seq, short_hash=charge.short_hash)
        return MatterSlip(
            heading=heading_of(facts, charge.cashier if charge else ""),
            number=number,
            at=charge.at if charge else at,
            last4=f"{charge.claims.last4:04d}" if charge else None,
            amount=charge.payable if charge else None,
            meaning=meaning,
            journal=mark,
        )

    def next_paper(self, entry_id: str) -> ChargeReceipt | CancellationSlip | NothingToPrint:
        """What the printer gets now: the first paper, or COPY n. Each call counts as a paper."""

        def count(tx: Transaction) -> tuple[Charge, int] | None:
            charge = charges.by_id(tx, entry_id)
            if charge is None or charge.state in (
                ChargeState.DURABLE,
                ChargeState.IN_DOUBT,
                ChargeState.DECLINED,
            ):
                return None
            return charge, charges.count_paper(tx, entry_id)

        counted = self._database.write(count).result()
        if counted is None:
            return NothingToPrint()
        charge, number = counted
        copy = Copy(number=number, at=self._clock.now()) if number > 1 else None
        return paper_of(charge, self._hub_copy.facts, copy)


def paper_of(charge: Charge, facts: HubFacts, copy: Copy | None) -> ChargeReceipt | CancellationSlip:
    """The receipt of an approved charge, or the slip of a cancelled one."""
    mark = JournalMark(entry_id=EntryId(charge.id), seq=charge.seq, short_hash=charge.short_hash)
    heading, told = heading_of(facts, charge.cashier), charge.transaction
    if charge.state is ChargeState.REVERSED:
        return CancellationSlip(
            heading=heading,
            tx_no=told.tx_no if told else None,
            reversal_no=None,
            at=charge.at,
            last4=f"{charge.claims.last4:04d}",
            payable=charge.payable,
            charge=mark,
            copy=copy,
        )
    kind = ChargeKind.TRAINING if charge.training else ChargeKind.COMPLETED if told else ChargeKind.OFFLINE
    points = None
    # Without an id only the decision is known, which tells no balance of points.
    if kind is ChargeKind.COMPLETED and told and told.id and charge.claims.card_type not in _WITHOUT_POINTS:
        points = Points(earned=told.points_earned, balance=told.points_balance)
    return ChargeReceipt(
        heading=heading,
        kind=kind,
        tx_no=told.tx_no if told and kind is ChargeKind.COMPLETED else None,
        at=charge.at,
        card_type=charge.claims.card_type.name.lower(),
        last4=f"{charge.claims.last4:04d}",
        tier=charge.claims.tier,
        raw=charge.amount,
        rate=charge.claims.rate,
        payable=told.payable if told else charge.payable,
        points=points,
        journal=mark,
        copy=copy,
    )


def heading_of(facts: HubFacts, cashier: str) -> Heading:
    """What all papers of this terminal begin with; `cashier` is a staff id, shown by name if it is known."""
    person = next((p for p in facts.staff if p.id == cashier), None)
    return Heading(
        store_name=facts.shop_name,
        terminal_no=facts.terminal_no,
        cashier_name=person.name if person else cashier,
        time_zone=_zone(facts.store.time_zone),
        currency=facts.policy.currency,
        exponent=facts.policy.exponent,
        header=facts.policy.receipt.header,
        footer=facts.policy.receipt.footer,
    )


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC  # a receipt in UTC is better than none
