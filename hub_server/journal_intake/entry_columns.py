"""An entry as its own columns say it; what became of it is written beside."""

from datetime import datetime

from hub_server.journal_intake.incoming import Incoming
from shared.journal_entries import AdviceData


def entry_columns(item: Incoming, received_at: datetime) -> dict[str, object]:
    """The columns of `journal_entries` that never change."""
    entry, data = item.entry, item.data
    return {
        "terminal_id": entry.terminal_id,
        "seq": entry.seq,
        "entry_id": entry.id,
        "hash": entry.hash,
        "prev": entry.prev,
        "jws": entry.jws,
        "type": entry.type_name,
        "at": entry.at,
        "contact": entry.contact,
        "received_at": received_at,
        "charge_id": item.charge_id,
        "code_ref": item.claims.code_ref if item.claims is not None else None,
        "advised_payable": data.payable if isinstance(data, AdviceData) else None,
    }
