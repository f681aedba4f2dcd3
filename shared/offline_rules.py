"""The offline rules, checked by the terminal before it approves and by the hub again (protocol.md 5).

Pure: both sides bring the facts they know. The order is the protocol's: rule 4, then 1, 2, 3.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.api.policy import Policy
from shared.payment_code import Claims
from shared.problems import Code, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineSpending:
    """Offline approvals of one terminal under one contact, before this one; `total` in minor units."""

    count: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineFacts:
    """What the rules look at.

    Attributes:
        claims: of a certificate that has been verified.
        payable: minor units, by the certificate's own rate.
        charge_at, advice_at: the two entries' `at`.
        contact: the entries' `contact`.
        clock_is_plausible: rule 4, from what this side knows (the terminal: no clock-lock; the hub: a
            recorded spell of contact).
        is_revoked: the code was revoked at `contact`.
        is_used: a standing charge of this terminal used the code.
        is_suspended: the merchant or terminal stood suspended at `contact`.
    """

    claims: Claims
    payable: int
    charge_at: datetime
    advice_at: datetime
    contact: datetime
    clock_is_plausible: bool
    is_revoked: bool
    is_used: bool
    is_suspended: bool
    spending: OfflineSpending
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineVerdict:
    """Refused with a code, or allowed; `needs_manager` above the soft total."""

    refusal: Refusal | None
    needs_manager: bool = False


def judge_offline(facts: OfflineFacts) -> OfflineVerdict:
    """Whether the charge may be (or might have been) approved without the hub."""
    refusal = _rule_4(facts) or _rule_1(facts) or _rule_2(facts) or _rule_3(facts)
    soft_total = facts.policy.offline.soft_total
    return OfflineVerdict(
        refusal=refusal,
        needs_manager=refusal is None and facts.spending.total + facts.payable > soft_total,
    )


def _rule_4(facts: OfflineFacts) -> Refusal | None:
    """Time: not before the last contact."""
    earliest = facts.contact - timedelta(seconds=facts.policy.skew_s)
    if not facts.clock_is_plausible or min(facts.charge_at, facts.advice_at) < earliest:
        return Refusal(Code.CLOCK_IMPLAUSIBLE)
    return None


def _rule_1(facts: OfflineFacts) -> Refusal | None:
    """The code: alive at both times, not revoked, not used here."""
    refusal = refuse_by_life(facts.claims, facts.charge_at, facts.policy.skew_s)
    refusal = refusal or refuse_by_life(facts.claims, facts.advice_at, facts.policy.skew_s)
    if refusal is None and facts.claims.currency != facts.policy.currency:
        refusal = Refusal(Code.CURRENCY_MISMATCH)
    if refusal is None and facts.is_revoked:
        refusal = Refusal(Code.QR_REVOKED)
    if refusal is None and facts.is_used:
        refusal = Refusal(Code.QR_ALREADY_USED)
    return refusal


def _rule_2(facts: OfflineFacts) -> Refusal | None:
    """The amount: within what the certificate and the policy allow for one charge."""
    offline = facts.policy.offline
    if not offline.enabled or facts.is_suspended or facts.claims.offline_limit == 0:
        return Refusal(Code.OFFLINE_NOT_ALLOWED)
    if facts.payable > min(facts.claims.offline_limit, offline.max_amount):
        return Refusal(Code.OFFLINE_LIMIT_EXCEEDED, "over the limit of one charge")
    return None


def _rule_3(facts: OfflineFacts) -> Refusal | None:
    """The terminal: within its limits since contact."""
    offline, spending = facts.policy.offline, facts.spending
    if spending.count + 1 > offline.max_count:
        return Refusal(Code.OFFLINE_LIMIT_EXCEEDED, "too many since the last contact")
    if spending.total + facts.payable > offline.max_total:
        return Refusal(Code.OFFLINE_LIMIT_EXCEEDED, "over the sum since the last contact")
    if facts.advice_at - facts.contact > timedelta(seconds=offline.max_duration_s):
        return Refusal(Code.OFFLINE_LIMIT_EXCEEDED, "too long since the last contact")
    return None


def refuse_by_life(claims: Claims, at: datetime, skew_s: int) -> Refusal | None:
    """`iat − skew ≤ at ≤ exp`, else why not."""
    if at > claims.expires_at:
        return Refusal(Code.QR_EXPIRED)
    if at < claims.issued_at - timedelta(seconds=skew_s):
        return Refusal(Code.INVALID_QR, "issued after the charge")
    return None
