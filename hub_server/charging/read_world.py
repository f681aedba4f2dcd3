"""Lock the cards that codes and charges name, then read what the decision needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import get_args
from zoneinfo import ZoneInfo

from hub_server.charging.queries import (
    CardRecord,
    cards_of_codes,
    read_cards,
    read_codes,
    read_in_force,
    spent_in_days,
)
from hub_server.charging.rules.spending import Spent
from hub_server.charging.rules.world import Code, Limits, World
from hub_server.charging.states import ServiceState
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.loyalty import earns_points, hold_tiers
from hub_server.promotions import best_factor, running_factors
from hub_server.settings import Settings
from shared.api.transactions import CardTypeName


@dataclass(frozen=True, slots=True, kw_only=True)
class HubMoney:
    """The hub's one currency, what any card may pay, and where its days begin."""

    currency: str
    exponent: int
    time_zone: tzinfo
    limits: Limits


def hub_money(settings: Settings) -> HubMoney:
    """As the settings say; a limit of 0 is none.

    Raises:
        ZoneInfoNotFoundError: there is no such time zone.
    """
    return HubMoney(
        currency=settings.currency,
        exponent=settings.exponent,
        time_zone=ZoneInfo(settings.time_zone),
        limits=Limits(settings.card_charge_limit or None, settings.card_daily_limit or None),
    )


@dataclass(frozen=True, slots=True)
class LockedWorld:
    """The world under its cards' locks, and each card's account."""

    world: World
    cards: dict[str, CardRecord]


def read_world(
    connection: Connection,
    money: HubMoney,
    *,
    code_refs: Iterable[str],
    card_ids: Iterable[str],
    charged_at: Iterable[datetime] = (),
) -> LockedWorld:
    """Lock the cards of those codes and those cards besides, in one order for everybody, and read them.

    `charged_at`: the times of the charges that are asked for now, for the limits and caps of their days.
    """
    wanted = sorted(set(code_refs))
    locked = sorted({*cards_of_codes(connection, wanted).values(), *card_ids})
    lock_rows(connection, "card", locked)
    earning = [kind for kind in get_args(CardTypeName) if earns_points(kind)]
    cards = read_cards(connection, locked, earning)
    codes = read_codes(connection, wanted)
    hold_tiers(connection)
    in_force = read_in_force(connection)
    world = World(
        cards={card_id: record.row for card_id, record in cards.items()},
        codes=codes,
        tiers=in_force.tiers,
        currency=money.currency,
        exponent=money.exponent,
        time_zone=money.time_zone,
        factor_for=partial(best_factor, running_factors(connection)),
        limits=money.limits,
        spent=_spent(connection, money, codes, charged_at),
        service_is_suspended=in_force.service is ServiceState.SUSPENDED,
    )
    return LockedWorld(world=world, cards=cards)


def _spent(
    connection: Connection, money: HubMoney, codes: dict[str, Code], charged_at: Iterable[datetime]
) -> tuple[Spent, ...]:
    """Only for cards that have a limit or a cap of a day."""
    bound = [
        code.card_id
        for code in codes.values()
        if money.limits.per_day is not None or code.cap_per_day is not None
    ]
    days = {at.astimezone(money.time_zone).date() for at in charged_at}
    return spent_in_days(connection, sorted(set(bound)), days, money.time_zone)
