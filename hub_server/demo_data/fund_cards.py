"""Money for demo cards, through the ledger like any other: transactions, postings, balances, audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.cards import CardRow, add_to_balances
from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.ledger import HUB_OWNER, AccountKind, Posting, owned_account_id, post
from hub_server.transactions import (
    TransactionKind,
    TransactionRow,
    TransactionStatus,
    insert_transactions,
    take_transaction_numbers,
)
from shared.rates import FULL_RATE

DEMO_GATEWAY = "demo"


@dataclass(frozen=True, slots=True)
class Funding:
    """What a card is given; minor units."""

    card: CardRow
    amount: int


def top_up_cards(
    connection: Connection, context: Context, fundings: Sequence[Funding], *, at: datetime, actor: Actor
) -> None:
    """Top up cards out of the demo gateway's account."""
    source = owned_account_id(
        connection,
        AccountKind.GATEWAY,
        DEMO_GATEWAY,
        currency=context.settings.currency,
        at=at,
        account_id=context.ids.new(),
    )
    _fund(connection, context, TransactionKind.TOP_UP, source, fundings, at, actor)


def issue_vouchers(
    connection: Connection, context: Context, fundings: Sequence[Funding], *, at: datetime, actor: Actor
) -> None:
    """Give vouchers their value, at the expense of promotion."""
    source = owned_account_id(
        connection,
        AccountKind.PROMOTION_EXPENSE,
        HUB_OWNER,
        currency=context.settings.currency,
        at=at,
        account_id=context.ids.new(),
    )
    _fund(connection, context, TransactionKind.ADJUSTMENT, source, fundings, at, actor)


def _fund(
    connection: Connection,
    context: Context,
    kind: TransactionKind,
    source: str,
    fundings: Sequence[Funding],
    at: datetime,
    actor: Actor,
) -> None:
    numbers = take_transaction_numbers(connection, kind, len(fundings))
    moved = [
        (funding, _transaction(context, kind, funding, tx_no, at))
        for funding, tx_no in zip(fundings, numbers, strict=True)
    ]
    insert_transactions(connection, [transaction for _, transaction in moved])
    post(
        connection,
        [
            Posting(
                transaction_id=transaction.id,
                debit_account=source,
                credit_account=funding.card.account_id,
                amount=funding.amount,
                currency=funding.card.currency,
                posted_at=at,
            )
            for funding, transaction in moved
        ],
    )
    add_to_balances(connection, {funding.card.id: funding.amount for funding in fundings})
    name = AuditName.TOP_UP if kind is TransactionKind.TOP_UP else AuditName.ADJUSTMENT
    record(
        connection,
        at,
        [
            actor.did(name, "card", funding.card.id, tx_no=transaction.tx_no, amount=funding.amount)
            for funding, transaction in moved
        ],
    )


def _transaction(
    context: Context, kind: TransactionKind, funding: Funding, tx_no: str, at: datetime
) -> TransactionRow:
    card = funding.card
    return TransactionRow(
        id=context.ids.new(),
        tx_no=tx_no,
        kind=kind,
        status=TransactionStatus.COMPLETED,
        card_id=card.id,
        raw_amount=funding.amount,
        rate=FULL_RATE,
        payable=funding.amount,
        currency=card.currency,
        points_earned=0,
        points_balance=card.points,
        tier=card.tier,
        card_last4=card.card_no[-4:],
        card_type=card.type_on_wire,
        at=at,
        completed_at=at,
    )
