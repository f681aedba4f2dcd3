"""A code stops counting once no terminal can have taken it in secret (domain.md, Payment code)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from hub_server.bootstrap import Hub
from hub_server.demo_data import make_demo_data
from hub_server.payment_codes.jobs import sweep_job
from hub_server.payment_codes.rules import TerminalStanding, WaitingCode, releasable
from hub_server.payment_codes.tables import payment_codes
from hub_server.settings import Settings
from hub_server.terminals import record_head, touch_contact
from hub_server.terminals.tables import terminals
from tests.fakes.clock import ManualClock

IAT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
EXP = IAT + timedelta(minutes=15)
SKEW = timedelta(seconds=60)
MAX_DURATION = timedelta(hours=4)
SECOND = timedelta(seconds=1)
CODE = WaitingCode("c", IAT, EXP)


def _released(*standings: TerminalStanding) -> bool:
    return releasable([CODE], standings, skew=SKEW, max_duration=MAX_DURATION) == ["c"]


def _terminal(
    last_contact: datetime, head_at: datetime | None = None, is_whole: bool = True
) -> TerminalStanding:
    return TerminalStanding(last_contact=last_contact, head_at=head_at, is_whole=is_whole)


def test_with_no_terminal_in_reach_nothing_can_have_been_taken() -> None:
    assert _released()


def test_a_terminal_that_has_locked_itself_does_not_count() -> None:
    locked_since = IAT - SKEW - MAX_DURATION
    assert _released(_terminal(locked_since))
    assert not _released(_terminal(locked_since + timedelta(milliseconds=1)))


def test_a_terminal_must_have_shown_its_head_after_the_code_was_over() -> None:
    assert not _released(_terminal(EXP + SKEW, head_at=None))
    assert not _released(_terminal(EXP + SKEW, head_at=EXP + SKEW))
    assert _released(_terminal(EXP + SKEW + SECOND, head_at=EXP + SKEW + SECOND))


def test_a_journal_with_a_gap_holds_the_code() -> None:
    later = EXP + SKEW + SECOND
    assert not _released(_terminal(later, head_at=later, is_whole=False))


def test_one_silent_terminal_holds_the_code_for_all() -> None:
    later = EXP + SKEW + SECOND
    assert not _released(_terminal(later, later), _terminal(IAT), _terminal(later, later))
    assert _released(_terminal(later, later), _terminal(IAT - timedelta(days=1)), _terminal(later, later))


def test_each_code_is_judged_by_its_own_times() -> None:
    early = WaitingCode("early", IAT - timedelta(hours=1), EXP - timedelta(hours=1))
    shown = EXP - timedelta(minutes=1)
    assert releasable([early, CODE], [_terminal(shown, shown)], skew=SKEW, max_duration=MAX_DURATION) == [
        "early"
    ]


@pytest.fixture
def demo(hub: Hub) -> dict[str, Any]:
    """A shop with a terminal and a member with money."""
    return make_demo_data(hub.context, hub.keys)


@pytest.fixture
def new_limit(client: httpx.Client, run: Callable[..., Any], demo: dict[str, Any]) -> Callable[[], int]:
    """`new_limit()`: make a code and tell what it carries; a terminal was in contact just before the first."""
    member = demo["members"][0]
    path = f"/api/v1/me/cards/{member['cards'][0]['card_id']}/payment-code"
    headers = {"Authorization": f"Bearer {member['access_token']}"}

    def _new_limit() -> int:
        ref = client.post(path, headers=headers).json()["code_ref"]
        limit = select(payment_codes.c.offline_limit).where(payment_codes.c.code_ref == ref)
        return int(run(lambda connection: connection.execute(limit).scalar_one()))

    return _new_limit


@pytest.fixture
def terminal(hub: Hub, run: Callable[..., Any], demo: dict[str, Any]) -> str:
    """The demo's terminal, just told the time."""
    terminal_id: str = run(lambda connection: connection.execute(select(terminals.c.id)).scalar_one())
    run(touch_contact, terminal_id, hub.context.clock.now())
    return terminal_id


@pytest.mark.usefixtures("terminal")
def test_a_silent_terminal_holds_the_allowance_until_it_must_have_locked_itself(
    hub: Hub, clock: ManualClock, settings: Settings, new_limit: Callable[[], int]
) -> None:
    assert [new_limit() for _ in range(8)] == [50_000, 50_000, 50_000, 20_000, 10_000, 10_000, 0, 0]
    clock.advance((settings.code_ttl_s + settings.offline_max_duration_s) * 1_000)
    sweep_job(hub.context).work()
    assert new_limit() == 0
    clock.advance(1)
    assert new_limit() == 50_000


def test_a_shop_that_comes_back_gives_the_allowance_back(
    hub: Hub, clock: ManualClock, run: Callable[..., Any], terminal: str, new_limit: Callable[[], int]
) -> None:
    assert [new_limit() for _ in range(7)][-1] == 0
    clock.advance(17 * 60_000)
    sweep_job(hub.context).work()
    assert new_limit() == 0  # the terminal may hold a charge nobody has seen
    run(touch_contact, terminal, clock.now())
    run(record_head, terminal, 3, clock.now())
    sweep_job(hub.context).work()
    assert new_limit() == 0  # its journal has not arrived
    run(lambda connection: connection.execute(update(terminals).values(verified_through=3)))
    sweep_job(hub.context).work()
    assert new_limit() == 50_000
