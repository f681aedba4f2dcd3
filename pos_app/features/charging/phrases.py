"""How the charge screen speaks of cards, tiers, discounts, refusals and results. Pure."""

from pos_app.appearance.translations import Phrase, errors, verbatim
from pos_app.appearance.translations import charging as words
from pos_app.features.charging.outcomes import GivenUp, NotPaid, NotWritten, Outcome, Paid, PaidOffline
from pos_app.receipts.figures import FULL_RATE, percent_off_text, tenths_text
from shared.money import format_amount
from shared.payment_code import Claims
from shared.problems import Code, Refusal
from shared.rates import payable


def tier_name(tier: int) -> Phrase:
    """普通, 銀卡, …; the table is configuration, so any other number has a name too."""
    known = words.TIERS.get(tier)
    return known() if known is not None else words.TIER_OTHER(tier=str(tier))


def offer(claims: Claims) -> Phrase:
    """銀卡 95 折."""
    tier = tier_name(claims.tier)
    if claims.rate == FULL_RATE:
        return words.OFFER_NONE(tier=tier)
    return words.OFFER(tier=tier, tenths=tenths_text(claims.rate), percent=percent_off_text(claims.rate))


def card(card_type: str, last4: str) -> Phrase:
    """標準卡 ····1234."""
    known = words.CARD_TYPES.get(card_type)
    name = known() if known is not None else verbatim(card_type)
    return words.CARD_SHORT(card_type=name, last4=last4)


def card_of(claims: Claims) -> Phrase:
    """The same, from a code."""
    return card(claims.card_type.name.lower(), f"{claims.last4:04d}")


def before_discount(raw: int, rate: int, exponent: int) -> Phrase:
    """原價, 折, 省."""
    raw_text = format_amount(raw, exponent)
    if rate == FULL_RATE:
        return words.BEFORE_DISCOUNT_NONE(raw=raw_text)
    saved = format_amount(raw - payable(raw, rate), exponent)
    return words.BEFORE_DISCOUNT(
        raw=raw_text, saved=saved, tenths=tenths_text(rate), percent=percent_off_text(rate)
    )


def member_pays(raw: int, rate: int, exponent: int) -> Phrase:
    """會員實付 284.05，省 14.95."""
    to_pay = payable(raw, rate)
    if to_pay == raw:
        return words.CONFIRM_FULL(payable=format_amount(to_pay, exponent))
    return words.CONFIRM(payable=format_amount(to_pay, exponent), saved=format_amount(raw - to_pay, exponent))


def refusal_sentence(refusal: Refusal) -> Phrase:
    """What happened, what it means for the money, what to do next."""
    return errors.SENTENCES[refusal.code]()


def refusal_reason(code: Code) -> Phrase:
    """The reason alone: nothing about the money."""
    return errors.REASONS.get(code, errors.REASON_OTHER)()


def last_of(outcome: Outcome | NotWritten, exponent: int) -> Phrase | None:
    """What the line row says of the last charge; None for one that has no end."""
    match outcome:
        case Paid():
            return words.LAST_PAID(amount=format_amount(outcome.transaction.payable, exponent))
        case PaidOffline():
            return words.LAST_OFFLINE(amount=format_amount(outcome.payable, exponent))
        case NotPaid() | NotWritten():
            return words.LAST_NOT_PAID(amount=format_amount(outcome.raw_amount, exponent))
        case GivenUp():
            return words.LAST_GIVEN_UP(amount=format_amount(outcome.payable, exponent))
    return None
