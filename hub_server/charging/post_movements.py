"""Write what the decision moved: cards, codes, postings and points, all set-based in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub_server.audit import Actor
from hub_server.charging.queries import CardRecord, write_cards
from hub_server.charging.rules.answers import Leg, Side
from hub_server.charging.rules.working_copy import WorkingCopy
from hub_server.foundation.outbox import enqueue
from hub_server.foundation.storage import Connection
from hub_server.ledger import AccountKind, NewAccount, Posting, owned_account_ids, post
from hub_server.loyalty import PointChange, record_point_changes
from hub_server.payment_codes import CodeUse, record_uses
from hub_server.promotions import news_of_first_charges
from hub_server.transactions import TransactionKind
from shared.ids import IdSource


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementToPost:
    """What one transaction moves. `merchant_account` is the merchant's payable account."""

    transaction_id: str
    card_id: str
    merchant_account: str
    currency: str
    legs: tuple[Leg, ...]
    points_before: int
    points_after: int
    reason: str


def post_movements(
    connection: Connection,
    *,
    movements: Sequence[MovementToPost],
    copy: WorkingCopy,
    cards: Mapping[str, CardRecord],
    ids: IdSource,
    at: datetime,
    actor: Actor,
) -> None:
    """Write the working copy back, with a posting for each leg and a row for each change of points.

    The transactions are written already: what a first charge is granted is looked for among them.
    """
    overdrafts = _overdraft_accounts(connection, movements, ids, at)
    post(connection, [p for movement in movements for p in _postings(movement, cards, overdrafts, at)])
    write_cards(connection, copy.changed_cards())
    record_point_changes(
        connection,
        [
            _point_change(movement, at)
            for movement in movements
            if movement.points_after != movement.points_before
        ],
        actor=actor,
    )
    uses = [
        CodeUse(
            code_ref=code.code_ref,
            state=code.state.value,
            live_uses=code.live_uses,
            advised_uses=code.advised_uses,
            revoked_at=code.revoked_at,
        )
        for code in copy.changed_codes()
    ]
    record_uses(connection, uses, at=at, actor=actor)
    charged = [m.card_id for m in movements if m.reason == TransactionKind.CHARGE.value]
    enqueue(connection, at, news_of_first_charges(connection, charged, at))


def _overdraft_accounts(
    connection: Connection, movements: Sequence[MovementToPost], ids: IdSource, at: datetime
) -> dict[str, str]:
    overdrawn = [m for m in movements if any(Side.OVERDRAFT in (leg.debit, leg.credit) for leg in m.legs)]
    currencies = {movement.currency for movement in overdrawn}
    accounts: dict[str, str] = {}
    for currency in sorted(currencies):
        owners = sorted({movement.card_id for movement in overdrawn if movement.currency == currency})
        wanted = [
            NewAccount(id=ids.new(), kind=AccountKind.OVERDRAFT, owner=owner, currency=currency)
            for owner in owners
        ]
        accounts |= owned_account_ids(connection, AccountKind.OVERDRAFT, wanted, currency=currency, at=at)
    return accounts


def _postings(
    movement: MovementToPost,
    cards: Mapping[str, CardRecord],
    overdrafts: Mapping[str, str],
    at: datetime,
) -> list[Posting]:
    accounts = {
        Side.CARD: cards[movement.card_id].account_id,
        Side.OVERDRAFT: overdrafts.get(movement.card_id, ""),
        Side.MERCHANT: movement.merchant_account,
    }
    return [
        Posting(
            transaction_id=movement.transaction_id,
            debit_account=accounts[leg.debit],
            credit_account=accounts[leg.credit],
            amount=leg.amount,
            currency=movement.currency,
            posted_at=at,
        )
        for leg in movement.legs
    ]


def _point_change(movement: MovementToPost, at: datetime) -> PointChange:
    return PointChange(
        card_id=movement.card_id,
        change=movement.points_after - movement.points_before,
        before=movement.points_before,
        after=movement.points_after,
        reason=movement.reason,
        transaction_id=movement.transaction_id,
        at=at,
    )
