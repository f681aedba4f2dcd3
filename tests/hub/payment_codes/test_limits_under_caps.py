"""A code's offline limit: the steps of the rule, and the caps that an owner set for a member (domain.md)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub_server.bindings.tables import bindings
from hub_server.bootstrap import Hub
from hub_server.members import member_of
from hub_server.payment_codes import present_code
from hub_server.payment_codes.rules import OfflineAllowance, offline_limit
from hub_server.payment_codes.tables import payment_codes
from shared.payment_code import read_payment_code
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.fakes.clock import ManualClock


@pytest.mark.parametrize(
    ("balance", "counted", "headroom", "limit"),
    [
        (500_000, 0, None, 50_000),  # the first code of a full allowance
        (500_000, 100_000, None, 50_000),
        (500_000, 100_001, None, 20_000),
        (500_000, 160_000, None, 20_000),
        (500_000, 160_001, None, 10_000),
        (500_000, 180_001, None, 0),
        (9_999, 0, None, 0),
        (20_000, 0, None, 20_000),
        (500_000, 0, 50_000, 50_000),
        (500_000, 0, 49_999, 20_000),
        (500_000, 0, 10_000, 10_000),
        (500_000, 0, 9_999, 0),
        (500_000, 0, 0, 0),
        (10_000, 0, 50_000, 10_000),
    ],
)
def test_the_limit_is_the_largest_step_that_everything_allows(
    balance: int, counted: int, headroom: int | None, limit: int
) -> None:
    allowance = OfflineAllowance(per_card=200_000, per_code=50_000, counted=counted, headroom=headroom)
    assert offline_limit(balance, allowance) == limit


@pytest.fixture
def rows(hub: Hub) -> HubRows:
    """Rows straight into the hub's tables."""
    return HubRows(hub.context, hub.keys)


@pytest.fixture
def present(hub: Hub, rows: HubRows) -> Callable[[CardRows], tuple[int, str]]:
    """`present(card)`: the offline limit and the text of a code for its holder's phone."""

    def make(card: CardRows) -> tuple[int, str]:
        member = hub.context.database.read(lambda c: member_of(c, card.member_id))
        assert member is not None
        code = present_code(hub.context, hub.keys, member, card.card_id)
        return rows.one(payment_codes, code_ref=code.code_ref)["offline_limit"], code.text

    return make


def _cap(rows: HubRows, card: CardRows, **caps: int | None) -> None:
    rows.update(bindings, {"card_id": card.card_id}, caps)


def _release(rows: HubRows) -> None:
    """As if every terminal had opened the feed since."""
    for code in rows.rows(payment_codes):
        rows.update(payment_codes, {"code_ref": code["code_ref"]}, {"allowance_released": True})


def test_the_cap_of_a_charge_lowers_the_limit(rows: HubRows, present: Callable[..., Any]) -> None:
    card = rows.card(500_000, card_type="prepaid")
    _cap(rows, card, cap_per_charge=25_000)
    assert present(card)[0] == 20_000
    _cap(rows, card, cap_per_charge=5_000)
    assert present(card)[0] == 0
    _cap(rows, card, cap_per_charge=None)
    assert present(card)[0] == 50_000


def test_what_was_spent_today_lowers_the_limit_until_midnight(
    hub: Hub, rows: HubRows, present: Callable[..., Any], clock: ManualClock
) -> None:
    card = rows.card(500_000, card_type="prepaid")
    _cap(rows, card, cap_per_day=40_000)
    limit, text = present(card)
    assert limit == 20_000
    counter = Counter(hub.context, hub.keys, rows)
    with read_payment_code(text, hub.keys.verifiers) as shown:
        charge = counter.journal.charge(shown, 25_000)
    assert counter.ask(charge).refusal is None
    _release(rows)
    assert present(card)[0] == 10_000  # 150.00 are left of the day
    counter.submit(counter.journal.reversal(charge))
    _release(rows)
    assert present(card)[0] == 20_000  # given back
    _release(rows)
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)  # in Taipei
    with read_payment_code(present(card)[1], hub.keys.verifiers) as shown:
        assert counter.ask(counter.journal.charge(shown, 40_000)).refusal is None
    assert present(card)[0] == 0
    clock.advance((midnight - clock.now()) // timedelta(milliseconds=1))
    assert present(card)[0] == 20_000


def test_all_codes_of_a_day_carry_no_more_offline_than_the_cap_of_the_day(
    hub: Hub, rows: HubRows, present: Callable[..., Any], clock: ManualClock
) -> None:
    card = rows.card(1_000_000, card_type="prepaid")
    _cap(rows, card, cap_per_day=50_000, cap_per_charge=50_000)
    assert [present(card)[0] for _ in range(3)] == [50_000, 0, 0]
    clock.advance(4 * 3_600_000)
    assert present(card)[0] == 0, "a terminal without a line may hold the first yet"
    clock.advance((900 + 1) * 1_000)
    assert present(card)[0] == 50_000, "its time is over, unspent"
    _cap(rows, card, cap_per_day=100_000)
    assert [present(card)[0] for _ in range(3)] == [50_000, 0, 0]
    _release(rows)
    assert present(card)[0] == 50_000, "every terminal has told what it took"


def test_a_charge_and_older_codes_both_lower_the_limit(
    hub: Hub, rows: HubRows, present: Callable[..., Any]
) -> None:
    card = rows.card(500_000, card_type="prepaid")
    _cap(rows, card, cap_per_day=100_000)
    limit, text = present(card)
    assert limit == 50_000
    counter = Counter(hub.context, hub.keys, rows)
    with read_payment_code(text, hub.keys.verifiers) as shown:
        assert counter.ask(counter.journal.charge(shown, 30_000)).refusal is None
    assert present(card)[0] == 20_000
    assert present(card)[0] == 0


def test_what_others_spend_does_not_count_against_a_members_cap(
    hub: Hub, rows: HubRows, present: Callable[..., Any]
) -> None:
    card, other = rows.card(500_000, card_type="prepaid"), rows.card()
    _cap(rows, card, cap_per_day=40_000)
    shared = {"id": hub.context.ids.new(), "card_id": card.card_id, "member_id": other.member_id}
    rows.insert(bindings, shared | {"role": "member", "bound_at": hub.context.clock.now()})
    theirs = CardRows(
        card_id=card.card_id,
        member_id=other.member_id,
        serial=card.serial,
        card_no=card.card_no,
        card_type="prepaid",
    )
    limit, text = present(theirs)
    assert limit == 50_000  # no cap of their own
    counter = Counter(hub.context, hub.keys, rows)
    with read_payment_code(text, hub.keys.verifiers) as shown:
        assert counter.ask(counter.journal.charge(shown, 39_000)).refusal is None
    assert present(card)[0] == 20_000
