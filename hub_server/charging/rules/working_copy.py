"""Rows as they evolve while they are being decided about (protocol.md 5, domain.md "Charge"). Pure.

`journal_intake.decide` walks a batch over one `WorkingCopy`; what it holds at the end is what is to be written.
There is no other path on which money is decided.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from hub_server.charging.rules.answers import (
    Answer,
    Completed,
    Declined,
    Returned,
    legs_of_payment,
    legs_of_return,
)
from hub_server.charging.rules.asks import (
    Ask,
    KnownCharge,
    LiveCharge,
    Refund,
    Reversal,
    Settlement,
)
from hub_server.charging.rules.checks import (
    refuse_balance,
    refuse_caps,
    refuse_card,
    refuse_code,
    refuse_currency,
    refuse_limits,
)
from hub_server.charging.rules.spending import DaySpending, Spent
from hub_server.charging.rules.world import WHOLE_FACTOR, Card, Code, World
from shared.offline_rules import judge_offline
from shared.payment_code import Claims
from shared.payment_code.states import CodeState, advance
from shared.problems import Code as ErrorCode
from shared.problems import Refusal
from shared.rates import payable as payable_of
from shared.rates import points_for


@dataclass(frozen=True, slots=True)
class _Bill:
    """Raw amount and what is to be paid of it, at which merchant, at the charge's own time."""

    merchant_id: str
    amount: int
    payable: int
    at: datetime


