"""What may go back of a charge, and the points with it. Pure."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_server.refunding import after_refund, points_to_take, refuse_refund
from hub_server.transactions import TransactionKind, TransactionRow, TransactionStatus
from shared.problems import Code

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CHARGE = TransactionRow(
    id="charge-0",
    tx_no="PAY0000000001",
    kind=TransactionKind.CHARGE,
    status=TransactionStatus.COMPLETED,
    card_id="card-0",
    merchant_id="merchant-0",
    store_id=None,
    terminal_id=None,
    entry_id=None,
    code_ref=None,
    original_id=None,
    cashier=None,
    shift=None,
    order_ref=None,
    raw_amount=1_000,
    rate=9_500,
    payable=950,
    given_back=0,
    currency="TWD",
    points_earned=10,
    points_balance=10,
    tier=0,
    card_last4="1234",
    card_type="standard",
    offline=False,
    overdrawn=False,
    at=NOW,
    completed_at=NOW,
)


@pytest.mark.parametrize(
    ("kind", "status", "given_back", "amount", "code"),
    [
        ("charge", "completed", 0, 1, None),
        ("charge", "completed", 0, 950, None),
        ("charge", "completed", 949, 1, None),
        ("charge", "completed", 0, 951, Code.REFUND_EXCEEDS_REMAINING),
        ("charge", "completed", 949, 2, Code.REFUND_EXCEEDS_REMAINING),
        ("charge", "refunded", 950, 1, Code.REFUND_EXCEEDS_REMAINING),
        ("charge", "reversed", 950, 1, Code.NOT_REFUNDABLE),
        ("charge", "failed", 0, 1, Code.NOT_REFUNDABLE),
        ("charge", "processing", 0, 1, Code.NOT_REFUNDABLE),
        ("refund", "completed", 0, 1, Code.NOT_REFUNDABLE),
        ("reversal", "completed", 0, 1, Code.NOT_REFUNDABLE),
        ("top_up", "completed", 0, 1, Code.NOT_REFUNDABLE),
        ("adjustment", "completed", 0, 1, Code.NOT_REFUNDABLE),
    ],
)
def test_only_what_is_left_of_a_standing_charge_may_go_back(
    kind: str, status: str, given_back: int, amount: int, code: Code | None
) -> None:
    row = replace(CHARGE, kind=TransactionKind(kind), status=TransactionStatus(status), given_back=given_back)
    refusal = refuse_refund(row, amount)
    assert (refusal.code if refusal is not None else None) is code


@given(
    earned=st.integers(0, 10_000),
    amounts=st.lists(st.integers(1, 100_000), min_size=1, max_size=8),
    held=st.lists(st.integers(0, 10_000), min_size=8, max_size=8),
)
def test_in_all_the_formulas_points_are_gone_or_as_many_as_the_card_had(
    earned: int, amounts: list[int], held: list[int]
) -> None:
    charged = replace(CHARGE, payable=sum(amounts), points_earned=earned)
    taken = 0
    for amount, points_on_card in zip(amounts, held, strict=False):
        wanted = points_to_take(charged, amount, taken)
        charged = after_refund(charged, amount)
        assert taken + wanted == max(taken, earned * charged.given_back // charged.payable)
        taken += min(wanted, points_on_card)
    assert taken <= earned
    assert charged.status is TransactionStatus.REFUNDED


def test_a_charge_is_refunded_by_the_last_of_it_alone() -> None:
    nearly = after_refund(CHARGE, 949)
    assert (nearly.status, nearly.given_back) == (TransactionStatus.COMPLETED, 949)
    assert after_refund(nearly, 1).status is TransactionStatus.REFUNDED
