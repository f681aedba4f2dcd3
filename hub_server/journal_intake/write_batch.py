"""Write what the desk planned: everything set-based, in the caller's one transaction."""

from collections.abc import Sequence
from dataclasses import replace

from hub_server.audit import Actor, AuditEvent, AuditName, record
from hub_server.charging import MovementToPost, post_movements, repeated_label_news
from hub_server.foundation.failpoints import Failpoint, reach
from hub_server.foundation.outbox import ALERT, FEED, News, enqueue
from hub_server.foundation.storage import Connection
from hub_server.journal_intake.decisions import compose_decision
from hub_server.journal_intake.desk import Desk
from hub_server.journal_intake.entry_columns import entry_columns
from hub_server.journal_intake.queries import insert_entries, insert_forks, update_entries
from hub_server.journal_intake.read_batch import Batch
from hub_server.journal_intake.tools import IntakeTools
from hub_server.journal_intake.track import Track
from hub_server.payment_codes import codes_by_ref, freeze_card
from hub_server.terminals import suspend_terminal
from hub_server.transactions import (
    TransactionKind,
    TransactionRow,
    insert_transactions,
    record_given_back,
    take_transaction_numbers,
)
from shared.api.changes import Settled
from shared.journal_entries import Status
from shared.payment_code import InvalidPaymentCode, verify_certificate
from shared.signing import to_base64url

MAX_DETAIL = 200
_NAMES = {
    TransactionKind.CHARGE: AuditName.PAYMENT,
    TransactionKind.REFUND: AuditName.REFUND,
    TransactionKind.REVERSAL: AuditName.REVERSAL,
}
"""What a journal moves, and the audit event of each."""


def write_batch(connection: Connection, tools: IntakeTools, batch: Batch, forks: Sequence[Track]) -> None:
    """Transactions, postings, cards, codes, entries with their decisions, audit and news."""
    desk, actor = batch.desk, Actor("terminal", batch.terminal.terminal_id)
    changed = [track for track in desk.tracks.values() if track.is_changed]
    planned = _write_transactions(connection, desk)
    reach(Failpoint.AFTER_TRANSACTIONS)
    _post(connection, tools, batch, planned, actor)
    reach(Failpoint.AFTER_POSTINGS)
    refunded_from = _refunded_from(connection, tools, planned)
    for track in [*changed, *forks]:
        if track.status is not None and track.status.is_signed and track.decision is None:
            card_ref = refunded_from.get(track.id) if track.is_refund else _card_ref(desk, track)
            track.decision = compose_decision(track, card_ref, desk.transactions, desk.now, tools.signer)
            track.decided_at = desk.now
    insert_entries(connection, [_new_row(desk, track) for track in changed if track.is_new])
    update_entries(connection, [_changed_row(desk, track) for track in changed if not track.is_new])
    reach(Failpoint.AFTER_ENTRIES)
    _write_forks(connection, desk, forks, actor)
    for card_id, code_ref in desk.frozen_cards:
        freeze_card(
            connection, card_id=card_id, at=desk.now, actor=actor, reason=f"code {code_ref} was used twice"
        )
    record(connection, desk.now, _audit(actor, desk, planned, changed))
    enqueue(connection, desk.now, _news(connection, desk, planned, changed))


def _write_transactions(connection: Connection, desk: Desk) -> list[TransactionRow]:
    """Number and insert what was planned; charges of earlier batches tell what went back of them.

    What is made again, after this hub lost it, has its number.
    """
    planned = [desk.transactions[movement.transaction_id] for movement in desk.movements]
    for kind in _NAMES:
        rows = [row for row in planned if row.kind is kind and not row.tx_no]
        for row, tx_no in zip(rows, take_transaction_numbers(connection, kind, len(rows)), strict=True):
            desk.transactions[row.id] = replace(row, tx_no=tx_no)
    numbered = [desk.transactions[row.id] for row in planned]
    insert_transactions(connection, numbered)
    new = {row.id for row in numbered}
    record_given_back(connection, [desk.transactions[i] for i in sorted(desk.changed_charges - new)])
    return numbered


def _card_ref(desk: Desk, track: Track) -> str | None:
    charge = desk.tracks.get(track.charge_id or "")
    claims = charge.incoming.claims if charge is not None else None
    return to_base64url(claims.card_ref) if claims is not None else None


def _refunded_from(
    connection: Connection, tools: IntakeTools, planned: Sequence[TransactionRow]
) -> dict[str, str]:
    """The card_ref of the code that paid what each refund gives back, by the refund's entry: wherever it was paid."""
    refunds = [row for row in planned if row.kind is TransactionKind.REFUND]
    refs = {row.entry_id: row.code_ref for row in refunds if row.entry_id and row.code_ref}
    codes = codes_by_ref(connection, sorted(set(refs.values())))
    found: dict[str, str] = {}
    for entry_id, ref in refs.items():
        try:
            claims = verify_certificate(codes[ref].certificate, tools.verifiers).claims
        except (KeyError, InvalidPaymentCode):
            # The code, or the key that signed it, is gone: the decision does without, the money does not.
            continue
        found[entry_id] = to_base64url(claims.card_ref)
    return found


