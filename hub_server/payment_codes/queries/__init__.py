"""Rows of payment codes and their history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Row, bindparam, insert, literal_column, select, update

from hub_server.foundation.storage import insert_if_new
from hub_server.payment_codes.states import TRANSITIONS, CodeState
from hub_server.payment_codes.tables import payment_code_history, payment_codes
from hub_server.transactions import TransactionKind, TransactionStatus
from hub_server.transactions.tables import transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """A code without its secret; `offline_limit` in minor units, `rate` in 1/10,000.

    `kiosk_id` is of the shared screen that it was made for; none for a member's phone.
    """

    code_ref: str
    card_id: str
    member_id: str | None
    secret_hash: str = field(repr=False)
    certificate: bytes = field(repr=False)
    state: CodeState
    issued_at: datetime
    expires_at: datetime
    rate: int
    tier: int
    offline_limit: int
    revoked_at: datetime | None = None
    told_at: datetime | None = None
    live_uses: int = 0
    advised_uses: int = 0
    kiosk_id: str | None = None


def insert_codes(connection: Connection, rows: Sequence[CodeRow], actor: str) -> None:
    """Write new codes and the beginning of their history."""
    if not rows:
        return
    connection.execute(insert(payment_codes), [_values(row) for row in rows])
    connection.execute(
        insert(payment_code_history), [_history(row, row.state, row.issued_at, actor) for row in rows]
    )


def insert_lost_codes(
    connection: Connection, rows: Sequence[CodeRow], *, at: datetime, actor: str
) -> frozenset[str]:
    """Write codes that another transaction may be writing too; the code_refs of those that were new."""
    made = [row for row in rows if insert_if_new(connection, payment_codes, _values(row))]
    insert_history(connection, [(row, row.state) for row in made], at=at, actor=actor)
    return frozenset(row.code_ref for row in made)


def codes_by_ref(connection: Connection, code_refs: Sequence[str]) -> dict[str, CodeRow]:
    """Those codes, in one statement."""
    rows = connection.execute(select(payment_codes).where(payment_codes.c.code_ref.in_(code_refs)))
    return {row.code_ref: _code(row) for row in rows}


def live_codes_of(connection: Connection, card_ids: Sequence[str]) -> dict[str, CodeRow]:
    """The live code of each card that has one, by card."""
    rows = connection.execute(
        select(payment_codes).where(
            payment_codes.c.card_id.in_(card_ids), payment_codes.c.state == CodeState.LIVE.value
        )
    )
    return {row.card_id: _code(row) for row in rows}


def codes_to_revoke(connection: Connection, card_id: str, at: datetime) -> list[CodeRow]:
    """The card's codes that have not expired and were never revoked, oldest first."""
    rows = connection.execute(
        select(payment_codes)
        .where(
            payment_codes.c.card_id == card_id,
            payment_codes.c.expires_at >= at,
            payment_codes.c.revoked_at.is_(None),
        )
        .order_by(payment_codes.c.expires_at, payment_codes.c.code_ref)
    )
    return [_code(row) for row in rows]


def mark_revoked(connection: Connection, code_refs: Sequence[str], at: datetime) -> None:
    """These codes are revoked from `at` on, in the state in which they are."""
    if code_refs:
        connection.execute(
            update(payment_codes).where(payment_codes.c.code_ref.in_(code_refs)).values(revoked_at=at)
        )


def paid_by_code(connection: Connection, code_ref: str) -> tuple[int, str] | None:
    """What the standing charge by this code took: minor units and currency."""
    row = connection.execute(
        select(transactions.c.payable, transactions.c.currency)
        .join(payment_codes, payment_codes.c.card_id == transactions.c.card_id)
        .where(
            payment_codes.c.code_ref == code_ref,
            transactions.c.code_ref == code_ref,
            transactions.c.kind == TransactionKind.CHARGE.value,
            transactions.c.status == TransactionStatus.COMPLETED.value,
        )
        .order_by(transactions.c.completed_at.desc())
        .limit(1)
    ).first()
    return None if row is None else (row.payable, row.currency)


