"""Payment codes beside their history, their cards and the charges that used them."""

from sqlalchemy import Connection, and_, case, func, or_, select

from hub_server.cards import CardStatus
from hub_server.cards.tables import cards
from hub_server.consistency.queries.streams import Rows, stream
from hub_server.payment_codes import CodeState
from hub_server.payment_codes.tables import payment_code_history, payment_codes
from hub_server.transactions import TransactionKind, TransactionStatus
from hub_server.transactions.tables import transactions


def codes_with_uses(connection: Connection) -> Rows:
    """Each code that is used, or should be, with its standing charges."""
    standing = (
        select(
            transactions.c.code_ref,
            func.sum(case((transactions.c.offline.is_(False), 1), else_=0)).label("live"),
            func.sum(case((transactions.c.offline.is_(True), 1), else_=0)).label("advised"),
        )
        .where(
            transactions.c.kind == TransactionKind.CHARGE.value,
            transactions.c.status != TransactionStatus.REVERSED.value,
            transactions.c.code_ref.is_not(None),
        )
        .group_by(transactions.c.code_ref)
        .subquery()
    )
    live = func.coalesce(standing.c.live, 0)
    advised = func.coalesce(standing.c.advised, 0)
    used = payment_codes.c.live_uses + payment_codes.c.advised_uses
    return stream(
        connection,
        select(
            payment_codes.c.code_ref,
            payment_codes.c.state,
            payment_codes.c.live_uses,
            payment_codes.c.advised_uses,
            live.label("live"),
            advised.label("advised"),
        )
        .outerjoin(standing, standing.c.code_ref == payment_codes.c.code_ref)
        .where(
            or_(
                payment_codes.c.live_uses != live,
                payment_codes.c.advised_uses != advised,
                and_(payment_codes.c.state == CodeState.CONSUMED.value, used == 0),
                and_(payment_codes.c.state.in_([CodeState.LIVE.value, CodeState.EXPIRED.value]), used > 0),
            )
        )
        .order_by(payment_codes.c.code_ref),
    )


def codes_beside_their_history(connection: Connection) -> Rows:
    """Codes whose last row of history is missing, or tells another state or another secret."""
    newest = (
        select(payment_code_history.c.code_ref, func.max(payment_code_history.c.id).label("id"))
        .group_by(payment_code_history.c.code_ref)
        .subquery()
    )
    last = payment_code_history.alias("last")
    return stream(
        connection,
        select(
            payment_codes.c.code_ref,
            payment_codes.c.state,
            last.c.state.label("told"),
            (last.c.secret_hash == payment_codes.c.secret_hash).label("is_same_secret"),
        )
        .outerjoin(newest, newest.c.code_ref == payment_codes.c.code_ref)
        .outerjoin(last, last.c.id == newest.c.id)
        .where(
            or_(
                last.c.id.is_(None),
                last.c.state != payment_codes.c.state,
                last.c.secret_hash != payment_codes.c.secret_hash,
            )
        )
        .order_by(payment_codes.c.code_ref),
    )


def live_codes_of_stopped_cards(connection: Connection) -> Rows:
    """Codes that live on although their cards may not pay."""
    return stream(
        connection,
        select(payment_codes.c.code_ref, cards.c.id.label("card_id"), cards.c.status)
        .join(cards, cards.c.id == payment_codes.c.card_id)
        .where(payment_codes.c.state == CodeState.LIVE.value, cards.c.status != CardStatus.ACTIVE.value)
        .order_by(payment_codes.c.code_ref),
    )


def older_live_codes(connection: Connection) -> Rows:
    """Live codes beside a newer live one of the same card."""
    newer = payment_codes.alias("newer")
    return stream(
        connection,
        select(payment_codes.c.code_ref, payment_codes.c.card_id)
        .where(
            payment_codes.c.state == CodeState.LIVE.value,
            select(newer.c.code_ref)
            .where(
                newer.c.card_id == payment_codes.c.card_id,
                newer.c.state == CodeState.LIVE.value,
                or_(
                    newer.c.issued_at > payment_codes.c.issued_at,
                    and_(
                        newer.c.issued_at == payment_codes.c.issued_at,
                        newer.c.code_ref > payment_codes.c.code_ref,
                    ),
                ),
            )
            .exists(),
        )
        .order_by(payment_codes.c.code_ref),
    )


def codes_with_certificates(connection: Connection) -> Rows:
    """Codes that live, with what the hub signed for them."""
    return stream(
        connection,
        select(payment_codes, cards.c.serial)
        .join(cards, cards.c.id == payment_codes.c.card_id)
        .where(payment_codes.c.state == CodeState.LIVE.value)
        .order_by(payment_codes.c.code_ref),
    )
