"""Whatever is done to points and tables: the caches are what the point ledger and the table in force say."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub_server.audit import SYSTEM
from hub_server.bootstrap import Hub
from hub_server.cards.tables import cards
from hub_server.consistency import check
from hub_server.foundation.storage import Connection
from hub_server.loyalty import DEFAULT_TIERS, Tier, TierTable, adjust_points, current_tier_table, set_tiers
from hub_server.loyalty.tables import point_ledger
from shared.problems import Code, CodedError
from tests.builders.hub_rows import HubRows

CARDS = 3
STEPS = st.lists(
    st.tuples(st.integers(1, 2_000), st.integers(0, 10_000)), max_size=4, unique_by=lambda step: step[0]
)
TABLES = st.builds(
    lambda steps: TierTable(
        (
            Tier(tier=0, from_points=0, rate=10_000),
            *(
                Tier(tier=number, from_points=points, rate=rate)
                for number, (points, rate) in enumerate(sorted(steps), start=1)
            ),
        )
    ),
    STEPS,
)
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, CARDS - 1), st.integers(-1_500, 1_500).filter(bool)),
        TABLES,
    ),
    max_size=12,
)


@pytest.fixture
def rows(hub: Hub) -> HubRows:
    """Rows straight into the hub's tables."""
    return HubRows(hub.context, hub.keys)


def _do(connection: Connection, deed: Any, ids: list[str], model: dict[str, int], at: datetime) -> None:
    if isinstance(deed, TierTable):
        set_tiers(connection, deed, at=at, actor=SYSTEM)
        return
    place, delta = deed
    card_id = ids[place]
    wanted: dict[str, Any] = {
        "card_id": card_id,
        "delta": delta,
        "reason": "random",
        "at": at,
        "actor": SYSTEM,
    }
    if model[card_id] + delta < 0:
        with pytest.raises(CodedError) as refused:
            adjust_points(connection, **wanted)
        assert refused.value.code is Code.INVALID_AMOUNT
        return
    adjust_points(connection, **wanted)
    model[card_id] += delta


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_recomputation_equals_the_caches(hub: Hub, rows: HubRows, deeds: list[Any]) -> None:
    # The builder gives tiers by the first table, which an example before may have replaced.
    hub.context.database.run(lambda c: set_tiers(c, DEFAULT_TIERS, at=hub.context.clock.now(), actor=SYSTEM))
    ids = [rows.card(points=points).card_id for points in (0, 500, 1_700)]
    model = dict(zip(ids, (0, 500, 1_700), strict=True))
    for deed in deeds:
        at = hub.context.clock.now()
        hub.context.database.run(lambda c, deed=deed, at=at: _do(c, deed, ids, model, at))  # type: ignore[misc]

    def seen(connection: Connection) -> None:
        table = current_tier_table(connection)
        for card_id in ids:
            row = connection.execute(select(cards).where(cards.c.id == card_id)).one()
            changes = select(point_ledger.c.change).where(point_ledger.c.card_id == card_id)
            assert row.points == model[card_id] == sum(connection.execute(changes).scalars())
            assert row.tier == table.tier_for(model[card_id])

    hub.context.database.read(seen)
    assert hub.context.database.read(lambda c: check(c, hub.keys.verifiers)).is_clean
