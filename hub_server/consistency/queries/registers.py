"""What stands beside the money: who holds a card, what was adjusted, which keys were used for what."""

from sqlalchemy import Connection, case, func, or_, select

from hub_server.access.tables import merchant_api_keys
from hub_server.adjusting import AdjustmentState
from hub_server.adjusting.tables import adjustments
from hub_server.bindings import BindingRole
from hub_server.bindings.tables import bindings
from hub_server.cards import CardStatus
from hub_server.cards.tables import cards, retired_card_numbers
from hub_server.consistency.queries.streams import Rows, stream
from hub_server.idempotency.tables import idempotency_registry
from hub_server.promotions.tables import promotion_grants, promotions
from hub_server.transactions.tables import transactions


def cards_with_holders(connection: Connection) -> Rows:
    """Each card that may pay, with how many hold it and how many of them own it."""
    is_owner = case((bindings.c.role == BindingRole.OWNER.value, 1), else_=0)
    held = (
        select(
            bindings.c.card_id,
            func.count().label("holders"),
            func.sum(is_owner).label("owners"),
        )
        .group_by(bindings.c.card_id)
        .subquery()
    )
    return stream(
        connection,
        select(
            cards.c.id,
            cards.c.card_type,
            func.coalesce(held.c.holders, 0).label("holders"),
            func.coalesce(held.c.owners, 0).label("owners"),
        )
        .outerjoin(held, held.c.card_id == cards.c.id)
        .where(cards.c.status == CardStatus.ACTIVE.value)
        .order_by(cards.c.id),
    )


def card_numbers(connection: Connection) -> Rows:
    """Each card's number and serial, and whether a card had one of them before it was replaced."""
    retired = retired_card_numbers
    return stream(
        connection,
        select(
            cards.c.id,
            cards.c.card_no,
            cards.c.card_type,
            cards.c.serial,
            or_(
                select(retired.c.card_no).where(retired.c.card_no == cards.c.card_no).exists(),
                select(retired.c.card_no).where(retired.c.serial == cards.c.serial).exists(),
            ).label("was_retired"),
        ).order_by(cards.c.id),
    )


def adjustments_with_transactions(connection: Connection) -> Rows:
    """Each decided adjustment with what moved for it."""
    return stream(
        connection,
        select(
            adjustments.c.id,
            adjustments.c.card_id,
            adjustments.c.amount,
            adjustments.c.state,
            adjustments.c.proposed_by,
            adjustments.c.decided_by,
            transactions.c.tx_no,
            transactions.c.kind,
            transactions.c.status,
            transactions.c.card_id.label("moved_card"),
            transactions.c.payable,
        )
        .outerjoin(transactions, transactions.c.id == adjustments.c.transaction_id)
        .where(
            or_(
                adjustments.c.state == AdjustmentState.APPROVED.value,
                adjustments.c.transaction_id.is_not(None),
                adjustments.c.decided_by.is_not(None),
            )
        )
        .order_by(adjustments.c.id),
    )


def keys_with_transactions(connection: Connection) -> Rows:
    """Each idempotency key that moved money, with the transaction and how many keys claim it."""
    claims = (
        select(idempotency_registry.c.transaction_id, func.count().label("claimed"))
        .where(idempotency_registry.c.transaction_id.is_not(None))
        .group_by(idempotency_registry.c.transaction_id)
        .subquery()
    )
    return stream(
        connection,
        select(
            idempotency_registry.c.merchant_id,
            idempotency_registry.c.key,
            idempotency_registry.c.kind,
            idempotency_registry.c.transaction_id,
            transactions.c.tx_no,
            transactions.c.kind.label("moved"),
            transactions.c.merchant_id.label("moved_for"),
            claims.c.claimed,
        )
        .join(claims, claims.c.transaction_id == idempotency_registry.c.transaction_id)
        .outerjoin(transactions, transactions.c.id == idempotency_registry.c.transaction_id)
        .where(
            or_(
                transactions.c.id.is_(None),
                transactions.c.merchant_id != idempotency_registry.c.merchant_id,
                transactions.c.kind != idempotency_registry.c.kind,
                claims.c.claimed > 1,
            )
        )
        .order_by(idempotency_registry.c.merchant_id, idempotency_registry.c.key),
    )


def grants_of_no_promotion(connection: Connection) -> Rows:
    """Grants whose promotion gives none."""
    return stream(
        connection,
        select(promotion_grants.c.promotion_id, promotion_grants.c.card_id, promotions.c.kind)
        .outerjoin(
            promotions, (promotions.c.id == promotion_grants.c.promotion_id) & (promotions.c.version == 1)
        )
        .where(or_(promotions.c.id.is_(None), promotions.c.kind != "grant"))
        .order_by(promotion_grants.c.promotion_id, promotion_grants.c.card_id),
    )


def api_keys(connection: Connection) -> Rows:
    """Each merchant's API key, without its hash."""
    return stream(
        connection,
        select(merchant_api_keys.c.id, merchant_api_keys.c.merchant_id, merchant_api_keys.c.scopes).order_by(
            merchant_api_keys.c.id
        ),
    )
