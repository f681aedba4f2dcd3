"""What counts no more is forgotten, and nothing that still does."""

from collections.abc import Callable
from typing import Any

import httpx
from sqlalchemy import func, select

from hub_server.access.jobs import KEPT_AFTER_THE_END, sweep_job
from hub_server.access.rules import PLACE_KNOWN
from hub_server.access.states import LoginRole
from hub_server.access.tables import rate_windows, refresh_tokens, sessions
from hub_server.bootstrap import Hub
from hub_server.settings import Settings
from tests.fakes.clock import ManualClock
from tests.hub.access.people import make_person, signed_in


def test_tries_and_sessions_are_forgotten_when_nothing_asks_for_them_any_more(
    client: httpx.Client, hub: Hub, settings: Settings, clock: ManualClock, run: Callable[..., Any]
) -> None:
    def kept() -> list[int]:
        tables = (rate_windows, sessions, refresh_tokens)
        return [
            run(lambda c, t=table: c.execute(select(func.count()).select_from(t)).scalar_one())
            for table in tables
        ]

    signed_in(client, make_person(hub.context, LoginRole.AUDITOR, "a@hub.example"))
    sweep = sweep_job(hub.context).work
    sweep()
    assert kept() == [2, 1, 1], "an address's count, and an address that is known"
    clock.advance(PLACE_KNOWN.days * 86_400_000 - 1)
    sweep()
    assert kept() == [2, 1, 1]
    clock.advance(2)
    sweep()
    assert kept() == [0, 1, 1]
    clock.advance(settings.login_refresh_ttl_s * 1_000)
    sweep()
    assert kept() == [0, 0, 0]
    assert KEPT_AFTER_THE_END.days == 30
