"""Lock the cards that codes and charges name, then read what the decision needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from hub_server.charging.queries import CardRecord, cards_of_codes, read_cards, read_codes
from hub_server.charging.rules.world import World
from hub_server.foundation.storage import Connection, lock_rows
from hub_server.loyalty import current_tier_table, earns_points
from shared.api.transactions import CardTypeName


@dataclass(frozen=True, slots=True, kw_only=True)
class HubMoney:
    """The hub's one currency, and whether anybody may pay at present."""

    currency: str
    exponent: int
    service_is_suspended: bool = False


@dataclass(frozen=True, slots=True)
class LockedWorld:
    """The world under its cards' locks, and each card's account."""

    world: World
    cards: dict[str, CardRecord]


def read_world(
    connection: Connection, money: HubMoney, *, code_refs: Iterable[str], card_ids: Iterable[str]
) -> LockedWorld:
    """Lock the cards of those codes and those cards besides, in one order for everybody, and read them."""
    wanted = sorted(set(code_refs))
    locked = sorted({*cards_of_codes(connection, wanted).values(), *card_ids})
    lock_rows(connection, "card", locked)
    earning = [kind for kind in get_args(CardTypeName) if earns_points(kind)]
    cards = read_cards(connection, locked, earning)
    world = World(
        cards={card_id: record.row for card_id, record in cards.items()},
        codes=read_codes(connection, wanted),
        tiers=current_tier_table(connection),
        currency=money.currency,
        exponent=money.exponent,
        service_is_suspended=money.service_is_suspended,
    )
    return LockedWorld(world=world, cards=cards)
