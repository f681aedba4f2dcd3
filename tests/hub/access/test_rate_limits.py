"""Limits on callers: per key, per person, per address; never on the counter's own roads, and in bounded memory."""

import httpx
import pytest
from starlette.types import Scope

from hub_server.foundation.web.rate_limits import Allowance, Caller, CallerKind, RateLimits, tell_caller
from hub_server.settings import Settings
from tests.builders.people import sign_up
from tests.fakes.clock import ManualClock

MINUTE_MS = 60_000
FEW = Allowance(key=30, person=6, address=3)


def _scope(path: str = "/api/v1/me", *, address: str = "192.0.2.1", **headers: str) -> Scope:
    return {
        "path": path,
        "client": (address, 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }


def _let_through(limits: RateLimits, scope: Scope, now_ms: int = 0, tries: int = 100) -> int:
    return [limits.wait_s(scope, now_ms) for _ in range(tries)].count(0)


def test_an_address_has_its_requests_and_another_its_own() -> None:
    limits = RateLimits(FEW)
    assert _let_through(limits, _scope()) == 3
    assert _let_through(limits, _scope(address="192.0.2.2")) == 3
    assert _let_through(limits, _scope(address="2001:db8::1")) == 3
    assert _let_through(limits, _scope(address="2001:db8::2")) == 0, "one network is one address"


def test_what_was_used_comes_back_evenly() -> None:
    limits = RateLimits(FEW)
    assert _let_through(limits, _scope()) == 3
    assert limits.wait_s(_scope(), 0) == 20
    assert limits.wait_s(_scope(), 19_999) == 1
    assert _let_through(limits, _scope(), 20_000) == 1
    assert _let_through(limits, _scope(), 80_000) == 3
    assert _let_through(limits, _scope(), 10 * MINUTE_MS) == 3, "and never more than a minute's"


@pytest.mark.parametrize(("kind", "allowed"), [(CallerKind.KEY, 30), (CallerKind.PERSON, 6)])
def test_who_is_known_is_counted_for_himself_wherever_he_is(kind: CallerKind, allowed: int) -> None:
    limits = RateLimits(FEW)
    known = _scope(authorization="Bearer good")
    tell_caller(known, Caller(kind, "somebody"))
    limits.learn(known, is_refused=False)
    assert _let_through(limits, _scope(authorization="Bearer good")) == allowed
    assert _let_through(limits, _scope(authorization="Bearer good", address="192.0.2.9")) == 0
    assert _let_through(limits, _scope()) == 3


def test_made_up_tokens_count_for_the_address_that_sends_them() -> None:
    limits = RateLimits(FEW)
    passed = [limits.wait_s(_scope(authorization=f"Bearer {number}"), 0) == 0 for number in range(100)]
    assert passed.count(True) == 3


def test_a_token_that_is_refused_is_nobodys_any_more() -> None:
    limits = RateLimits(FEW)
    known = _scope(authorization="Bearer good")
    tell_caller(known, Caller(CallerKind.KEY, "a key"))
    limits.learn(known, is_refused=False)
    limits.learn(_scope(authorization="Bearer good"), is_refused=True)
    assert _let_through(limits, _scope(authorization="Bearer good")) == 3


def test_only_so_many_callers_are_remembered() -> None:
    limits = RateLimits(FEW, most=1_000)
    for number in range(5_000):
        scope = _scope(address=f"10.0.{number // 256}.{number % 256}", authorization=f"Bearer {number}")
        limits.wait_s(scope, 0)
        tell_caller(scope, Caller(CallerKind.PERSON, str(number)))
        limits.learn(scope, is_refused=False)
    assert limits.remembered == (1_000, 1_000)


@pytest.mark.parametrize(
    "path",
    [
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/oauth/token",
        "/api/v1/terminals/me/journal",
        "/api/v1/terminals/me/changes",
    ],
)
def test_the_counters_roads_and_the_watchers_have_no_limit(path: str) -> None:
    assert _let_through(RateLimits(FEW), _scope(path)) == 100


class TestOverHttp:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        few = {"public_requests_per_minute": 20, "member_requests_per_minute": 30}
        return settings.model_copy(update=few)

    def test_a_flood_is_told_to_wait_and_the_counter_and_the_members_go_on(
        self, client: httpx.Client, settings: Settings, clock: ManualClock
    ) -> None:
        member = sign_up(client, settings)
        assert client.get("/api/v1/me", headers=member.headers).status_code == 200
        answers = [client.post("/api/v1/auth/refresh", json={"refresh_token": "x"}) for _ in range(40)]
        assert answers[0].status_code == 401
        flooded = answers[-1]
        assert (flooded.status_code, flooded.json()["code"]) == (429, "RATE_LIMITED")
        assert flooded.headers["content-type"] == "application/problem+json"
        assert flooded.headers["Retry-After"] == "3"
        assert flooded.json()["title"] == "Too many attempts; try again later"
        chinese = client.get("/api/v1/me", headers={"Accept-Language": "zh-TW"})
        assert chinese.json()["title"] == "嘗試次數過多，請稍後再試"

        assert client.get("/api/v1/me", headers=member.headers).status_code == 200
        assert client.get("/healthz").status_code == 200
        for path in ("/api/v1/terminals/me/journal", "/api/v1/oauth/token"):
            assert client.post(path).status_code in {401, 422, 400}

        clock.advance(3_000)
        assert client.post("/api/v1/auth/refresh", json={"refresh_token": "x"}).status_code == 401

    def test_a_member_has_a_limit_too(self, client: httpx.Client, settings: Settings) -> None:
        member = sign_up(client, settings)
        statuses = [client.get("/api/v1/me", headers=member.headers).status_code for _ in range(40)]
        # The first is the address's: whose the token is, the gate has yet to tell.
        assert statuses.count(200) == settings.member_requests_per_minute + 1
        assert statuses[-1] == 429
