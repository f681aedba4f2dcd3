"""Transactions beside what vouches for each: its audit event, its idempotency key, its approved adjustment."""

from typing import Any

from sqlalchemy import (
    Connection,
    String,
    Text,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    type_coerce,
)

from hub_server.adjusting import AdjustmentState
from hub_server.adjusting.tables import adjustments
from hub_server.audit import DEMO, AuditName
from hub_server.audit.tables import audit_events
from hub_server.cards import CardTypeName
from hub_server.consistency.queries.streams import Rows, stream
from hub_server.idempotency.tables import idempotency_registry
from hub_server.transactions import TransactionKind
from hub_server.transactions.tables import transactions

NAMES = {
    TransactionKind.CHARGE.value: AuditName.PAYMENT.value,
    TransactionKind.REFUND.value: AuditName.REFUND.value,
    TransactionKind.REVERSAL.value: AuditName.REVERSAL.value,
    TransactionKind.ADJUSTMENT.value: AuditName.ADJUSTMENT.value,
    TransactionKind.TOP_UP.value: AuditName.TOP_UP.value,
}
"""The audit event of each kind of transaction; it names the transaction's number and amount."""
_KEYED = (TransactionKind.CHARGE.value, TransactionKind.REFUND.value, TransactionKind.REVERSAL.value)


def _member(connection: Connection, name: str) -> Any:
    """A member of an event's data as text; None too for data that somebody spoilt."""
    data = type_coerce(audit_events.c.data, Text)
    if connection.dialect.name == "postgresql":
        return func.jsonb_extract_path_text(data, name)
    # The cast stands outermost: SQLite indexes a member for a join only if it is known to be text.
    return cast(case((func.json_valid(data) == 1, func.json_extract(data, f"$.{name}"))), Text)


def _told(connection: Connection) -> Any:
    """By name and number of a transaction: how many events tell of it, of which card and amount, and the first."""
    tx_no = _member(connection, "tx_no")
    amount = func.coalesce(_member(connection, "payable"), _member(connection, "amount"))
    return (
        select(
            audit_events.c.name,
            tx_no.label("tx_no"),
            func.count().label("events"),
            func.min(audit_events.c.id).label("event_id"),
            func.min(audit_events.c.subject_id).label("card_id"),
            func.min(func.ltrim(amount, "-")).label("amount"),
        )
        .where(audit_events.c.name.in_(NAMES.values()))
        .group_by(audit_events.c.name, tx_no)
        .subquery()
    )


def _is_told_by(told: Any) -> Any:
    return and_(told.c.tx_no == transactions.c.tx_no, told.c.name == case(NAMES, value=transactions.c.kind))


def _bare(identifier: Any) -> Any:
    """An id as both databases can compare it: a UUID column beside text."""
    return func.replace(cast(identifier, String), "-", "")


def transactions_untold(connection: Connection) -> Rows:
    """Transactions without exactly one audit event that tells of that card and amount."""
    told = _told(connection)
    return stream(
        connection,
        select(
            transactions.c.tx_no,
            transactions.c.kind,
            transactions.c.payable,
            func.coalesce(told.c.events, 0).label("events"),
            told.c.card_id,
            told.c.amount,
        )
        .outerjoin(told, _is_told_by(told))
        .where(
            or_(
                told.c.events.is_(None),
                told.c.events != 1,
                _bare(told.c.card_id) != _bare(transactions.c.card_id),
                told.c.amount.is_(None),
                told.c.amount != cast(transactions.c.payable, String),
            )
        )
        .order_by(transactions.c.tx_no),
    )


def events_of_no_transaction(connection: Connection) -> Rows:
    """Audit events of money that moved by a transaction that is gone, or of another kind."""
    told = _told(connection)
    return stream(
        connection,
        select(told.c.event_id, told.c.name, told.c.tx_no)
        .outerjoin(transactions, _is_told_by(told))
        .where(transactions.c.id.is_(None))
        .order_by(told.c.event_id),
    )


def transactions_without_key(connection: Connection) -> Rows:
    """Charges and what undid them that neither an entry of a journal nor an idempotency key asked for."""
    return stream(
        connection,
        select(transactions.c.tx_no, transactions.c.kind)
        .outerjoin(idempotency_registry, idempotency_registry.c.transaction_id == transactions.c.id)
        .where(
            transactions.c.kind.in_(_KEYED),
            transactions.c.entry_id.is_(None),
            idempotency_registry.c.key.is_(None),
        )
        .order_by(transactions.c.tx_no),
    )


def adjustments_nobody_approved(connection: Connection) -> Rows:
    """Transactions of adjustments without the approved adjustment; a demo voucher's first value needs none.

    That is what the demo gave a voucher at the instant at which it issued it.
    """
    is_demos = (
        select(audit_events.c.id)
        .where(
            audit_events.c.name == AuditName.CARD_ISSUED.value,
            audit_events.c.at == transactions.c.at,
            audit_events.c.actor_kind == DEMO.kind,
            audit_events.c.actor_id == DEMO.id,
            _bare(audit_events.c.subject_id) == _bare(transactions.c.card_id),
        )
        .exists()
    )
    return stream(
        connection,
        select(transactions.c.tx_no)
        .outerjoin(
            adjustments,
            and_(
                adjustments.c.transaction_id == transactions.c.id,
                adjustments.c.state == AdjustmentState.APPROVED.value,
            ),
        )
        .where(
            transactions.c.kind == TransactionKind.ADJUSTMENT.value,
            adjustments.c.id.is_(None),
            ~and_(transactions.c.card_type == CardTypeName.VOUCHER.value, is_demos),
        )
        .order_by(transactions.c.tx_no),
    )
