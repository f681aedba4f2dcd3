"""One decision a key, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.idempotency import KeyedRequest, Outcome, RequestKind, decide_once, find_outcome, hash_of
from hub_server.idempotency.tables import idempotency_registry
from hub_server.signing_keys import HubSigningKeys
from shared.problems import Code, CodedError, Refusal
from tests.builders.hub_rows import HubRows

Run = Callable[..., Any]
DECLINED = Outcome(refusal=Refusal(Code.QR_EXPIRED, "x" * 300))


@pytest.fixture
def rows(hub_context: Context, keys: HubSigningKeys) -> HubRows:
    """Builds rows."""
    return HubRows(hub_context, keys)


@pytest.fixture
def request_of_shop(rows: HubRows) -> KeyedRequest:
    """A merchant's request under a key."""
    return KeyedRequest(
        merchant_id=rows.shop().merchant_id,
        key="one",
        kind=RequestKind.CHARGE,
        content_hash=hash_of(RequestKind.CHARGE, {"amount": 1}),
    )


@pytest.fixture
def once(hub_context: Context, run: Run) -> Callable[..., Outcome]:
    """`once(request, decide)`: in a transaction of its own."""

    def _once(request: KeyedRequest, decide: Callable[[], Outcome] = lambda: DECLINED) -> Outcome:
        outcome: Outcome = run(decide_once, request, hub_context.clock.now(), decide)
        return outcome

    return _once


def _never() -> Outcome:
    raise AssertionError("decided again")


def test_a_key_is_decided_once_and_repeated_for_ever(
    request_of_shop: KeyedRequest, once: Callable[..., Outcome], run: Run
) -> None:
    assert run(find_outcome, request_of_shop) is None
    first = once(request_of_shop)
    again = once(request_of_shop, _never)
    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert again.refusal == Refusal(Code.QR_EXPIRED, "x" * 200)
    assert run(find_outcome, request_of_shop) == again


@pytest.mark.parametrize("change", [{"content_hash": b"other"}, {"kind": RequestKind.REFUND}])
def test_the_same_key_with_another_request_is_a_conflict(
    change: dict[str, Any], request_of_shop: KeyedRequest, once: Callable[..., Outcome], run: Run
) -> None:
    once(request_of_shop)
    other = replace(request_of_shop, **change)
    for ask in (lambda: once(other, _never), lambda: run(find_outcome, other)):
        with pytest.raises(CodedError) as raised:
            ask()
        assert raised.value.code is Code.IDEMPOTENCY_CONFLICT


def test_a_key_belongs_to_one_merchant(
    rows: HubRows, request_of_shop: KeyedRequest, once: Callable[..., Outcome]
) -> None:
    once(request_of_shop)
    other = replace(request_of_shop, merchant_id=rows.shop().merchant_id, content_hash=b"other")
    assert not once(other).is_repeat
    assert len(rows.rows(idempotency_registry)) == 2


def test_what_fails_leaves_the_key_free(
    rows: HubRows, request_of_shop: KeyedRequest, once: Callable[..., Outcome]
) -> None:
    def suspended() -> Outcome:
        raise CodedError(Code.SERVICE_SUSPENDED)

    with pytest.raises(CodedError):
        once(request_of_shop, suspended)
    assert rows.rows(idempotency_registry) == []
    assert not once(request_of_shop).is_repeat


def test_the_registry_itself_refuses_a_second_outcome(
    hub_context: Context, request_of_shop: KeyedRequest, once: Callable[..., Outcome]
) -> None:
    once(request_of_shop)
    row = {
        "merchant_id": request_of_shop.merchant_id,
        "key": request_of_shop.key,
        "kind": "charge",
        "content_hash": b"other",
        "code": "QR_EXPIRED",
        "decided_at": hub_context.clock.now(),
    }

    def force(connection: Connection) -> None:
        connection.execute(idempotency_registry.insert().values(**row))

    # SQLite's trigger speaks before its unique key does.
    with pytest.raises(Exception, match=r"(?i)unique|append-only"):
        hub_context.database.run(force)
