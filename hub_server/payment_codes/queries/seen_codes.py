"""A card's codes and what became of each, for whoever looks into a case: no secret, and no hash of one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from hub_server.payment_codes.states import CodeState
from hub_server.payment_codes.tables import payment_code_history, payment_codes


@dataclass(frozen=True, slots=True)
class SeenState:
    """A state that a code came to: when, and by whom."""

    state: CodeState
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCode:
    """A code and its history, oldest first; `serial` gives the order of issue over all cards."""

    serial: int
    code_ref: str
    member_id: str | None
    kiosk_id: str | None
    state: CodeState
    issued_at: datetime
    expires_at: datetime
    rate: int
    tier: int
    offline_limit: int
    revoked_at: datetime | None
    live_uses: int
    advised_uses: int
    history: tuple[SeenState, ...]


def codes_of_card(
    connection: Connection, card_id: str, *, below: int | None = None, limit: int
) -> list[SeenCode]:
    """The card's codes, the newest first, from below a serial on."""
    serials = (
        select(payment_codes.c.code_ref, func.min(payment_code_history.c.id).label("serial"))
        .join(payment_code_history, payment_code_history.c.code_ref == payment_codes.c.code_ref)
        .where(payment_codes.c.card_id == card_id)
        .group_by(payment_codes.c.code_ref)
        .subquery()
    )
    query = select(payment_codes, serials.c.serial).join(
        serials, serials.c.code_ref == payment_codes.c.code_ref
    )
    if below is not None:
        query = query.where(serials.c.serial < below)
    found = connection.execute(query.order_by(serials.c.serial.desc()).limit(limit)).all()
    history = _history(connection, [row.code_ref for row in found])
    return [
        SeenCode(
            serial=row.serial,
            code_ref=row.code_ref,
            member_id=row.member_id,
            kiosk_id=row.kiosk_id,
            state=CodeState(row.state),
            issued_at=row.issued_at,
            expires_at=row.expires_at,
            rate=row.rate,
            tier=row.tier,
            offline_limit=row.offline_limit,
            revoked_at=row.revoked_at,
            live_uses=row.live_uses,
            advised_uses=row.advised_uses,
            history=tuple(history[row.code_ref]),
        )
        for row in found
    ]


def _history(connection: Connection, code_refs: list[str]) -> dict[str, list[SeenState]]:
    seen: dict[str, list[SeenState]] = {code_ref: [] for code_ref in code_refs}
    rows = connection.execute(
        select(payment_code_history)
        .where(payment_code_history.c.code_ref.in_(code_refs))
        .order_by(payment_code_history.c.id)
    )
    for row in rows:
        seen[row.code_ref].append(SeenState(CodeState(row.state), row.at, row.actor))
    return seen
