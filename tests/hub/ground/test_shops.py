"""Merchants, policies, staff and the ledger's sums."""

from datetime import datetime, timedelta

import pytest

from hub_server.bootstrap import Hub
from hub_server.foundation.storage import Connection
from hub_server.ledger import (
    HUB_OWNER,
    AccountKind,
    Posting,
    account_id_of,
    open_account,
    owned_account_id,
    post,
)
from hub_server.merchants import (
    NewStore,
    create_store,
    find_merchant,
    policies_at,
    policy_in_force,
    set_policy,
    stores_of,
)
from hub_server.staff import PostClaim, StaffRole, end_post, hash_pin, managers_at, post_staff
from shared.api.policy import OfflinePolicy, Policy
from shared.problems import Code, CodedError
from tests.builders.ledger_sums import account_balances, totals
from tests.fakes.clock import ManualClock
from tests.hub.ground.shop import Shop


@pytest.fixture
def shop(hub: Hub) -> Shop:
    return Shop.open(hub)


def test_a_merchant_has_a_code_an_account_and_a_policy_in_force(hub: Hub, shop: Shop) -> None:
    def look(connection: Connection) -> tuple[object, ...]:
        return (
            find_merchant(connection, shop.merchant.id),
            account_id_of(connection, AccountKind.MERCHANT, shop.merchant.id, "TWD"),
            policy_in_force(connection, shop.merchant.id).version,
            stores_of(connection, shop.merchant.id),
        )

    assert shop.merchant.code == "M000001"
    assert hub.context.database.read(look) == (shop.merchant, shop.merchant.account_id, 1, [shop.store])


def test_a_policy_is_in_force_once_terminals_are_told(hub: Hub, shop: Shop) -> None:
    shop.do(
        set_policy, settings=shop.hub.context.settings, merchant_id=shop.merchant.id, policy=Policy(skew_s=30)
    )
    before = hub.context.database.read(lambda c: policy_in_force(c, shop.merchant.id))
    hub.dispatcher.dispatch()
    after = hub.context.database.read(lambda c: policy_in_force(c, shop.merchant.id))

    assert (before.version, before.skew_s) == (1, 60)
    assert (after.version, after.skew_s) == (2, 30)


@pytest.mark.parametrize(
    "policy",
    [Policy(offline=OfflinePolicy(max_duration_s=14_401)), Policy(currency="USD"), Policy(exponent=0)],
)
def test_a_policy_that_breaks_the_hubs_bounds_is_refused(hub: Hub, shop: Shop, policy: Policy) -> None:
    with pytest.raises(CodedError) as refused:
        shop.do(set_policy, settings=shop.hub.context.settings, merchant_id=shop.merchant.id, policy=policy)

    assert refused.value.code is Code.INVALID_REQUEST
    assert len(hub.context.database.read(lambda c: policies_at(c, shop.merchant.id, []))) == 1


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"time_zone": "Asia/Atlantis"}, "/time_zone"),
        ({"time_zone": "/etc/passwd"}, "/time_zone"),
        ({"day_starts_at": 24}, "/day_starts_at"),
    ],
)
def test_a_store_must_be_somewhere(shop: Shop, changed: dict[str, object], pointer: str) -> None:
    place = {"merchant_id": shop.merchant.id, "name": "x", "address": "y", **changed}

    with pytest.raises(CodedError) as refused:
        shop.do(create_store, context=shop.hub.context, new=NewStore(**place))  # type: ignore[arg-type]

    assert refused.value.code is Code.INVALID_REQUEST
    assert [field.pointer for field in refused.value.fields] == [pointer]


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "１２３４", "1234\n"])
def test_a_pin_is_four_to_eight_digits(pin: str) -> None:
    with pytest.raises(CodedError) as refused:
        hash_pin(pin, 4)

    assert refused.value.code is Code.INVALID_REQUEST
    assert not pin or pin not in str(refused.value)


def test_who_was_a_manager_is_known_for_every_instant(hub: Hub, shop: Shop, clock: ManualClock) -> None:
    store, cashier, manager = shop.store.id, shop.cashier.id, shop.manager.id
    tick = timedelta(milliseconds=1)
    begin = clock.now() + tick
    clock.advance(60_000)
    shop.do(end_post, staff_id=manager, store_id=store)
    shop.do(
        post_staff,
        ids=hub.context.ids,
        staff_id=cashier,
        store_id=store,
        role=StaffRole.STORE_MANAGER,
    )
    hub.dispatcher.dispatch()
    change = clock.now() + tick

    def claims(who: str, *instants: datetime) -> list[PostClaim]:
        return [PostClaim(who, store, at) for at in instants]

    asked = claims(manager, begin - tick, begin, change - tick, change) + claims(cashier, begin, change)
    asked += claims("nobody", begin)
    true = hub.context.database.read(lambda c: managers_at(c, asked))

    assert true == {*claims(manager, begin, change - tick), *claims(cashier, change)}


def test_nobody_is_posted_at_another_merchants_store(hub: Hub, shop: Shop) -> None:
    other = Shop.open(hub, "別家店")

    with pytest.raises(CodedError) as refused:
        shop.do(
            post_staff,
            ids=hub.context.ids,
            staff_id=other.manager.id,
            store_id=shop.store.id,
            role=StaffRole.STORE_MANAGER,
        )

    assert refused.value.code is Code.NOT_FOUND


def test_debits_equal_credits_and_balances_are_their_sums(hub: Hub, clock: ManualClock) -> None:
    ids, at = hub.context.ids, clock.now()

    def move(connection: Connection) -> tuple[str, str]:
        card = open_account(
            connection, kind=AccountKind.CARD, owner="card", currency="TWD", at=at, account_id=ids.new()
        )
        gateway = owned_account_id(
            connection, AccountKind.GATEWAY, "demo", currency="TWD", at=at, account_id=ids.new()
        )
        fees = account_id_of(connection, AccountKind.FEE_INCOME, HUB_OWNER, "TWD")
        post(connection, [Posting(ids.new(), gateway, card, 50_000, "TWD", at)])
        post(connection, [Posting(ids.new(), card, fees, 120, "TWD", at)] * 2)
        post(connection, [])
        return card, gateway

    card, gateway = hub.context.database.run(move)
    balances = hub.context.database.read(lambda c: account_balances(c, [card, gateway]))
    sums = hub.context.database.read(totals)

    assert balances == {card: 49_760, gateway: -50_000}
    assert sums[(AccountKind.CARD, "TWD")] == (240, 50_000)
    assert sum(debited for debited, _ in sums.values()) == sum(credited for _, credited in sums.values())


def test_an_owner_has_one_account_of_a_kind(hub: Hub, clock: ManualClock) -> None:
    def open_twice(connection: Connection) -> tuple[str, str]:
        first, second = (
            open_account(
                connection,
                kind=AccountKind.CARD,
                owner="card",
                currency="TWD",
                at=clock.now(),
                account_id=hub.context.ids.new(),
            )
            for _ in range(2)
        )
        return first, second

    first, second = hub.context.database.run(open_twice)

    assert first == second
    with pytest.raises(ValueError, match="TWD"):
        hub.context.database.read(lambda c: account_id_of(c, AccountKind.CARD, "card", "USD"))
    with pytest.raises(LookupError):
        hub.context.database.read(lambda c: account_id_of(c, AccountKind.CARD, "nobody", "TWD"))
