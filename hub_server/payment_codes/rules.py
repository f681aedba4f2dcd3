"""What a payment code may carry: pure (domain.md, Payment code)."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from shared.api.transactions import CardTypeName
from shared.clock import to_unix
from shared.payment_code import CardType, Claims
from shared.signing import Ed25519Signer

OFFLINE_STEPS = (0, 10_000, 20_000, 50_000)
"""Minor units: coarse, so that a code tells nothing of the balance."""
CARD_TYPES: dict[CardTypeName, CardType] = {
    "standard": CardType.STANDARD,
    "prepaid": CardType.PREPAID,
    "corporate": CardType.CORPORATE,
    "voucher": CardType.VOUCHER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineAllowance:
    """How much a card may risk offline; minor units.

    Attributes:
        per_card: what all of a card's counted codes may carry.
        per_code: what one code may carry.
        counted: what the card's earlier codes carry that still count.
        headroom: what the caps that an owner set leave to the member who presents it; none without caps.
    """

    per_card: int
    per_code: int
    counted: int
    headroom: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTerms:
    """What the hub will sign; `offline_limit` in minor units, `rate` in 1/10,000."""

    card_ref: bytes
    card_type: CardType
    last4: int
    tier: int
    rate: int
    offline_limit: int
    currency: str
    issued_at: datetime
    ttl_s: int


def offline_limit(balance: int, allowance: OfflineAllowance) -> int:
    """The largest step not above the balance, half of what the allowance leaves, a code's most, or the caps."""
    left = max(0, allowance.per_card - allowance.counted)
    most = min(balance, left // 2, allowance.per_code)
    if allowance.headroom is not None:
        most = min(most, allowance.headroom)
    return max((step for step in OFFLINE_STEPS if step <= most), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalStanding:
    """What is known of a terminal's journal.

    Attributes:
        last_contact: when the hub last told it its time.
        head_at: when it last opened the feed with its head, if ever.
        is_whole: everything up to that head has arrived and been verified.
    """

    last_contact: datetime
    head_at: datetime | None
    is_whole: bool


@dataclass(frozen=True, slots=True)
class WaitingCode:
    """An expired code that still counts against its card's allowance."""

    code_ref: str
    issued_at: datetime
    expires_at: datetime


def releasable(
    codes: Sequence[WaitingCode],
    terminals: Sequence[TerminalStanding],
    *,
    skew: timedelta,
    max_duration: timedelta,
) -> list[str]:
    """The codes that no terminal can have taken without the hub knowing of it (domain.md, Payment code).

    A terminal whose last contact is not later than `iat − skew − max_duration` has locked itself. Each other one
    must have opened the feed with its head after `exp` (and `skew`, for its clock), and that head have arrived.
    """
    ordered = sorted(terminals, key=lambda terminal: terminal.last_contact, reverse=True)
    contacts = [-terminal.last_contact.timestamp() for terminal in ordered]
    never = datetime.min.replace(tzinfo=UTC)
    heads = (terminal.head_at if terminal.is_whole and terminal.head_at else never for terminal in ordered)
    earliest = list(accumulate(heads, min))
    released = []
    for code in codes:
        locked_since = code.issued_at - skew - max_duration
        concerned = bisect_left(contacts, -locked_since.timestamp())
        if concerned == 0 or earliest[concerned - 1] > code.expires_at + skew:
            released.append(code.code_ref)
    return released


def is_over(ends_at: datetime | None, at: datetime) -> bool:
    """Whether a card that ends then, if ever, has no whole second left that a code could live."""
    return ends_at is not None and to_unix(ends_at) <= to_unix(at)


def life_s(ttl_s: int, ends_at: datetime | None, at: datetime) -> int:
    """How long a code lives: it does not outlive its card, which ends then, if ever. At least a second."""
    return ttl_s if ends_at is None else max(1, min(ttl_s, to_unix(ends_at) - to_unix(at)))


def claims_of(terms: CodeTerms, secret: bytes) -> Claims:
    """The claims of a code with this secret; times are whole seconds."""
    issued = to_unix(terms.issued_at)
    return Claims(
        iat=issued,
        exp=issued + terms.ttl_s,
        code_key=Ed25519Signer.from_seed(secret).public_bytes,
        card_ref=terms.card_ref,
        card_type=terms.card_type,
        tier=terms.tier,
        rate=terms.rate,
        offline_limit=terms.offline_limit,
        currency=terms.currency,
        last4=terms.last4,
    )
