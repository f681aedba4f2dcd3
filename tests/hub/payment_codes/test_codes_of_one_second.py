"""Codes of a card that were issued in one second: the later one stands."""

from hub_server.bootstrap import Hub
from hub_server.payment_codes.tables import payment_codes
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows

CARDS = 8
"""Enough for every order in which the names of two codes may stand."""


def test_a_code_given_back_stays_replaced_if_another_was_issued_in_its_second(hub: Hub) -> None:
    rows = HubRows(hub.context, hub.keys)
    counter = Counter(hub.context, hub.keys, rows)
    for _ in range(CARDS):
        card = rows.card(100_000)
        first = rows.code(card)
        charge = counter.journal.charge(first, 1_000)
        assert counter.ask(charge).refusal is None
        second = rows.code(card)
        assert first.claims.iat == second.claims.iat
        later = counter.journal.charge(second, 1_000)
        assert counter.ask(later).refusal is None
        counter.submit(counter.journal.reversal(charge))
        counter.submit(counter.journal.reversal(later))
        states = {row["code_ref"]: row["state"] for row in rows.rows(payment_codes, card_id=card.card_id)}
        assert states == {first.claims.code_ref: "replaced", second.claims.code_ref: "live"}
