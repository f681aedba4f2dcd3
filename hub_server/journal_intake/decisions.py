"""The signed answer to an entry: composed once, stored, and repeated byte for byte (protocol.md 5). Pure."""

from collections.abc import Mapping
from datetime import datetime

from hub_server.journal_intake.track import Track
from hub_server.transactions import TransactionKind, TransactionRow
from shared.journal_entries import Decision, Status, sign_decision
from shared.signing import Signer


def compose_decision(
    track: Track,
    card_ref: str | None,
    transactions: Mapping[str, TransactionRow],
    now: datetime,
    signer: Signer,
) -> str:
    """Sign what became of the entry; `card_ref` (base64url) is of the code that paid what it is about.

    The amounts are a reversal's or refund's own, else those of the charge that the entry completed.
    """
    entry = track.incoming.entry
    if track.status is None:
        raise ValueError("an entry without a status has no decision")
    told = _told(track, transactions)
    paid = told if told is not None and told.kind is TransactionKind.CHARGE else None
    decision = Decision(
        terminal=entry.terminal_id,
        seq=entry.seq,
        id=entry.id,
        entry=entry.hash,
        status=track.status,
        code=track.refusal.code if track.refusal is not None else None,
        tx_no=told.tx_no if told is not None else None,
        card_ref=card_ref if told is not None else None,
        payable=told.payable if told is not None else None,
        rate=told.rate if told is not None else None,
        points_earned=told.points_earned if told is not None else None,
        offline=paid.offline if paid is not None else None,
        overdrawn=paid.overdrawn if paid is not None else None,
        decided_at=now,
    )
    return sign_decision(decision, signer)


def _told(track: Track, transactions: Mapping[str, TransactionRow]) -> TransactionRow | None:
    if track.reversal_id is not None:
        return transactions[track.reversal_id]
    if track.status is Status.COMPLETED and track.transaction_id is not None:
        return transactions[track.transaction_id]
    return None
