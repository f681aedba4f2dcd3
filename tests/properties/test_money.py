"""Any life of the hub's money, deed by deed, against a dictionary (protocol.md, invariants 1, 2 and 5).

Charges by terminals and by merchants' keys, offline charges, refunds, reversals, codes, freezes, adjustments,
points: each deed's outcome and every figure after it must be the model's, and the hub's own check must find
nothing. On both databases.
"""

from typing import Any, Final, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hub_server.cards.tables import cards
from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.payment_codes.tables import payment_codes
from hub_server.signing_keys import HubSigningKeys
from shared.api.transactions import CardTypeName
from tests.builders.ledger_sums import account_balances
from tests.fakes.clock import ManualClock
from tests.properties.money_deeds import OFFLINE_LAG, MoneyDeeds
from tests.properties.money_model import COMPLETED, Model, ModelCard, ModelCode

EXAMPLES = 12
STEPS = 25
FUNDS = 60_000
CARDS: Final[tuple[tuple[CardTypeName, int | None], ...]] = (
    ("standard", None),
    ("prepaid", 9_300),
    ("corporate", 9_000),
    ("voucher", None),
)
_PLACES = st.integers(min_value=0, max_value=1_000)
_AMOUNTS = st.one_of(st.sampled_from([1, 99, 100, 10_000, 50_000]), st.integers(1, 70_000))


