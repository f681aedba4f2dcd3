"""Why a live charge is refused: the checks in domain.md's order from the code on, the first failure wins.

What a suspended terminal or merchant asks never comes here: it is held for a person.
"""

from datetime import datetime

from hub_server.charging.rules.world import Card, Code, Limits
from shared.offline_rules import refuse_by_life
from shared.payment_code import Claims
from shared.payment_code.states import CodeState
from shared.problems import Code as ErrorCode
from shared.problems import Refusal


def refuse_code(claims: Claims, code: Code | None, at: datetime, skew_s: int) -> Refusal | None:
    """The code: known, unused, neither replaced nor revoked, alive at the charge's own time."""
    if code is None:
        return Refusal(ErrorCode.INVALID_QR, "no such code")
    if code.uses > 0 or code.state is CodeState.CONSUMED:
        return Refusal(ErrorCode.QR_ALREADY_USED)
    if code.state in (CodeState.REPLACED, CodeState.REVOKED):
        return Refusal(ErrorCode.QR_REVOKED, f"the code was {code.state}")
    return refuse_by_life(claims, at, skew_s)


def refuse_currency(asked: str, claims: Claims, hub_currency: str) -> Refusal | None:
    """One currency a hub."""
    if not asked == claims.currency == hub_currency:
        return Refusal(ErrorCode.CURRENCY_MISMATCH)
    return None


def refuse_card(code: Code, card: Card, at: datetime) -> Refusal | None:
    """Member, card status, card expiry."""
    if not code.member_is_active:
        return Refusal(ErrorCode.MEMBER_NOT_ACTIVE)
    if not code.may_present:
        return Refusal(ErrorCode.CARD_NOT_ACTIVE, "the member may no longer pay with this card")
    if card.status == "expired":
        return Refusal(ErrorCode.CARD_EXPIRED)
    if card.status != "active":
        return Refusal(ErrorCode.CARD_NOT_ACTIVE, f"the card is {card.status}")
    if card.expires_at is not None and card.expires_at <= at:
        return Refusal(ErrorCode.CARD_EXPIRED)
    return None


def refuse_limits(limits: Limits, payable: int, spent: int) -> Refusal | None:
    """The hub's limits on any card; `spent` is what the card paid in that day before."""
    if limits.per_charge is not None and payable > limits.per_charge:
        return Refusal(ErrorCode.LIMIT_EXCEEDED, "over the card's limit for one charge")
    if limits.per_day is not None and spent + payable > limits.per_day:
        return Refusal(ErrorCode.LIMIT_EXCEEDED, "over the card's limit for a day")
    return None


def refuse_caps(code: Code, payable: int, spent: int) -> Refusal | None:
    """What an owner set for the member who presents the code; `spent` is what that member paid in that day."""
    if code.cap_per_charge is not None and payable > code.cap_per_charge:
        return Refusal(ErrorCode.LIMIT_EXCEEDED, "over the member's cap for one charge")
    if code.cap_per_day is not None and spent + payable > code.cap_per_day:
        return Refusal(ErrorCode.LIMIT_EXCEEDED, "over the member's cap for a day")
    return None


def refuse_balance(card: Card, payable: int) -> Refusal | None:
    """A live charge never takes more than there is."""
    if payable > card.balance:
        return Refusal(ErrorCode.INSUFFICIENT_BALANCE)
    return None
