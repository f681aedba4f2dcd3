"""Find the codes that a batch needs and that this hub signed and lost (protocol.md 5)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from hub_server.foundation.storage import Connection, lost_times
from hub_server.journal_intake.incoming import Incoming
from hub_server.journal_intake.tools import IntakeTools
from hub_server.payment_codes import LostCode
from shared.journal_entries import ChargeData, Status
from shared.payment_code import Claims
from shared.signing import from_base64url


def lost_codes(
    connection: Connection, tools: IntakeTools, entries: Iterable[Incoming], advices: Sequence[Incoming]
) -> list[LostCode]:
    """Codes of charges that were completed once, and of advised ones where the code may be lost at all.

    A decision vouches for its code. Any other that has no row is one of those issued between a copy and its restore,
    or something that a person has to see.
    """
    told = [item for item in entries if item.is_charge and item.claims is not None]
    moved = {
        item.charge_id
        for item in [*told, *advices]
        if item.brought is not None
        and item.brought.decision.status is Status.COMPLETED
        and item.brought.decision.tx_no is not None
    }
    advised = {item.charge_id for item in advices}
    times = lost_times(connection) if advised else []
    return [
        _lost(item.claims, item.data, tools)
        for item in told
        if item.claims is not None
        and isinstance(item.data, ChargeData)
        and (item.entry.id in moved or (item.entry.id in advised and _is_within(times, item.claims)))
    ]


def _is_within(times: Sequence[tuple[datetime, datetime]], claims: Claims) -> bool:
    return any(begin <= claims.issued_at <= end for begin, end in times)


def _lost(claims: Claims, data: ChargeData, tools: IntakeTools) -> LostCode:
    return LostCode(
        claims=claims,
        certificate=from_base64url(data.certificate),
        serial=tools.open_card_ref(claims.card_ref),
    )
