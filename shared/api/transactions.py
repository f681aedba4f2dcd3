"""A transaction as everybody sees it (protocol.md 5)."""

from typing import Literal

from shared.api.messages import Message
from shared.clock import WireInstant

TransactionType = Literal["charge", "refund", "reversal", "top_up", "adjustment"]
CardTypeName = Literal["standard", "prepaid", "corporate", "voucher"]


class Transaction(Message):
    """A completed movement; amounts in minor units, `rate` in 1/10,000."""

    id: str
    tx_no: str
    type: TransactionType
    raw_amount: int
    rate: int
    payable: int
    currency: str
    points_earned: int
    points_balance: int
    tier: int
    card_last4: str
    card_type: CardTypeName
    offline: bool = False
    overdrawn: bool = False
    completed_at: WireInstant
