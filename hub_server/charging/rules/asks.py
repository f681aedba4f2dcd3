"""What is asked of the hub's money: a charge now, one that a terminal approved already, or its undoing."""

from dataclasses import dataclass
from datetime import datetime

from shared.offline_rules import OfflineFacts
from shared.payment_code import Claims


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCharge:
    """A charge that the counter waits for, of a terminal and a merchant that are active.

    Attributes:
        claims: of a verified certificate whose proof holds; None for anything else (INVALID_QR).
        merchant_id: who is paid; its promotions count.
        amount: raw, minor units.
        at: the charge's own time, at which the code's life is judged.
        training: checked, and nothing moves.
    """

    claims: Claims | None
    merchant_id: str
    amount: int
    currency: str
    at: datetime
    skew_s: int
    training: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A charge that a terminal approved by itself, to be honoured if it kept the offline rules.

    Attributes:
        merchant_id: who is paid; its promotions count, at the charge's own time.
        facts: None where the certificate or the proof does not hold.
    """

    merchant_id: str
    amount: int
    currency: str
    facts: OfflineFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """A completed charge that must not stand.

    Attributes:
        amount_left: what has not gone back yet, minor units.
        points_left: what is left of the points it earned.
        by_advice: the use of the code that it gives back was an advised one.
        member_id: who presented the code.
        charged_at: the charge's own time, in whose day there is room again.
        now: for the life of the code that becomes free.
    """

    card_id: str
    code_ref: str | None
    amount_left: int
    points_left: int
    by_advice: bool
    member_id: str | None
    charged_at: datetime
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Part or all of a completed charge goes back; that it may is judged before (refunding). The code stays used.

    Attributes:
        amount: minor units of what was paid.
        points: to be taken back, as far as the card has them.
        member_id: who presented the charge's code.
        charged_at: the charge's own time, in whose day there is room again.
    """

    card_id: str
    amount: int
    points: int
    member_id: str | None
    charged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCharge:
    """A charge that this hub completed before it lost its newest data: made again as it was, whatever the card holds.

    Attributes:
        code_ref: of a code whose row is there.
        payable: minor units, by `rate`, as the hub signed them; so are `points` and the two flags.
        charged_at: the charge's own time, in whose day it counts.
        by_advice: a terminal had approved it by itself.
        overdrawn: the balance went below zero by it.
    """

    code_ref: str
    payable: int
    rate: int
    points: int
    charged_at: datetime
    by_advice: bool
    overdrawn: bool


Ask = LiveCharge | Settlement | Reversal | Refund | KnownCharge