def overdue_codes(connection: Connection, at: datetime, limit: int) -> list[CodeRow]:
    """Live codes that expired before `at`, oldest first; the state is spelled as the partial index spells it."""
    rows = connection.execute(
        select(payment_codes)
        .where(payment_codes.c.state == literal_column("'live'"), payment_codes.c.expires_at < at)
        .order_by(payment_codes.c.expires_at)
        .limit(limit)
    )
    return [_code(row) for row in rows]


def advance_codes(
    connection: Connection,
    code_refs: Sequence[str],
    seen: CodeState,
    to: CodeState,
    *,
    at: datetime,
    actor: str,
) -> list[CodeRow]:
    """Compare and set, with a history row for each code that moved; those, as they are now.

    Raises:
        ValueError: there is no such transition.
    """
    if to not in TRANSITIONS[seen]:
        raise ValueError(f"a {seen} code does not become {to}")
    if not code_refs:
        return []
    changes: dict[str, object] = {"state": to.value}
    if to is CodeState.REVOKED:
        changes["revoked_at"] = at
    moved = [
        _code(row)
        for row in connection.execute(
            update(payment_codes)
            .where(payment_codes.c.code_ref.in_(code_refs), payment_codes.c.state == seen.value)
            .values(changes)
            .returning(*payment_codes.c)
        )
    ]
    if moved:
        connection.execute(insert(payment_code_history), [_history(row, to, at, actor) for row in moved])
    return moved


class WrittenUse(Protocol):
    """A code as a decision left it."""

    @property
    def code_ref(self) -> str:
        """Its name."""
        ...

    @property
    def state(self) -> str:
        """A `CodeState`'s value."""
        ...

    @property
    def live_uses(self) -> int:
        """Standing uses by live charges."""
        ...

    @property
    def advised_uses(self) -> int:
        """Standing uses by advices."""
        ...

    @property
    def revoked_at(self) -> datetime | None:
        """When it was revoked, if it was."""
        ...


def write_uses(connection: Connection, uses: Sequence[WrittenUse]) -> None:
    """State and standing uses of codes whose cards' locks the caller holds, in one statement."""
    if not uses:
        return
    connection.execute(
        update(payment_codes)
        .where(payment_codes.c.code_ref == bindparam("the_ref"))
        .values(
            state=bindparam("new_state"),
            live_uses=bindparam("new_live_uses"),
            advised_uses=bindparam("new_advised_uses"),
            revoked_at=bindparam("new_revoked_at"),
        ),
        [
            {
                "the_ref": use.code_ref,
                "new_state": use.state,
                "new_live_uses": use.live_uses,
                "new_advised_uses": use.advised_uses,
                "new_revoked_at": use.revoked_at,
            }
            for use in uses
        ],
    )


def insert_history(
    connection: Connection, moved: Sequence[tuple[CodeRow, CodeState]], *, at: datetime, actor: str
) -> None:
    """A history row for each code and its new state, in one statement."""
    if moved:
        connection.execute(
            insert(payment_code_history), [_history(code, state, at, actor) for code, state in moved]
        )


def _values(code: CodeRow) -> dict[str, object]:
    return {
        "code_ref": code.code_ref,
        "card_id": code.card_id,
        "member_id": code.member_id,
        "secret_hash": code.secret_hash,
        "certificate": code.certificate,
        "state": code.state.value,
        "issued_at": code.issued_at,
        "expires_at": code.expires_at,
        "rate": code.rate,
        "tier": code.tier,
        "offline_limit": code.offline_limit,
        "kiosk_id": code.kiosk_id,
    }


def _history(code: CodeRow, state: CodeState, at: datetime, actor: str) -> dict[str, object]:
    return {
        "code_ref": code.code_ref,
        "secret_hash": code.secret_hash,
        "state": state.value,
        "at": at,
        "actor": actor,
    }


def _code(row: Row[tuple[object, ...]]) -> CodeRow:
    return CodeRow(
        code_ref=row.code_ref,
        card_id=row.card_id,
        member_id=row.member_id,
        secret_hash=row.secret_hash,
        certificate=row.certificate,
        state=CodeState(row.state),
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        rate=row.rate,
        tier=row.tier,
        offline_limit=row.offline_limit,
        revoked_at=row.revoked_at,
        told_at=row.told_at,
        live_uses=row.live_uses,
        advised_uses=row.advised_uses,
        kiosk_id=row.kiosk_id,
    )
