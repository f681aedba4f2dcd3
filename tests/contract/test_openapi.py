"""The hub's own description lists what people script against (surface.md), and nothing that surface.md does not know."""

import re
from typing import Any, Final

import httpx
import pytest

from tests.system.shop import Shop

_HTTP_S = 20
# What stands so far; a path of surface.md that a later change adds joins here.
PROMISED: Final = {
    ("post", "/api/v1/auth/password"),
    ("post", "/api/v1/auth/refresh"),
    ("post", "/api/v1/auth/logout"),
    ("post", "/api/v1/auth/otp"),
    ("post", "/api/v1/auth/otp/verify"),
    ("post", "/api/v1/members"),
    ("post", "/api/v1/me/cards/{card_id}/payment-code"),
    ("delete", "/api/v1/me/cards/{card_id}/payment-code"),
    ("post", "/api/v1/payment-codes/validate"),
    ("post", "/api/v1/admin/payment-codes/rotate"),
    ("get", "/api/v1/kiosks/me/payment-code"),
    ("get", "/api/v1/me"),
    ("get", "/api/v1/me/cards"),
    ("get", "/api/v1/me/cards/{card_id}/points"),
    ("get", "/api/v1/me/transactions"),
    ("post", "/api/v1/me/bindings"),
    ("delete", "/api/v1/me/bindings/{binding_id}"),
    ("put", "/api/v1/me/bindings/{binding_id}/caps"),
    ("post", "/api/v1/me/cards/{card_id}/invitations"),
    ("put", "/api/v1/me/cards/{card_id}/binding-password"),
    ("get", "/api/v1/me/cards/{card_id}/binding-requests"),
    ("post", "/api/v1/me/cards/{card_id}/binding-requests/{request_id}/confirm"),
    ("post", "/api/v1/me/cards/{card_id}/binding-requests/{request_id}/refuse"),
    ("post", "/api/v1/terminals/enrol"),
    ("post", "/api/v1/terminals/me/journal"),
    ("get", "/api/v1/terminals/me/changes"),
    ("post", "/api/v1/oauth/token"),
    ("post", "/api/v1/charges"),
    ("post", "/api/v1/refunds"),
    ("get", "/api/v1/merchant/transactions"),
    ("get", "/api/v1/merchant/transactions/{tx_no}"),
    ("get", "/api/v1/merchant/daily-summary"),
    ("get", "/api/v1/merchant/stores"),
    ("get", "/api/v1/merchant/terminals"),
    ("post", "/api/v1/merchant/terminals"),
    ("get", "/api/v1/merchant/staff"),
    ("get", "/api/v1/merchant/api-keys"),
    ("post", "/api/v1/merchant/api-keys"),
    ("delete", "/api/v1/merchant/api-keys/{key_id}"),
    ("post", "/api/v1/admin/cards"),
    ("post", "/api/v1/admin/cards/{card_id}/freeze"),
    ("post", "/api/v1/admin/cards/{card_id}/unfreeze"),
    ("post", "/api/v1/admin/cards/{card_id}/lost"),
    ("post", "/api/v1/admin/cards/{card_id}/replace"),
    ("post", "/api/v1/admin/cards/{card_id}/close"),
    ("post", "/api/v1/admin/cards/{card_id}/points"),
    ("post", "/api/v1/admin/members/{member_id}/suspend"),
    ("post", "/api/v1/admin/members/{member_id}/resume"),
    ("patch", "/api/v1/admin/merchants/{merchant_id}"),
    ("post", "/api/v1/admin/merchants/{merchant_id}/suspend"),
    ("post", "/api/v1/admin/merchants/{merchant_id}/resume"),
    ("post", "/api/v1/admin/terminals/{terminal_id}/suspend"),
    ("post", "/api/v1/admin/terminals/{terminal_id}/resume"),
    ("get", "/api/v1/admin/adjustments"),
    ("post", "/api/v1/admin/adjustments"),
    ("get", "/api/v1/admin/tiers"),
    ("put", "/api/v1/admin/tiers"),
    ("get", "/api/v1/admin/promotions"),
    ("get", "/api/v1/admin/policies"),
    ("get", "/api/v1/admin/audit"),
    ("get", "/api/v1/admin/alerts"),
    ("post", "/api/v1/admin/alerts/{alert_id}/acknowledge"),
    ("post", "/api/v1/admin/alerts/{alert_id}/resolve"),
    ("get", "/api/v1/admin/consistency"),
    ("get", "/.well-known/jwks.json"),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
}


@pytest.fixture(scope="module")
def description(shop: Shop) -> dict[str, Any]:
    """`/openapi.json`."""
    answer = httpx.get(f"{shop.hub.url}/openapi.json", timeout=_HTTP_S)
    content: dict[str, Any] = answer.raise_for_status().json()
    return content


def test_every_promised_path_is_listed(description: dict[str, Any]) -> None:
    listed = {(method, path) for path, methods in description["paths"].items() for method in methods}
    assert listed >= PROMISED, f"missing: {sorted(PROMISED - listed)}"


def test_every_listed_operation_says_what_it_does(description: dict[str, Any]) -> None:
    silent = [
        f"{method} {path}"
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
        if not operation.get("description") and not operation.get("summary")
    ]
    assert not silent


def test_a_promised_path_answers_and_never_with_a_fault_of_the_hubs(shop: Shop) -> None:
    with httpx.Client(base_url=shop.hub.url, timeout=_HTTP_S) as client:
        for method, path in sorted(PROMISED):
            answer = client.request(method, re.sub("{[a-z_]+}", "none", path))
            assert answer.status_code not in (404, 405), f"{method} {path}"
            assert answer.status_code < 500, f"{method} {path}: {answer.text}"
