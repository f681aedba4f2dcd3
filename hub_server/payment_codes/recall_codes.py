"""Use case recall_codes: codes that the hub signed and no longer knows, since it lost its newest data (protocol.md 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.bindings import bindings_of_cards
from hub_server.cards import cards_by_serial
from hub_server.foundation.storage import Connection
from hub_server.payment_codes.queries import CodeRow, codes_by_ref, insert_lost_codes
from hub_server.payment_codes.states import CodeState
from shared.payment_code import Claims

NO_SECRET = ""
"""Only the bcrypt hash of a secret was kept, and it is lost: no whole code fits this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostCode:
    """A verified certificate, its bytes, and the serial of the card for which it was made."""

    claims: Claims
    certificate: bytes
    serial: int


def recall_codes(connection: Connection, lost: Sequence[LostCode], *, at: datetime, actor: Actor) -> None:
    """Record those that have no row and whose cards are known, as codes that are over, to be used by what comes.

    Who presented one is known where the card has a single holder.
    """
    known = codes_by_ref(connection, [code.claims.code_ref for code in lost])
    missing = {code.claims.code_ref: code for code in lost if code.claims.code_ref not in known}
    if not missing:
        return
    cards = cards_by_serial(connection, sorted({code.serial for code in missing.values()}))
    holders: dict[str, list[str]] = {}
    for binding in bindings_of_cards(connection, [card.id for card in cards.values()]):
        holders.setdefault(binding.card_id, []).append(binding.member_id)
    rows = [
        _row(code, cards[code.serial].id, holders.get(cards[code.serial].id, []))
        for code in missing.values()
        if code.serial in cards
    ]
    recalled = insert_lost_codes(connection, rows, at=at, actor=actor.id)
    events = [
        actor.did(AuditName.QR_RECALLED, "card", row.card_id, code_ref=row.code_ref)
        for row in rows
        if row.code_ref in recalled
    ]
    record(connection, at, events)


def _row(code: LostCode, card_id: str, holders: Sequence[str]) -> CodeRow:
    claims = code.claims
    return CodeRow(
        code_ref=claims.code_ref,
        card_id=card_id,
        member_id=holders[0] if len(holders) == 1 else None,
        secret_hash=NO_SECRET,
        certificate=code.certificate,
        state=CodeState.EXPIRED,
        issued_at=claims.issued_at,
        expires_at=claims.expires_at,
        rate=claims.rate,
        tier=claims.tier,
        offline_limit=claims.offline_limit,
    )
