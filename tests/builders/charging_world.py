"""A small world for the pure decision: cards, codes, and facts, without a database."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub_server.charging import (
    WHOLE_FACTOR,
    Answer,
    Ask,
    Card,
    Code,
    LiveCharge,
    Settlement,
    WorkingCopy,
    World,
)
from hub_server.loyalty import DEFAULT_TIERS
from shared.api.policy import Policy
from shared.clock import to_unix
from shared.offline_rules import OfflineFacts, OfflineSpending
from shared.payment_code import CardType, Claims
from shared.payment_code.states import CodeState
from shared.rates import payable

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MERCHANT = "merchant-0"
ISSUED = NOW - timedelta(minutes=5)


def claims(index: int = 0, *, rate: int = 10_000, offline_limit: int = 50_000, **changes: Any) -> Claims:
    """The claims of code number `index`."""
    fields: dict[str, Any] = {
        "iat": to_unix(ISSUED),
        "exp": to_unix(ISSUED) + 900,
        "code_key": index.to_bytes(32, "big"),
        "card_ref": bytes(16),
        "card_type": CardType.STANDARD,
        "tier": 0,
        "rate": rate,
        "offline_limit": offline_limit,
        "currency": "TWD",
        "last4": 1234,
    }
    return Claims(**(fields | changes))


def card(card_id: str = "card-0", balance: int = 100_000, **changes: Any) -> Card:
    """An active standard card."""
    points = int(changes.get("points", 0))
    fields: dict[str, Any] = {
        "card_id": card_id,
        "card_type": "standard",
        "status": "active",
        "expires_at": None,
        "balance": balance,
        "points": points,
        "tier": DEFAULT_TIERS.tier_for(points),
        "currency": "TWD",
        "earns_points": True,
    }
    return Card(**(fields | changes))


def code(index: int = 0, card_id: str = "card-0", **changes: Any) -> Code:
    """The row of code number `index`, live."""
    fields: dict[str, Any] = {
        "code_ref": claims(index).code_ref,
        "card_id": card_id,
        "state": CodeState.LIVE,
        "expires_at": ISSUED + timedelta(seconds=900),
    }
    return Code(**(fields | changes))


def world(cards: list[Card], codes: list[Code], **changes: Any) -> World:
    """Those rows in a hub of TWD."""
    fields: dict[str, Any] = {
        "cards": {item.card_id: item for item in cards},
        "codes": {item.code_ref: item for item in codes},
        "tiers": DEFAULT_TIERS,
        "currency": "TWD",
        "exponent": 2,
        "time_zone": ZoneInfo("Asia/Taipei"),
        "factor_for": lambda _merchant, _at: WHOLE_FACTOR,
    }
    return World(**(fields | changes))


def live(index: int = 0, amount: int = 10_000, *, rate: int = 10_000, **changes: Any) -> LiveCharge:
    """A live charge with code number `index`."""
    fields: dict[str, Any] = {
        "claims": claims(index, rate=rate),
        "merchant_id": MERCHANT,
        "amount": amount,
        "currency": "TWD",
        "at": NOW,
        "skew_s": 60,
    }
    return LiveCharge(**(fields | changes))


def settlement(index: int = 0, amount: int = 10_000, *, rate: int = 10_000) -> Settlement:
    """A charge with code number `index` that a terminal approved within the rules."""
    told = claims(index, rate=rate, offline_limit=99_999_999)
    offline = Policy().offline.model_copy(update={"max_amount": 99_999_999, "max_total": 99_999_999})
    facts = OfflineFacts(
        claims=told,
        payable=payable(amount, rate),
        charge_at=NOW,
        advice_at=NOW,
        contact=NOW,
        clock_is_plausible=True,
        is_revoked=False,
        is_used=False,
        is_suspended=False,
        spending=OfflineSpending(),
        policy=Policy(offline=offline),
    )
    return Settlement(merchant_id=MERCHANT, amount=amount, currency="TWD", facts=facts)


def answers(there: World, asks: Iterable[Ask]) -> tuple[Answer, ...]:
    """What is answered to many asks in order, each seeing what those before it did."""
    copy = WorkingCopy(there)
    return tuple(copy.answer(ask) for ask in asks)