class MoneyMachine(RuleBasedStateMachine):
    """Four cards, one of each type, at one merchant."""

    def __init__(self, deeds: MoneyDeeds, clock: ManualClock) -> None:
        super().__init__()
        self.deeds = deeds
        self.clock = clock
        self.model = Model()
        self.count = 0

    @initialize()
    def open_shop(self) -> None:
        """A shop of its own, so that examples do not meet."""
        self.deeds.open_shop()
        for card_type, fixed_rate in CARDS:
            card_id = self.deeds.new_card(card_type, FUNDS, fixed_rate)
            self.model.cards[card_id] = ModelCard(card_type=card_type, balance=FUNDS, fixed_rate=fixed_rate)
            self._issue(card_id)

    def _issue(self, card_id: str) -> None:
        code_ref, limit, expires_at = self.deeds.new_code(card_id)
        made = ModelCode(
            card=card_id,
            order=len(self.model.codes),
            rate=self.model.cards[card_id].rate,
            offline_limit=limit,
            expires_at=expires_at,
        )
        self.model.new_code(code_ref, made)

    def _pick(self, names: dict[str, Any], place: int) -> str:
        return list(names)[place % len(names)]

    def _key(self) -> str:
        self.count += 1
        return f"charge-{self.count:04d}"

    @rule(card=_PLACES)
    def new_code(self, card: int) -> None:
        """A member asks for a code; a card that is frozen gets none."""
        card_id = self._pick(self.model.cards, card)
        if self.model.cards[card_id].status == "active":
            self._issue(card_id)

    @rule(code=_PLACES, amount=_AMOUNTS)
    def charge_at_a_terminal(self, code: int, amount: int) -> None:
        """A live charge in a journal."""
        key, code_ref = self._key(), self._pick(self.model.codes, code)
        expected = self.model.charge(key, code_ref, amount, self.clock.now())
        assert self.deeds.charge(key, code_ref, amount) == expected

    @rule(code=_PLACES, amount=_AMOUNTS)
    def charge_by_key(self, code: int, amount: int) -> None:
        """A charge of a till of another make; asked twice, answered alike."""
        key, code_ref = self._key(), self._pick(self.model.codes, code)
        expected = self.model.charge(key, code_ref, amount, self.clock.now())
        first = self.deeds.charge_by_key(key, code_ref, amount)
        assert first == expected
        assert self.deeds.charge_by_key(key, code_ref, amount) == first

    @rule(code=_PLACES, amount=st.integers(1, 50_000))
    def charge_offline(self, code: int, amount: int) -> None:
        """A terminal of its own, without a line since long ago, approves by itself and comes back."""
        key, code_ref, now = self._key(), self._pick(self.model.codes, code), self.clock.now()
        expected = self.model.charge_offline(key, code_ref, amount, now - OFFLINE_LAG, now)
        assert self.deeds.charge_offline(key, code_ref, amount) == expected

    @precondition(lambda self: self.model.charges)
    @rule(charge=_PLACES, amount=_AMOUNTS)
    def refund_at_a_terminal(self, charge: int, amount: int) -> None:
        """A refund in a journal, approved by a manager."""
        key = self._pick(self.model.charges, charge)
        assert self.deeds.refund(key, amount) == self.model.refund(key, amount)

    @precondition(lambda self: self.model.charges)
    @rule(charge=_PLACES, amount=_AMOUNTS)
    def refund_by_key(self, charge: int, amount: int) -> None:
        """A refund by a merchant's key; asked twice, answered alike."""
        key = self._pick(self.model.charges, charge)
        expected = self.model.refund(key, amount)
        request = f"refund-{self._key()}"
        first = self.deeds.refund_by_key(request, key, amount)
        assert first == expected
        assert self.deeds.refund_by_key(request, key, amount) == first

    @precondition(lambda self: self.model.charges)
    @rule(charge=_PLACES)
    def refund_the_rest(self, charge: int) -> None:
        """The last refund makes the charge refunded."""
        key = self._pick(self.model.charges, charge)
        seen = self.model.charges[key]
        left = seen.payable - seen.given_back
        if left > 0:
            assert self.deeds.refund(key, left) == self.model.refund(key, left)

    @precondition(lambda self: self.deeds.at_terminals)
    @rule(charge=_PLACES)
    def reverse(self, charge: int) -> None:
        """A terminal undoes a charge of its own, perhaps for the second time."""
        key = self._pick(self.deeds.at_terminals, charge)
        self.model.reverse(key, self.clock.now())
        self.deeds.reverse(key)

    @rule(card=_PLACES, amount=st.integers(-FUNDS, FUNDS).filter(bool))
    def adjust(self, card: int, amount: int) -> None:
        """Two admins move money by hand."""
        card_id = self._pick(self.model.cards, card)
        assert self.deeds.adjust(card_id, amount) == self.model.adjust(card_id, amount)

    @rule(card=_PLACES, delta=st.integers(1, 6_000))
    def grant_points(self, card: int, delta: int) -> None:
        """An admin grants points, where the card may have any."""
        card_id = self._pick(self.model.cards, card)
        seen = self.model.cards[card_id]
        if seen.earns:
            seen.points += delta
            assert self.deeds.adjust_points(card_id, delta) == COMPLETED
        else:
            assert self.deeds.adjust_points(card_id, delta) == "CARD_TYPE_HAS_NO_POINTS"

    @rule(card=_PLACES)
    def freeze(self, card: int) -> None:
        """Frozen, or frozen already."""
        card_id = self._pick(self.model.cards, card)
        self.model.freeze(card_id, self.clock.now())
        self.deeds.freeze(card_id)

    @rule(card=_PLACES)
    def unfreeze(self, card: int) -> None:
        """And back."""
        card_id = self._pick(self.model.cards, card)
        self.model.unfreeze(card_id)
        self.deeds.unfreeze(card_id)

    @rule(card=_PLACES)
    def revoke(self, card: int) -> None:
        """A member revokes the card's codes."""
        card_id = self._pick(self.model.cards, card)
        self.model.revoke(card_id, self.clock.now())
        self.deeds.revoke(card_id)

    @rule(seconds=st.sampled_from([1, 60, 240, 900]))
    def time_passes(self, seconds: int) -> None:
        """Codes expire, and are swept."""
        self.clock.advance(seconds * 1_000)
        self.deeds.sweep()
        self.model.expire_before(self.clock.now())

    @invariant()
    def cards_are_the_models(self) -> None:
        """Balance, points, tier, status of each card; the merchant has what was paid and not given back."""
        for card_id, seen in self.model.cards.items():
            row = self.deeds.rows.one(cards, id=card_id)
            there = (row["balance"], row["points"], row["tier"], row["status"])
            assert there == (seen.balance, seen.points, seen.tier, seen.status)
        if self.model.cards:
            account = self.deeds.shop.account_id
            held = self.deeds.context.database.read(lambda c: account_balances(c, [account]))
            assert held[account] == self.model.merchant
            total = sum(card.balance for card in self.model.cards.values()) + self.model.merchant
            assert total == len(self.model.cards) * FUNDS + self.model.outside

    @invariant()
    def codes_are_the_models(self) -> None:
        """State and standing uses of each code."""
        for code_ref, seen in self.model.codes.items():
            row = self.deeds.rows.one(payment_codes, code_ref=code_ref)
            there = (row["state"], row["live_uses"], row["advised_uses"])
            assert there == (seen.state, seen.live_uses, seen.advised_uses), code_ref

    def teardown(self) -> None:
        """The hub's own check finds nothing."""
        context = self.deeds.context
        report = context.database.read(lambda c: check(c, self.deeds.keys.verifiers))
        assert report.findings == ()


@pytest.mark.slow
def test_the_hubs_money_is_a_dictionarys(
    hub_context: Context, keys: HubSigningKeys, clock: ManualClock
) -> None:
    deeds = MoneyDeeds(hub_context, keys)
    run_state_machine_as_test(
        cast("type[RuleBasedStateMachine]", lambda: MoneyMachine(deeds, clock)),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    deeds.close()
