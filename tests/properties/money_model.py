"""The hub's money as a dictionary: what each card, code and charge must be after every deed (domain.md). Plain.

Nothing of the hub is used here but the figures of domain.md's tables, so that a rule that is wrong there is wrong once.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

CodeState = Literal["live", "replaced", "revoked", "consumed", "expired"]
TIERS = ((10_000, 3, 8_500), (5_000, 2, 9_000), (1_000, 1, 9_500), (0, 0, 10_000))
"""From how many points, the tier, its rate in 1/10,000."""
COMPLETED = "completed"


@dataclass(kw_only=True)
class ModelCard:
    """Minor units and points; `fixed_rate` in 1/10,000."""

    card_type: str
    balance: int
    fixed_rate: int | None = None
    points: int = 0
    status: str = "active"

    @property
    def tier(self) -> int:
        """By the table."""
        return next(tier for start, tier, _ in TIERS if self.points >= start)

    @property
    def rate(self) -> int:
        """What its next code carries."""
        tier_rate = next(rate for start, _, rate in TIERS if self.points >= start)
        own = self.fixed_rate if self.fixed_rate is not None else 10_000
        rates = {"standard": tier_rate, "prepaid": min(tier_rate, own), "corporate": own, "voucher": 10_000}
        return rates[self.card_type]

    @property
    def earns(self) -> bool:
        """Whether charges bring points."""
        return self.card_type in ("standard", "prepaid")


@dataclass(kw_only=True)
class ModelCode:
    """A code that the card was given; `order` tells which came later."""

    card: str
    order: int
    rate: int
    offline_limit: int
    expires_at: datetime
    state: CodeState = "live"
    is_revoked: bool = False
    live_uses: int = 0
    advised_uses: int = 0

    @property
    def uses(self) -> int:
        """Standing ones."""
        return self.live_uses + self.advised_uses


@dataclass(kw_only=True)
class ModelCharge:
    """A completed charge and what went back of it."""

    card: str
    code: str
    payable: int
    earned: int
    by_advice: bool = False
    given_back: int = 0
    clawed: int = 0
    is_reversed: bool = False


@dataclass
class Model:
    """All of it; `outside` is what the hub's other accounts gave to cards, less what they took back."""

    cards: dict[str, ModelCard] = field(default_factory=dict)
    codes: dict[str, ModelCode] = field(default_factory=dict)
    charges: dict[str, ModelCharge] = field(default_factory=dict)
    merchant: int = 0
    outside: int = 0

    def new_code(self, code: str, made: ModelCode) -> None:
        """The card's live code is replaced, or had expired."""
        for other in self.codes.values():
            if other.card == made.card and other.state == "live":
                other.state = "replaced"
        self.codes[code] = made

    def revoke(self, card: str, now: datetime) -> None:
        """Every code of the card that has not expired."""
        for code in self.codes.values():
            if code.card == card and code.expires_at >= now and code.state != "expired":
                code.is_revoked = True
                if code.state == "live":
                    code.state = "revoked"

    def charge(self, key: str, code: str, amount: int, now: datetime) -> str:
        """A live charge: the first failure's code, or `completed`."""
        seen = self.codes[code]
        card = self.cards[seen.card]
        payable = (amount * seen.rate + 5_000) // 10_000
        checks = (
            (seen.uses > 0 or seen.state == "consumed", "QR_ALREADY_USED"),
            (seen.state in ("replaced", "revoked"), "QR_REVOKED"),
            (now > seen.expires_at, "QR_EXPIRED"),
            (card.status != "active", "CARD_NOT_ACTIVE"),
            (payable > card.balance, "INSUFFICIENT_BALANCE"),
        )
        refused = next((why for fails, why in checks if fails), None)
        if refused is not None:
            return refused
        seen.live_uses += 1
        self._pay(key, code, amount, payable, by_advice=False)
        return COMPLETED

    def charge_offline(self, key: str, code: str, amount: int, at: datetime, now: datetime) -> str:
        """A charge that a fresh terminal approved by itself at `at`; terminals were told of nothing meanwhile."""
        seen = self.codes[code]
        payable = (amount * seen.rate + 5_000) // 10_000
        if at > seen.expires_at:
            return "QR_EXPIRED"
        if payable > seen.offline_limit:
            return "OFFLINE_LIMIT_EXCEEDED"
        seen.advised_uses += 1
        self._pay(key, code, amount, payable, by_advice=True)
        if seen.uses > 1 and self.cards[seen.card].status == "active":
            self.cards[seen.card].status = "frozen"
            self.revoke(seen.card, now)
        return COMPLETED

    def _pay(self, key: str, code: str, amount: int, payable: int, *, by_advice: bool) -> None:
        seen = self.codes[code]
        card = self.cards[seen.card]
        if seen.state in ("live", "expired"):
            seen.state = "consumed"
        earned = amount // 100 if card.earns else 0
        card.balance -= payable
        card.points += earned
        self.merchant += payable
        self.charges[key] = ModelCharge(
            card=seen.card, code=code, payable=payable, earned=earned, by_advice=by_advice
        )

    def refund(self, key: str, amount: int) -> str:
        """Part of a charge goes back."""
        charge = self.charges[key]
        if charge.is_reversed:
            return "NOT_REFUNDABLE"
        if amount > charge.payable - charge.given_back:
            return "REFUND_EXCEEDS_REMAINING"
        gone = charge.earned * (charge.given_back + amount) // charge.payable
        self._give_back(charge, amount, gone - charge.clawed)
        return COMPLETED

    def reverse(self, key: str, now: datetime) -> None:
        """The charge must not stand: what is left goes back, points and the code's use too."""
        charge = self.charges[key]
        if charge.is_reversed:
            return
        self._give_back(charge, charge.payable - charge.given_back, charge.earned - charge.clawed)
        charge.is_reversed = True
        code = self.codes[charge.code]
        if charge.by_advice:
            code.advised_uses -= 1
        else:
            code.live_uses -= 1
        if code.state == "consumed" and code.uses == 0:
            code.state = self._state_of_freed(charge.code, now)
            code.is_revoked = code.is_revoked or code.state == "revoked"

    def _state_of_freed(self, name: str, now: datetime) -> CodeState:
        code = self.codes[name]
        if code.is_revoked or self.cards[code.card].status != "active":
            return "revoked"
        if any(other.card == code.card and other.order > code.order for other in self.codes.values()):
            return "replaced"
        return "expired" if code.expires_at < now else "live"

    def _give_back(self, charge: ModelCharge, amount: int, points: int) -> None:
        card = self.cards[charge.card]
        taken = min(card.points, max(0, points))
        card.points -= taken
        charge.clawed += taken
        card.balance += amount
        charge.given_back += amount
        self.merchant -= amount

    def adjust(self, card: str, amount: int) -> str:
        """By hand, with two pairs of eyes; never takes more than there is."""
        seen = self.cards[card]
        if amount < 0 and seen.balance + amount < 0:
            return "INSUFFICIENT_BALANCE"
        seen.balance += amount
        self.outside += amount
        return COMPLETED

    def freeze(self, card: str, now: datetime) -> None:
        """The card stops, and its codes with it."""
        if self.cards[card].status == "active":
            self.cards[card].status = "frozen"
            self.revoke(card, now)

    def unfreeze(self, card: str) -> None:
        """Its codes stay revoked."""
        if self.cards[card].status == "frozen":
            self.cards[card].status = "active"

    def expire_before(self, moment: datetime, lead: timedelta = timedelta(0)) -> None:
        """The sweep: live codes whose time has passed."""
        for code in self.codes.values():
            if code.state == "live" and code.expires_at < moment - lead:
                code.state = "expired"
