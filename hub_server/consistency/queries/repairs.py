"""The derived values of single rows, recomputed under their card's lock, and their writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, insert, select, update

from hub_server.cards.tables import cards
from hub_server.ledger import AccountKind
from hub_server.ledger.tables import accounts, postings
from hub_server.loyalty.tables import point_ledger
from hub_server.payment_codes import CodeState
from hub_server.payment_codes.tables import payment_code_history, payment_codes
from hub_server.transactions import TransactionKind, TransactionStatus
from hub_server.transactions.tables import transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCaches:
    """A card's caches, and what the ledger and the point rows say."""

    balance: int
    points: int
    tier: int
    by_ledger: int
    by_rows: int


def card_caches(connection: Connection, card_id: str) -> CardCaches | None:
    """The card as it is and as it should be; None if it is gone."""
    card = connection.execute(select(cards).where(cards.c.id == card_id)).first()
    if card is None:
        return None
    overdrafts = select(accounts.c.id).where(
        accounts.c.kind == AccountKind.OVERDRAFT.value, accounts.c.owner == card_id
    )
    own = [card.account_id, *connection.execute(overdrafts).scalars()]
    moved = select(
        func.coalesce(func.sum(case((postings.c.credit_account.in_(own), postings.c.amount), else_=0)), 0)
        - func.coalesce(func.sum(case((postings.c.debit_account.in_(own), postings.c.amount), else_=0)), 0)
    ).where(postings.c.credit_account.in_(own) | postings.c.debit_account.in_(own))
    earned = select(func.coalesce(func.sum(point_ledger.c.change), 0)).where(
        point_ledger.c.card_id == card_id
    )
    return CardCaches(
        balance=card.balance,
        points=card.points,
        tier=card.tier,
        by_ledger=int(connection.execute(moved).scalar_one()),
        by_rows=int(connection.execute(earned).scalar_one()),
    )


def write_card(connection: Connection, card_id: str, values: Mapping[str, int]) -> None:
    """Write caches of a card whose lock the caller holds."""
    connection.execute(update(cards).where(cards.c.id == card_id).values(**values))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeStanding:
    """A code as it is, the charges that stand on it, and the end of its history."""

    code_ref: str
    card_id: str
    state: CodeState
    expires_at: datetime
    revoked_at: datetime | None
    uses: tuple[int, int]
    charges: tuple[int, int]
    is_told: bool


def card_of_code(connection: Connection, code_ref: str) -> str | None:
    """Whose code it is."""
    found: str | None = connection.execute(
        select(payment_codes.c.card_id).where(payment_codes.c.code_ref == code_ref)
    ).scalar_one_or_none()
    return found


def code_standing(connection: Connection, code_ref: str) -> CodeStanding:
    """The code; the caller holds its card's lock."""
    code = connection.execute(select(payment_codes).where(payment_codes.c.code_ref == code_ref)).one()
    live, advised = connection.execute(
        select(
            func.coalesce(func.sum(case((transactions.c.offline.is_(False), 1), else_=0)), 0),
            func.coalesce(func.sum(case((transactions.c.offline.is_(True), 1), else_=0)), 0),
        ).where(
            transactions.c.kind == TransactionKind.CHARGE.value,
            transactions.c.status != TransactionStatus.REVERSED.value,
            transactions.c.code_ref == code_ref,
        )
    ).one()
    last = connection.execute(
        select(payment_code_history)
        .where(payment_code_history.c.code_ref == code_ref)
        .order_by(payment_code_history.c.id.desc())
        .limit(1)
    ).first()
    return CodeStanding(
        code_ref=code_ref,
        card_id=code.card_id,
        state=CodeState(code.state),
        expires_at=code.expires_at,
        revoked_at=code.revoked_at,
        uses=(code.live_uses, code.advised_uses),
        charges=(int(live), int(advised)),
        is_told=last is not None and (last.state, last.secret_hash) == (code.state, code.secret_hash),
    )


def close_code(
    connection: Connection,
    standing: CodeStanding,
    to: CodeState,
    *,
    revoked_at: datetime | None,
    at: datetime,
    actor: str,
) -> None:
    """Write the state and the uses that follow from the charges, and end the history with that state."""
    code = payment_codes.c.code_ref == standing.code_ref
    live, advised = standing.charges
    connection.execute(
        update(payment_codes)
        .where(code)
        .values(state=to.value, live_uses=live, advised_uses=advised, revoked_at=revoked_at)
    )
    if to is standing.state and standing.is_told:
        return
    secret = connection.execute(select(payment_codes.c.secret_hash).where(code)).scalar_one()
    row = {"code_ref": standing.code_ref, "secret_hash": secret, "state": to.value, "at": at, "actor": actor}
    connection.execute(insert(payment_code_history).values(**row))


def given_back(connection: Connection, tx_nos: Sequence[str]) -> dict[str, tuple[str, int, int, int]]:
    """By number: the card, what a charge says went back, what did by refunds and reversals, and what was paid."""
    later = transactions.alias("later")
    undone = func.coalesce(func.sum(later.c.payable), 0)
    rows = connection.execute(
        select(
            transactions.c.tx_no,
            transactions.c.card_id,
            transactions.c.given_back,
            undone.label("undone"),
            transactions.c.payable,
        )
        .outerjoin(later, later.c.original_id == transactions.c.id)
        .where(transactions.c.tx_no.in_(tx_nos))
        .group_by(
            transactions.c.tx_no, transactions.c.card_id, transactions.c.given_back, transactions.c.payable
        )
    )
    return {row.tx_no: (row.card_id, row.given_back, int(row.undone), row.payable) for row in rows}


def write_given_back(connection: Connection, tx_no: str, amount: int) -> None:
    """What refunds and reversals returned of a charge; minor units."""
    connection.execute(update(transactions).where(transactions.c.tx_no == tx_no).values(given_back=amount))
