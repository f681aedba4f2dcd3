"""The hub's own description lists what people script against (surface.md), and nothing that surface.md does not know."""

from typing import Any, Final

import httpx
import pytest

from tests.system.shop import Shop

_HTTP_S = 20
# What stands so far; a path of surface.md that a later change adds joins here.
PROMISED: Final = {
    ("post", "/api/v1/auth/otp"),
    ("post", "/api/v1/auth/otp/verify"),
    ("post", "/api/v1/auth/logout"),
    ("post", "/api/v1/members"),
    ("get", "/api/v1/me/cards"),
    ("get", "/api/v1/me/transactions"),
    ("post", "/api/v1/me/cards/{card_id}/payment-code"),
    ("delete", "/api/v1/me/cards/{card_id}/payment-code"),
    ("post", "/api/v1/terminals/enrol"),
    ("post", "/api/v1/terminals/me/journal"),
    ("get", "/api/v1/terminals/me/changes"),
    ("post", "/api/v1/oauth/token"),
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
            answer = client.request(method, path.replace("{card_id}", "none"))
            assert answer.status_code not in (404, 405), f"{method} {path}"
            assert answer.status_code < 500, f"{method} {path}: {answer.text}"
