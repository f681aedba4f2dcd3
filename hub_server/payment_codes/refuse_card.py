"""Why a card shows no code: one word for phones and shared screens."""

from datetime import datetime

from hub_server.cards import CardRow, CardStatus
from hub_server.payment_codes.rules import is_over
from shared.problems import Code, Refusal


def refuse_card(card: CardRow, at: datetime) -> Refusal | None:
    """Why a card gets no code. One whose time is over is told so, whether or not the sweep has marked it yet."""
    if card.status is CardStatus.EXPIRED or (
        card.status is CardStatus.ACTIVE and is_over(card.expires_at, at)
    ):
        return Refusal(Code.CARD_EXPIRED)
    if card.status is not CardStatus.ACTIVE:
        return Refusal(Code.CARD_NOT_ACTIVE)
    return None
