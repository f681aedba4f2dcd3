"""Who asks which phones are members' and which card numbers exist learns nothing: same body, same status, same time."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import bcrypt
import httpx
import pytest

from hub_server.cards import CardTypeName, card_number
from hub_server.cards.tables import cards
from hub_server.foundation.storage import Connection
from hub_server.members import create_member
from tests.system.shop import Shop

ASKED: Final = 16
CARDS: Final = 8
TIMES: Final = 4
"""How far two medians may be apart on a machine that others use too; a look-up more or less is far below."""
_NOBODYS_SERIAL: Final = 7_650_000
_OWN: Final = frozenset({"challenge_id", "request_id", "instance"})
_HTTP_S: Final = 20
_CHEAPEST: Final = 4
"""As the shop's hub is told: `CHEAP_HASHES`."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer, without what is each answer's own."""

    status: int
    headers: frozenset[str]
    body: dict[str, Any]
    took_s: float


@pytest.fixture
def client(shop: Shop) -> Iterator[httpx.Client]:
    """One connection, so that only the answer is timed."""
    with httpx.Client(base_url=f"{shop.hub.url}/api/v1", timeout=_HTTP_S) as opened:
        yield opened


def test_phones_of_members_and_of_nobody_get_the_same_answer_in_the_same_time(
    shop: Shop, client: httpx.Client
) -> None:
    known, unknown = ([f"+88690{digit}{number:06d}" for number in range(ASKED)] for digit in (1, 2))

    def sign_up(connection: Connection) -> None:
        for phone in known:
            ids, at = shop.context.ids, shop.context.clock.now()
            create_member(connection, member_id=ids.new(), phone=phone, name="會員", email=None, at=at)

    shop.context.database.run(sign_up)
    mine, others = _by_turns(
        client,
        "/auth/otp",
        [({"phone": phone, "purpose": "sign_in"}) for phone in known],
        [({"phone": phone, "purpose": "sign_in"}) for phone in unknown],
    )
    assert {seen.status for seen in mine} == {200}
    _are_alike(mine, others)


def test_card_numbers_that_exist_and_that_do_not_get_the_same_answer_in_the_same_time(
    shop: Shop, client: httpx.Client
) -> None:
    client.headers["Authorization"] = f"Bearer {shop.demo['members'][0]['access_token']}"
    known = [card.card_no for card in shop.load(CARDS)]
    kept = bcrypt.hashpw(b"the owner's own", bcrypt.gensalt(_CHEAPEST)).decode()
    shop.context.database.run(
        lambda connection: connection.execute(
            cards.update().where(cards.c.card_no.in_(known)).values(binding_password_hash=kept)
        )
    )
    unknown = [card_number(CardTypeName.PREPAID, _NOBODYS_SERIAL + number) for number in range(CARDS)]
    guess = {"role": "member", "password": "a-guess-of-mine"}
    mine, others = _by_turns(
        client,
        "/me/bindings",
        [{"card_no": card_no, **guess} for card_no in known],
        [{"card_no": card_no, **guess} for card_no in unknown],
    )
    assert {seen.status for seen in mine} == {422}
    _are_alike(mine, others)


def _by_turns(
    client: httpx.Client, path: str, known: list[dict[str, str]], unknown: list[dict[str, str]]
) -> tuple[list[Seen], list[Seen]]:
    """Asked by turns, so that whatever else the machine does befalls both alike."""
    pairs = [
        (_ask(client, path, mine), _ask(client, path, other))
        for mine, other in zip(known, unknown, strict=True)
    ]
    return [mine for mine, _ in pairs], [other for _, other in pairs]


def _ask(client: httpx.Client, path: str, body: dict[str, str]) -> Seen:
    answer = client.post(path, json=body)
    told = {name: value for name, value in answer.json().items() if name not in _OWN}
    return Seen(answer.status_code, frozenset(answer.headers), told, answer.elapsed.total_seconds())


def _are_alike(mine: list[Seen], others: list[Seen]) -> None:
    for one, other in zip(mine, others, strict=True):
        assert (one.status, one.headers, one.body) == (other.status, other.headers, other.body)
    # The first ones pay for connections and caches.
    one_s, other_s = (median(seen.took_s for seen in group[2:]) for group in (mine, others))
    assert max(one_s, other_s) < TIMES * min(one_s, other_s), (one_s, other_s)
