"""What codes carry offline, and what of it counts against their cards' allowances and their members' caps."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, or_, select, update

from hub_server.bindings.tables import bindings
from hub_server.payment_codes.rules import TerminalStanding, WaitingCode
from hub_server.payment_codes.tables import payment_codes
from hub_server.terminals.tables import contact_spells, terminals
from hub_server.transactions import TransactionKind
from hub_server.transactions.tables import transactions


def waiting_codes(
    connection: Connection, after: tuple[datetime, str], at: datetime, limit: int
) -> list[WaitingCode]:
    """Codes that expired before `at`, carry an offline limit and have not been released: the page after a place.

    A place is `(expires_at, code_ref)`. The conditions are spelled as the partial index spells them.
    """
    expired_at, code_ref = after
    rows = connection.execute(
        select(payment_codes.c.code_ref, payment_codes.c.issued_at, payment_codes.c.expires_at)
        .where(
            payment_codes.c.offline_limit > literal_column("0"),
            payment_codes.c.allowance_released.is_(False),
            payment_codes.c.expires_at >= expired_at,
            or_(payment_codes.c.expires_at > expired_at, payment_codes.c.code_ref > code_ref),
            payment_codes.c.expires_at < at,
        )
        .order_by(payment_codes.c.expires_at, payment_codes.c.code_ref)
        .limit(limit)
    )
    return [WaitingCode(row.code_ref, row.issued_at, row.expires_at) for row in rows]


def terminal_standings(connection: Connection, since: datetime) -> list[TerminalStanding]:
    """How the journals of the terminals stand that were in contact after `since`."""
    last = (
        select(contact_spells.c.terminal_id, func.max(contact_spells.c.ended_at).label("ended_at"))
        .where(contact_spells.c.ended_at > since)
        .group_by(contact_spells.c.terminal_id)
        .subquery()
    )
    rows = connection.execute(
        select(last.c.ended_at, terminals.c.head_at, terminals.c.head_seq, terminals.c.verified_through).join(
            last, last.c.terminal_id == terminals.c.id
        )
    )
    return [
        TerminalStanding(
            last_contact=row.ended_at,
            head_at=row.head_at,
            is_whole=row.head_seq is not None and row.verified_through >= row.head_seq,
        )
        for row in rows
    ]


def release(connection: Connection, code_refs: Sequence[str]) -> None:
    """Let codes count no longer against their cards' allowances."""
    if code_refs:
        connection.execute(
            update(payment_codes)
            .where(payment_codes.c.code_ref.in_(code_refs))
            .values(allowance_released=True)
        )


def counted_offline(connection: Connection, card_ids: Sequence[str], since: datetime) -> dict[str, int]:
    """What each card's codes that expired at `since` or later carry, whatever their state; minor units."""
    rows = connection.execute(
        select(payment_codes.c.card_id, func.sum(payment_codes.c.offline_limit))
        .where(payment_codes.c.card_id.in_(card_ids), _counts_still(since))
        .group_by(payment_codes.c.card_id)
    )
    return {card_id: int(total) for card_id, total in rows}


def _counts_still(since: datetime) -> ColumnElement[bool]:
    return and_(payment_codes.c.expires_at >= since, payment_codes.c.allowance_released.is_(False))


def headrooms_of_members(
    connection: Connection, members: Mapping[str, str | None], *, today: datetime, since: datetime
) -> dict[str, int]:
    """What an owner's caps leave each card's member (`members`: by card) to pay; minor units.

    The cap of a charge, and the cap of a day without what the member spent with the card since `today` began and
    without what the member's codes carry that count still (`counted_offline`): each may yet be taken offline, where
    nobody sees the others. Cards whose member has no cap are left out.
    """
    spent = (
        select(func.coalesce(func.sum(transactions.c.payable - transactions.c.given_back), 0))
        .where(
            transactions.c.card_id == bindings.c.card_id,
            transactions.c.member_id == bindings.c.member_id,
            transactions.c.kind == TransactionKind.CHARGE.value,
            transactions.c.at >= today,
        )
        .scalar_subquery()
    )
    carried = (
        select(func.coalesce(func.sum(payment_codes.c.offline_limit), 0))
        .where(
            payment_codes.c.card_id == bindings.c.card_id,
            payment_codes.c.member_id == bindings.c.member_id,
            _counts_still(since),
        )
        .scalar_subquery()
    )
    left = (bindings.c.cap_per_day - spent - carried).label("left")
    found = connection.execute(
        select(bindings.c.card_id, bindings.c.member_id, bindings.c.cap_per_charge, left).where(
            bindings.c.card_id.in_(list(members)),
            bindings.c.member_id.in_({member_id for member_id in members.values() if member_id is not None}),
            or_(bindings.c.cap_per_charge.is_not(None), bindings.c.cap_per_day.is_not(None)),
        )
    )
    return {
        row.card_id: max(0, min(int(cap) for cap in (row.cap_per_charge, row.left) if cap is not None))
        for row in found
        if members[row.card_id] == row.member_id
    }
