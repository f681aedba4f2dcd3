"""What a terminal approved by itself in a shift and no money moved by: it stands in its sums, and not in the ledger."""

from sqlalchemy import Connection, and_, func, select

from hub_server.journal_intake.tables import journal_entries
from hub_server.shifts import Approved
from shared.journal_entries import EntryType, Status
from shared.signing import from_base64url
from shared.strict_json import loads_object


def approved_without_money(
    connection: Connection, terminal_id: str, shift: str, opened_seq: int | None, closed_seq: int
) -> list[Approved]:
    """Those of a shift that stand before its closing, in the order of the journal."""
    advice, charge, reversal = (journal_entries.alias(name) for name in ("advice", "charge", "reversal"))
    undone = (
        select(func.min(reversal.c.seq))
        .where(
            reversal.c.terminal_id == terminal_id,
            reversal.c.charge_id == advice.c.charge_id,
            reversal.c.type == EntryType.REVERSAL.value,
            reversal.c.status == Status.REVERSED.value,
        )
        .scalar_subquery()
    )
    joined = and_(charge.c.terminal_id == terminal_id, charge.c.entry_id == advice.c.charge_id)
    found = connection.execute(
        select(
            advice.c.seq,
            advice.c.entry_id,
            advice.c.charge_id,
            advice.c.status,
            advice.c.code,
            advice.c.advised_payable.label("payable"),
            undone.label("reversed_seq"),
            charge.c.jws,
        )
        .join(charge, joined)
        .where(
            advice.c.terminal_id == terminal_id,
            advice.c.seq > (opened_seq if opened_seq is not None else -1),
            advice.c.seq < closed_seq,
            advice.c.type == EntryType.ADVICE.value,
            advice.c.transaction_id.is_(None),
            advice.c.advised_payable.is_not(None),
        )
        .order_by(advice.c.seq)
    )
    first: dict[str, Approved] = {}
    for row in found:
        if _shift_of(row.jws) == shift:
            values = {name: getattr(row, name) for name in Approved.__slots__}
            # A second advice of a charge approves nothing more.
            first.setdefault(row.charge_id, Approved(**values | {"status": Status(row.status)}))
    return list(first.values())


def _shift_of(jws: str) -> object:
    """A stored charge's shift; it was verified when it came."""
    data = loads_object(from_base64url(jws.split(".")[1])).get("data")
    return data.get("shift") if isinstance(data, dict) else None
