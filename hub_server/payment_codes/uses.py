"""Write what charges did to codes: their standing uses, and the state that follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub_server.audit import Actor
from hub_server.foundation.storage import Connection
from hub_server.payment_codes.queries import codes_by_ref, insert_history, write_uses
from hub_server.payment_codes.revoke_code import tell_revoked
from hub_server.payment_codes.states import CodeState


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeUse:
    """A code as the decision left it; the caller holds its card's lock."""

    code_ref: str
    state: str
    live_uses: int
    advised_uses: int
    revoked_at: datetime | None


def record_uses(connection: Connection, uses: Sequence[CodeUse], *, at: datetime, actor: Actor) -> None:
    """Consume codes and release them again, set-based, with a history row for each that changed its state.

    A code whose card was stopped while it was used is revoked when it comes back, and terminals are told.
    """
    before = codes_by_ref(connection, [use.code_ref for use in uses]) if uses else {}
    write_uses(connection, uses)
    moved = [
        (before[use.code_ref], CodeState(use.state))
        for use in uses
        if before[use.code_ref].state.value != use.state
    ]
    insert_history(connection, moved, at=at, actor=actor.id)
    revoked = [
        before[use.code_ref]
        for use in uses
        if use.revoked_at is not None and before[use.code_ref].revoked_at is None
    ]
    tell_revoked(connection, revoked, at=at, actor=actor, reason="the card is not active")
