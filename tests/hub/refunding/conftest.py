"""A merchant's own till that charges and refunds, on both databases."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from tests.builders.hub_rows import HubRows
from tests.builders.till import Till

REFUNDS = "/api/v1/refunds"
AskRefund = Callable[..., httpx.Response]


@pytest.fixture
def rows(hub_context: Context, keys: HubSigningKeys) -> Iterator[HubRows]:
    """Builds rows; what a test leaves behind is sound, unless it changed rows behind the hub's back."""
    built = HubRows(hub_context, keys)
    yield built
    if not built.was_tampered:
        report = hub_context.database.read(lambda connection: check(connection, keys.verifiers))
        assert report.findings == ()


@pytest.fixture
def till(hub_context: Context, keys: HubSigningKeys, rows: HubRows, client: httpx.Client) -> Till:
    """A till of an active merchant."""
    return Till(hub_context, keys, rows, client)


@pytest.fixture
def refund(till: Till) -> AskRefund:
    """`refund(tx_no, amount, key=…, language=…, headers=…, …)`: ask for a refund."""

    def _refund(
        tx_no: str,
        amount: int,
        *,
        key: str | None = None,
        language: str = "en",
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> httpx.Response:
        asked = {"Idempotency-Key": key or till.new_key(), "Accept-Language": language}
        sent = {"tx_no": tx_no, "amount": amount} | body
        return till.client.post(REFUNDS, json=sent, headers=(headers or till.headers) | asked)

    return _refund
