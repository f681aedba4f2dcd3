"""The change feed's events (protocol.md 6): server-sent, `event:` names the kind, `data:` is one of these."""

from typing import Literal

from shared.api.messages import Message
from shared.api.policy import Policy
from shared.api.terminals import MerchantProfile, StaffMember, StoreProfile
from shared.clock import WireInstant
from shared.problems import Language
from shared.signing import Jwks

ChangeKind = Literal[
    "policy", "store", "staff", "terminal", "keys", "code_revoked", "covered", "settled", "merchant", "notice"
]
HUB_TIME_COMMENT = "hub_time"
"""The keep-alive comment is `: hub_time 2026-…Z`: every change up to it has been sent."""


class PolicyChanged(Message):
    """A new version."""

    policy: Policy


class StoreChanged(Message):
    """The store's profile."""

    store: StoreProfile


class StaffChanged(Message):
    """All who may stand at this terminal now."""

    staff: tuple[StaffMember, ...]


class TerminalChanged(Message):
    """This terminal's status."""

    status: Literal["active", "suspended"]


class KeysChanged(Message):
    """All keys that verify now."""

    jwks: Jwks


class CodeRevoked(Message):
    """A code that must not be taken; forgotten after `exp`."""

    code_ref: str
    exp: WireInstant


class Covered(Message):
    """A backup covers the journal through `seq`."""

    seq: int


class Settled(Message):
    """Entries whose answer is signed now: send them again."""

    seqs: tuple[int, ...]


class MerchantChanged(Message):
    """The merchant's profile and status."""

    merchant: MerchantProfile


class Notice(Message):
    """A sentence for the screen, in both languages."""

    texts: dict[Language, str]
