"""Each offline rule refuses by itself, at its exact bound, and in the protocol's order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.api.policy import OfflinePolicy, Policy
from shared.offline_rules import OfflineFacts, OfflineSpending, judge_offline
from shared.payment_code import CardType, Claims
from shared.problems import Code

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ISSUED = int(NOW.timestamp()) - 60
CLAIMS = Claims(
    iat=ISSUED,
    exp=ISSUED + 900,
    code_key=bytes(32),
    card_ref=bytes(16),
    card_type=CardType.STANDARD,
    tier=0,
    rate=10_000,
    offline_limit=50_000,
    currency="TWD",
    last4=1,
)
FACTS = OfflineFacts(
    claims=CLAIMS,
    payable=10_000,
    charge_at=NOW,
    advice_at=NOW + timedelta(seconds=1),
    contact=NOW - timedelta(minutes=5),
    clock_is_plausible=True,
    is_revoked=False,
    is_used=False,
    is_suspended=False,
    spending=OfflineSpending(),
    policy=Policy(),
)
_EXPIRES = CLAIMS.expires_at


def test_a_charge_within_every_rule_is_allowed_without_a_manager() -> None:
    verdict = judge_offline(FACTS)
    assert verdict.refusal is None
    assert not verdict.needs_manager


REFUSED = {
    "clock implausible": (replace(FACTS, clock_is_plausible=False), Code.CLOCK_IMPLAUSIBLE),
    "charge before the contact": (
        replace(FACTS, contact=NOW + timedelta(seconds=60, milliseconds=1)),
        Code.CLOCK_IMPLAUSIBLE,
    ),
    "charge after expiry": (replace(FACTS, charge_at=_EXPIRES + timedelta(milliseconds=1)), Code.QR_EXPIRED),
    "advice after expiry": (replace(FACTS, advice_at=_EXPIRES + timedelta(milliseconds=1)), Code.QR_EXPIRED),
    "issued after the charge": (
        replace(FACTS, claims=replace(CLAIMS, iat=ISSUED + 121, exp=ISSUED + 900)),
        Code.INVALID_QR,
    ),
    "another currency": (replace(FACTS, claims=replace(CLAIMS, currency="USD")), Code.CURRENCY_MISMATCH),
    "revoked": (replace(FACTS, is_revoked=True), Code.QR_REVOKED),
    "used here": (replace(FACTS, is_used=True), Code.QR_ALREADY_USED),
    "offline disabled": (
        replace(FACTS, policy=Policy(offline=OfflinePolicy(enabled=False))),
        Code.OFFLINE_NOT_ALLOWED,
    ),
    "suspended": (replace(FACTS, is_suspended=True), Code.OFFLINE_NOT_ALLOWED),
    "code not for offline": (
        replace(FACTS, claims=replace(CLAIMS, offline_limit=0), payable=0),
        Code.OFFLINE_NOT_ALLOWED,
    ),
    "over the code's limit": (replace(FACTS, payable=50_001), Code.OFFLINE_LIMIT_EXCEEDED),
    "over the policy's limit": (
        replace(FACTS, policy=Policy(offline=OfflinePolicy(max_amount=9_999))),
        Code.OFFLINE_LIMIT_EXCEEDED,
    ),
    "too many": (replace(FACTS, spending=OfflineSpending(count=30)), Code.OFFLINE_LIMIT_EXCEEDED),
    "too much": (replace(FACTS, spending=OfflineSpending(total=490_001)), Code.OFFLINE_LIMIT_EXCEEDED),
    "too long": (
        replace(FACTS, contact=FACTS.advice_at - timedelta(seconds=14_400, milliseconds=1)),
        Code.OFFLINE_LIMIT_EXCEEDED,
    ),
}


@pytest.mark.parametrize(("facts", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_each_rule_refuses_with_its_code(facts: OfflineFacts, code: Code) -> None:
    refusal = judge_offline(facts).refusal
    assert refusal is not None
    assert refusal.code is code


@pytest.mark.parametrize(
    "facts",
    [
        replace(FACTS, contact=NOW + timedelta(seconds=60)),
        replace(FACTS, advice_at=_EXPIRES),
        replace(FACTS, claims=replace(CLAIMS, iat=ISSUED + 120)),
        replace(FACTS, payable=50_000),
        replace(FACTS, spending=OfflineSpending(count=29, total=490_000)),
        replace(FACTS, contact=FACTS.advice_at - timedelta(seconds=14_400)),
    ],
)
def test_the_bounds_themselves_are_allowed(facts: OfflineFacts) -> None:
    assert judge_offline(facts).refusal is None


def test_over_the_soft_total_a_manager_is_asked_and_at_it_not() -> None:
    at = replace(FACTS, spending=OfflineSpending(count=5, total=290_000))
    assert not judge_offline(at).needs_manager
    assert judge_offline(replace(at, payable=10_001)).needs_manager


def test_time_is_judged_before_the_code_and_the_code_before_the_amounts() -> None:
    everything_wrong = replace(FACTS, clock_is_plausible=False, is_revoked=True, payable=10**7)
    codes = []
    for facts in (
        everything_wrong,
        replace(everything_wrong, clock_is_plausible=True),
        replace(everything_wrong, clock_is_plausible=True, is_revoked=False),
    ):
        refusal = judge_offline(facts).refusal
        assert refusal is not None
        codes.append(refusal.code)
    assert codes == [Code.CLOCK_IMPLAUSIBLE, Code.QR_REVOKED, Code.OFFLINE_LIMIT_EXCEEDED]
