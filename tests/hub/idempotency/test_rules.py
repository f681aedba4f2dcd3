"""What a key is bound to, and what counts as an outcome."""

import pytest

from hub_server.idempotency import NO_OUTCOMES, Outcome, RequestKind, hash_of
from shared.problems import Code, Refusal

ASKED: dict[str, str | int | None] = {"code": "aa", "amount": 100, "currency": "TWD", "order_ref": None}


def test_the_order_of_members_and_members_without_a_value_do_not_matter() -> None:
    turned: dict[str, str | int | None] = {"currency": "TWD", "amount": 100, "code": "aa"}
    assert hash_of(RequestKind.CHARGE, ASKED) == hash_of(RequestKind.CHARGE, turned)


@pytest.mark.parametrize(
    "change", [{"code": "ab"}, {"amount": 101}, {"amount": "100"}, {"order_ref": "A-1"}, {"currency": "USD"}]
)
def test_any_other_content_is_another_request(change: dict[str, str | int]) -> None:
    assert hash_of(RequestKind.CHARGE, ASKED) != hash_of(RequestKind.CHARGE, ASKED | change)


def test_what_is_asked_for_belongs_to_the_content() -> None:
    assert hash_of(RequestKind.CHARGE, ASKED) != hash_of(RequestKind.REFUND, ASKED)


def test_an_outcome_is_a_transaction_or_a_refusal() -> None:
    with pytest.raises(ValueError, match="a transaction or a refusal"):
        Outcome()
    with pytest.raises(ValueError, match="a transaction or a refusal"):
        Outcome(transaction_id="t", refusal=Refusal(Code.QR_EXPIRED))


@pytest.mark.parametrize("code", sorted(NO_OUTCOMES))
def test_what_decides_nothing_is_not_kept(code: Code) -> None:
    with pytest.raises(ValueError, match="decides nothing"):
        Outcome(refusal=Refusal(code))
