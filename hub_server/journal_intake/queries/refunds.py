"""What refunds name besides the terminal's own charges, and the refunds that wait for other terminals' charges."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, exists, select, text

from hub_server.journal_intake.tables import journal_entries
from hub_server.terminals.tables import terminals
from hub_server.transactions.tables import transactions
from shared.journal_entries import EntryType, Status

_FINAL = tuple(status.value for status in Status if status.is_signed)


@dataclass(frozen=True, slots=True)
class ElsewhereRow:
    """A charge in the journal of another terminal."""

    entry_id: str
    terminal_id: str
    status: Status


@dataclass(frozen=True, slots=True)
class WaitingRefund:
    """A refund that can be decided now: whose, and where it stands."""

    terminal_id: str
    seq: int


def charges_elsewhere(
    connection: Connection, merchant_id: str, terminal_id: str, charge_ids: Sequence[str]
) -> list[ElsewhereRow]:
    """Those charges in the journals of the merchant's other terminals."""
    if not charge_ids:
        return []
    others = select(terminals.c.id).where(
        terminals.c.merchant_id == merchant_id, terminals.c.id != terminal_id
    )
    found = connection.execute(
        select(journal_entries.c.entry_id, journal_entries.c.terminal_id, journal_entries.c.status)
        .where(
            journal_entries.c.terminal_id.in_(others),
            journal_entries.c.entry_id.in_(charge_ids),
            journal_entries.c.type == EntryType.CHARGE.value,
        )
        .order_by(journal_entries.c.terminal_id)
    )
    return [ElsewhereRow(row.entry_id, row.terminal_id, Status(row.status)) for row in found]


def has_other_terminals(connection: Connection, merchant_id: str, terminal_id: str) -> bool:
    """Whether the merchant has another enrolled terminal, suspended or not."""
    other = exists().where(
        terminals.c.merchant_id == merchant_id,
        terminals.c.id != terminal_id,
        terminals.c.public_key.is_not(None),
    )
    return bool(connection.execute(select(other)).scalar_one())


def refunds_to_settle(connection: Connection, limit: int) -> list[WaitingRefund]:
    """Refunds that wait for a charge which another terminal of the merchant has brought to its end meanwhile.

    A charge of the refund's own terminal is settled with its own batch. Besides, those that name a number which is
    back: the detail of such a one is the number that it waits for. The condition is literal, so that it is answered
    from its small index.
    """
    waits = text(f"status = '{Status.PENDING}' AND type = '{EntryType.REFUND}'")
    refund = (
        select(
            journal_entries.c.terminal_id,
            journal_entries.c.seq,
            journal_entries.c.charge_id,
            journal_entries.c.detail,
        )
        .where(waits)
        .cte("refund")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    charge, own, other = journal_entries.alias("charge"), terminals.alias("own"), terminals.alias("other")
    by_charge = (
        select(refund.c.terminal_id, refund.c.seq)
        .join(own, own.c.id == refund.c.terminal_id)
        .join(other, and_(other.c.merchant_id == own.c.merchant_id, other.c.id != own.c.id))
        .join(charge, and_(charge.c.terminal_id == other.c.id, charge.c.entry_id == refund.c.charge_id))
        .where(charge.c.type == EntryType.CHARGE.value, charge.c.status.in_(_FINAL))
    )
    by_number = (
        select(refund.c.terminal_id, refund.c.seq)
        .join(transactions, transactions.c.tx_no == refund.c.detail)
        .where(refund.c.charge_id.is_(None))
    )
    either = by_charge.union(by_number).subquery()
    found = connection.execute(
        select(either.c.terminal_id, either.c.seq).order_by(either.c.terminal_id, either.c.seq).limit(limit)
    )
    return [WaitingRefund(row.terminal_id, row.seq) for row in found]