class WorkingCopy:
    """The world while it is being decided about; nothing outside is touched."""

    def __init__(self, world: World) -> None:
        """Begin with the rows as they were read."""
        self._world = world
        self._cards: dict[str, Card] = {}
        self._codes: dict[str, Code] = {}
        self._spending = DaySpending(world.spent)

    def card(self, card_id: str) -> Card:
        """The card as it stands now."""
        return self._cards.get(card_id) or self._world.cards[card_id]

    def code(self, code_ref: str) -> Code | None:
        """The code as it stands now; None where the hub does not know it."""
        return self._codes.get(code_ref) or self._world.codes.get(code_ref)

    def changed_cards(self) -> list[Card]:
        """What to write back, in a stable order."""
        return [self._cards[card_id] for card_id in sorted(self._cards)]

    def changed_codes(self) -> list[Code]:
        """What to write back, in a stable order."""
        return [self._codes[code_ref] for code_ref in sorted(self._codes)]

    def answer(self, ask: Ask) -> Answer:
        """Decide one ask and let the copy follow."""
        match ask:
            case LiveCharge():
                return self._charge(ask)
            case Settlement():
                return self._settle(ask)
            case KnownCharge():
                return self._charge_again(ask)
            case Reversal():
                return self._reverse(ask)
            case Refund():
                self._spend(ask.card_id, ask.member_id, ask.charged_at, -ask.amount)
                return self._give_back(ask.card_id, ask.amount, ask.points)

    def _charge(self, ask: LiveCharge) -> Completed | Declined:
        claims = ask.claims
        if claims is None:
            return Declined(Refusal(ErrorCode.INVALID_QR))
        code = self.code(claims.code_ref)
        refusal = refuse_code(claims, code, ask.at, ask.skew_s)
        refusal = refusal or refuse_currency(ask.currency, claims, self._world.currency)
        if refusal is None and self._world.service_is_suspended:
            refusal = Refusal(ErrorCode.SERVICE_SUSPENDED)
        if refusal is not None or code is None:
            return Declined(refusal or Refusal(ErrorCode.INVALID_QR))
        card = self.card(code.card_id)
        payable = payable_of(ask.amount, claims.rate)
        refusal = (
            refuse_card(code, card, ask.at)
            or self._refuse_spending(code, payable, ask.at)
            or refuse_balance(card, payable)
        )
        if refusal is not None:
            return Declined(refusal)
        if ask.training:
            return Completed(
                card_id=None,
                code_ref=code.code_ref,
                member_id=code.member_id,
                payable=payable,
                rate=claims.rate,
            )
        self._codes[code.code_ref] = replace(_used(code), live_uses=code.live_uses + 1)
        return self._pay(code, claims, _Bill(ask.merchant_id, ask.amount, payable, ask.at))

    def _refuse_spending(self, code: Code, payable: int, at: datetime) -> Refusal | None:
        day, spending = self._world.day_of(at), self._spending
        return refuse_limits(self._world.limits, payable, spending.by_card(code.card_id, day)) or refuse_caps(
            code, payable, spending.by_member(code.card_id, code.member_id, day)
        )

    def _spend(self, card_id: str, member_id: str | None, at: datetime, amount: int) -> None:
        self._spending.add(
            Spent(card_id=card_id, member_id=member_id, day=self._world.day_of(at), amount=amount)
        )

    def _settle(self, ask: Settlement) -> Completed | Declined:
        facts = ask.facts
        if facts is None:
            return Declined(Refusal(ErrorCode.INVALID_QR))
        verdict = judge_offline(facts)
        refusal = verdict.refusal
        if refusal is None and not ask.currency == facts.claims.currency == self._world.currency:
            refusal = Refusal(ErrorCode.CURRENCY_MISMATCH)
        code = self.code(facts.claims.code_ref)
        if refusal is not None or code is None:
            return Declined(refusal or Refusal(ErrorCode.INVALID_QR, "no such code"))
        # From here on the merchant kept the rules and is paid, whatever became of the card meanwhile, and whatever
        # the limits are; it counts towards them.
        code = replace(_used(code), advised_uses=code.advised_uses + 1)
        self._codes[code.code_ref] = code
        bill = _Bill(ask.merchant_id, ask.amount, facts.payable, facts.charge_at)
        paid = self._pay(code, facts.claims, bill)
        return replace(self._watch_uses(code, paid), offline=True, needs_manager=verdict.needs_manager)

    def _charge_again(self, ask: KnownCharge) -> Completed | Declined:
        code = self.code(ask.code_ref)
        if code is None:
            return Declined(Refusal(ErrorCode.INVALID_QR, "no such code"))
        code = replace(
            _used(code),
            live_uses=code.live_uses + (not ask.by_advice),
            advised_uses=code.advised_uses + ask.by_advice,
        )
        self._codes[code.code_ref] = code
        paid = self._take(code, ask.payable, ask.rate, ask.points, ask.charged_at)
        return self._watch_uses(code, replace(paid, offline=ask.by_advice, overdrawn=ask.overdrawn))

    def _watch_uses(self, code: Code, paid: Completed) -> Completed:
        """A code with two standing uses, at least one of them by advice, freezes its card."""
        card = self.card(code.card_id)
        twice = code.uses > 1 and code.advised_uses > 0
        freezes = twice and card.status == "active"
        if freezes:
            self._cards[card.card_id] = replace(card, status="frozen")
        return replace(paid, was_used_before=twice, froze_card=freezes)

    def _pay(self, code: Code, claims: Claims, bill: _Bill) -> Completed:
        earned = self._points(bill) if self.card(code.card_id).earns_points else 0
        return self._take(code, bill.payable, claims.rate, earned, bill.at)

    def _take(self, code: Code, payable: int, rate: int, earned: int, at: datetime) -> Completed:
        card = self.card(code.card_id)
        points = card.points + earned
        after = replace(
            card, balance=card.balance - payable, points=points, tier=self._world.tiers.tier_for(points)
        )
        self._cards[card.card_id] = after
        self._spend(card.card_id, code.member_id, at, payable)
        return Completed(
            card_id=card.card_id,
            code_ref=code.code_ref,
            member_id=code.member_id,
            payable=payable,
            rate=rate,
            legs=legs_of_payment(card.balance, payable),
            points_before=card.points,
            points_after=points,
            tier=after.tier,
            overdrawn=after.balance < 0 < payable,
        )

    def _points(self, bill: _Bill) -> int:
        factor = self._world.factor_for(bill.merchant_id, bill.at)
        return points_for(bill.amount, self._world.exponent) * factor // WHOLE_FACTOR

    def _reverse(self, ask: Reversal) -> Returned:
        self._spend(ask.card_id, ask.member_id, ask.charged_at, -ask.amount_left)
        returned = self._give_back(ask.card_id, ask.amount_left, ask.points_left)
        code = self.code(ask.code_ref) if ask.code_ref is not None else None
        if code is not None:
            self._codes[code.code_ref] = _released(code, self.card(ask.card_id), ask)
        return returned

    def _give_back(self, card_id: str, amount: int, points_taken: int) -> Returned:
        card = self.card(card_id)
        points = card.points - min(card.points, points_taken)
        after = replace(
            card, balance=card.balance + amount, points=points, tier=self._world.tiers.tier_for(points)
        )
        self._cards[card_id] = after
        return Returned(
            card_id=card_id,
            amount=amount,
            legs=legs_of_return(card.balance, amount),
            points_before=card.points,
            points_after=points,
            tier=after.tier,
            overdrawn=after.balance < 0,
        )


def _used(code: Code) -> Code:
    if code.state in (CodeState.LIVE, CodeState.EXPIRED):
        return replace(code, state=advance(code.state, CodeState.CONSUMED))
    return code


def _released(code: Code, card: Card, ask: Reversal) -> Code:
    """Without that use; the state that it would have had unused, once no use is left."""
    freed = replace(
        code,
        live_uses=max(0, code.live_uses - (not ask.by_advice)),
        advised_uses=max(0, code.advised_uses - ask.by_advice),
    )
    if code.state is not CodeState.CONSUMED or freed.uses > 0:
        return freed
    if code.revoked_at is not None or card.status != "active":
        return replace(
            freed, state=advance(code.state, CodeState.REVOKED), revoked_at=code.revoked_at or ask.now
        )
    if code.was_superseded:
        return replace(freed, state=advance(code.state, CodeState.REPLACED))
    if code.expires_at < ask.now:
        return replace(freed, state=advance(code.state, CodeState.EXPIRED))
    return replace(freed, state=advance(code.state, CodeState.LIVE))
