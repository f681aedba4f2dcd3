"""Use case: cards are issued, each with its account in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub_server.audit import Actor, AuditName, record
from hub_server.cards.queries import CardRow, insert_cards
from hub_server.cards.rules import card_number
from hub_server.cards.states import CardStatus, CardTypeName
from hub_server.foundation.storage import Connection, NumberSequence, take_numbers
from hub_server.ledger import AccountKind, NewAccount, open_accounts
from shared.ids import IdSource


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """What is asked for; `fixed_rate` in 1/10,000 for prepaid and corporate cards."""

    card_type: CardTypeName
    fixed_rate: int | None = None
    expires_at: datetime | None = None


def issue_card(
    connection: Connection, ids: IdSource, new: NewCard, *, currency: str, at: datetime, actor: Actor
) -> CardRow:
    """Issue one card (see `issue_cards`)."""
    return issue_cards(connection, ids, [new], currency=currency, at=at, actor=actor)[0]


def issue_cards(
    connection: Connection,
    ids: IdSource,
    wanted: Sequence[NewCard],
    *,
    currency: str,
    at: datetime,
    actor: Actor,
) -> list[CardRow]:
    """Issue cards with numbers never given before, an empty account each, and an audit event each.

    Raises:
        ValueError: card numbers are used up.
    """
    serials = take_numbers(connection, NumberSequence.CARD, len(wanted))
    issued = [
        CardRow(
            id=ids.new(),
            serial=serial,
            card_no=card_number(new.card_type, serial),
            card_type=new.card_type,
            status=CardStatus.ACTIVE,
            fixed_rate=new.fixed_rate,
            currency=currency,
            account_id=ids.new(),
            balance=0,
            points=0,
            tier=0,
            expires_at=new.expires_at,
            issued_at=at,
        )
        for new, serial in zip(wanted, serials, strict=True)
    ]
    open_accounts(
        connection,
        [
            NewAccount(id=card.account_id, kind=AccountKind.CARD, owner=card.id, currency=currency)
            for card in issued
        ],
        at=at,
    )
    insert_cards(connection, issued)
    record(
        connection,
        at,
        [actor.did(AuditName.CARD_ISSUED, "card", card.id, card_no=card.card_no) for card in issued],
    )
    return issued
