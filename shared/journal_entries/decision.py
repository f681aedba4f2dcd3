"""The hub's decision on an entry: signed, written once, repeated byte for byte (protocol.md 5)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.journal_entries.entry import Entry
from shared.jws import MalformedJws, payload_by_known_key, sign_jws
from shared.problems import Code
from shared.signing import HubKeys, Signer
from shared.strict_json import dumps_object, loads_object

TYP = "mps-decision+jws"


class Status(StrEnum):
    """What a result says of an entry."""

    ACCEPTED = "accepted"
    COMPLETED = "completed"
    DECLINED = "declined"
    REVERSED = "reversed"
    REJECTED = "rejected"
    UNCONFIRMED = "unconfirmed"
    PENDING = "pending"
    HELD = "held"
    RETRY = "retry"

    @property
    def is_signed(self) -> bool:
        """Whether this is an answer for ever, with a decision."""
        return self in _SIGNED


_ONLY_IF_TRUE = ("offline", "overdrawn")
_SIGNED = frozenset({Status.ACCEPTED, Status.COMPLETED, Status.DECLINED, Status.REVERSED, Status.REJECTED})


class Decision(BaseModel):
    """The signed content. Amounts in minor units; `entry` is the entry's hash.

    `points_earned` is negative where points were clawed back. `offline` and `overdrawn` are there only where they are
    true, of a charge and of the advice that settled it: a hub that lost its newest data needs them to make the same
    transaction again.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    terminal: Uuid7Text
    seq: int
    id: Uuid7Text
    entry: str
    status: Annotated[Status, Field(strict=False)]
    code: Annotated[Code | None, Field(strict=False)] = None
    tx_no: str | None = None
    card_ref: str | None = None
    payable: int | None = None
    rate: int | None = None
    points_earned: int | None = None
    offline: bool | None = None
    overdrawn: bool | None = None
    decided_at: WireInstant

    @property
    def decided(self) -> datetime:
        """When the hub decided."""
        return self.decided_at


class DecisionElsewhere(MalformedJws):
    """A decision of the hub's, but not on this entry."""


def sign_decision(decision: Decision, signer: Signer) -> str:
    """The compact text, to be stored and repeated as it is."""
    content = decision.model_dump(mode="json")
    for name in _ONLY_IF_TRUE:
        if not content[name]:
            del content[name]
    return sign_jws(TYP, signer.kid, dumps_object(content), signer)


def verify_decision(jws: str, keys: HubKeys) -> Decision:
    """The decision, once the hub's signature holds.

    Raises:
        MalformedJws: not a decision.
        BadSignature: not signed by a known hub key.
    """
    payload = payload_by_known_key(jws, TYP, keys)
    try:
        decision = Decision.model_validate(loads_object(payload))
    except (ValidationError, ValueError) as error:
        raise MalformedJws("not a decision") from error
    if not decision.status.is_signed:
        raise MalformedJws("that status is never signed")
    return decision


def verify_decision_on(jws: str, entry: Entry, keys: HubKeys) -> Decision:
    """The decision, once it is known to be on this very entry.

    Raises:
        MalformedJws: not a decision; DecisionElsewhere: on another entry.
        BadSignature: not signed by a known hub key.
    """
    decision = verify_decision(jws, keys)
    named = (decision.terminal, decision.seq, decision.id, decision.entry)
    if named != (entry.terminal_id, entry.seq, entry.id, entry.hash):
        raise DecisionElsewhere("a decision on another entry")
    return decision