def _post(
    connection: Connection,
    tools: IntakeTools,
    batch: Batch,
    planned: Sequence[TransactionRow],
    actor: Actor,
) -> None:
    moves = [
        MovementToPost(
            transaction_id=row.id,
            card_id=row.card_id,
            merchant_account=batch.terminal.merchant_account,
            currency=row.currency,
            legs=movement.legs,
            points_before=movement.points_before,
            points_after=row.points_balance,
            reason=row.kind.value,
        )
        for movement, row in zip(batch.desk.movements, planned, strict=True)
    ]
    post_movements(
        connection,
        movements=moves,
        copy=batch.desk.copy,
        cards=batch.locked.cards,
        ids=tools.ids,
        at=batch.desk.now,
        actor=actor,
    )


def _new_row(desk: Desk, track: Track) -> dict[str, object]:
    return entry_columns(track.incoming, track.received_at) | _outcome(desk, track)


def _changed_row(desk: Desk, track: Track) -> dict[str, object]:
    entry = track.incoming.entry
    outcome = {f"new_{name}": value for name, value in _outcome(desk, track).items()}
    return {"the_terminal": entry.terminal_id, "the_seq": entry.seq, **outcome}


def _outcome(desk: Desk, track: Track) -> dict[str, object]:
    return {
        "status": track.status.value if track.status is not None else None,
        "code": track.refusal.code.value if track.refusal is not None else None,
        "detail": track.refusal.detail[:MAX_DETAIL] if track.refusal is not None else None,
        "decision": track.decision,
        "decided_at": track.decided_at,
        "transaction_id": track.transaction_id,
        "reversal_tx_no": desk.reversal_tx_no(track),
        "brought_decision": _brought(track),
    }


def _brought(track: Track) -> str | None:
    """What this hub had decided once, unless that is the answer again: also where people have ended it otherwise."""
    if track.brought is None or track.brought.text == track.decision:
        return None
    return track.brought.text


def _write_forks(connection: Connection, desk: Desk, forks: Sequence[Track], actor: Actor) -> None:
    """Keep what contradicts the journal as evidence, and stop the terminal."""
    if not forks:
        return
    insert_forks(
        connection,
        [
            {
                "terminal_id": desk.facts.terminal_id,
                "hash": track.incoming.entry.hash,
                "seq": track.seq,
                "entry_id": track.id,
                "jws": track.incoming.entry.jws,
                "received_at": track.received_at,
                "decision": track.decision,
            }
            for track in forks
        ],
    )
    seqs = sorted({track.seq for track in forks})
    record(
        connection,
        desk.now,
        [actor.did(AuditName.JOURNAL_FORK, "terminal", desk.facts.terminal_id, seqs=seqs)],
    )
    enqueue(
        connection,
        desk.now,
        [News(ALERT, {"kind": "journal_fork", "subject": desk.facts.terminal_id, "detail": {"seqs": seqs}})],
    )
    suspend_terminal(
        connection, terminal_id=desk.facts.terminal_id, at=desk.now, actor=actor, reason="journal fork"
    )


def _audit(
    actor: Actor, desk: Desk, planned: Sequence[TransactionRow], changed: Sequence[Track]
) -> list[AuditEvent]:
    replayed = {track.id for track in changed if track.brought is not None}
    moved = [_moved(actor, desk, row, is_replayed=row.entry_id in replayed) for row in planned]
    refused = [
        actor.did(
            _refusal_name(track),
            "entry",
            track.id,
            seq=track.seq,
            type=track.incoming.entry.type_name,
            code=track.refusal.code.value,
        )
        for track in changed
        if track.refusal is not None and track.status in (Status.DECLINED, Status.REJECTED)
    ]
    return [*moved, *refused]


def _moved(actor: Actor, desk: Desk, row: TransactionRow, *, is_replayed: bool) -> AuditEvent:
    """What moved; of what goes back, besides, of which charge and who approved it."""
    told: dict[str, object] = {"tx_no": row.tx_no, "payable": row.payable}
    if row.original_id is not None:
        told["charge"] = desk.transactions[row.original_id].tx_no
    if row.approved_by is not None:
        told["approved_by"] = row.approved_by
    if is_replayed:
        # Moved once before, and lost with the hub's newest data: by the decision that the terminal brought back.
        told["replayed"] = True
    return actor.did(_NAMES[row.kind], "card", row.card_id, **told)


def _refusal_name(track: Track) -> AuditName:
    if track.incoming.is_charge:
        return AuditName.PAYMENT_DECLINED
    return AuditName.REFUND_DECLINED if track.is_refund else AuditName.ENTRY_REFUSED


def _news(
    connection: Connection, desk: Desk, planned: Sequence[TransactionRow], changed: Sequence[Track]
) -> list[News]:
    news = [
        News(ALERT, {"kind": alarm.kind, "subject": alarm.subject, "detail": alarm.detail})
        for alarm in desk.alarms
    ]
    merchant_id = desk.facts.merchant_id
    news += repeated_label_news(connection, merchant_id, planned)
    ended = sorted(track.seq for track in changed if not track.is_new and _is_news(track))
    if ended:
        payload = {"kind": "settled", "merchant_id": merchant_id, "terminal_id": desk.facts.terminal_id}
        told = Settled(seqs=tuple(ended)).model_dump(mode="json")
        news.append(News(FEED, payload | {"data": told}))
    return news


def _is_news(track: Track) -> bool:
    """Its terminal waits for it: the answer for ever, or that a held charge waits for its advice now."""
    return track.is_settled or track.status is Status.UNCONFIRMED
