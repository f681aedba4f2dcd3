"""A journal reaches the same state of money in whatever order, and in whatever pieces, it arrives."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from hub_server.cards.tables import cards
from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.journal_intake.tables import journal_entries
from hub_server.payment_codes.tables import payment_codes
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals.tables import terminals
from hub_server.transactions.tables import transactions
from shared.journal_entries import Entry, ReversalReason
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.ledger_sums import account_balances

Story = str
STORIES: tuple[Story, ...] = (
    "advised",
    "advised, reversed",
    "reversed, advised",
    "void",
    "void refused",
    "live",
    "refunded",
    "advised, refunded",
    "refunded, reversed",
)


def _write(counter: Counter, rows: HubRows, card: CardRows, story: Story) -> list[Entry]:
    """One charge and what the terminal said about it afterwards."""
    journal, code = counter.journal, rows.code(card)
    is_live = story in {"void", "void refused", "live", "refunded", "refunded, reversed"}
    charge = journal.charge(code, 2_500, at=counter.context.clock.now() if is_live else None)
    manager = rows.manager(counter.shop) if story == "void" or "refunded" in story else None
    match story:
        case "advised":
            journal.advice(charge)
        case "advised, reversed":
            journal.advice(charge)
            journal.reversal(charge)
        case "reversed, advised":
            journal.reversal(charge)
            journal.advice(charge)
        case "advised, refunded":
            journal.advice(charge)
            journal.refund(charge, 1_000, approved_by=manager or "")
        case "refunded" | "refunded, reversed":
            journal.refund(charge, 1_000, approved_by=manager or "")
            if "reversed" in story:
                journal.reversal(charge)
        case "void" | "void refused":
            journal.reversal(charge, ReversalReason.VOID, approved_by=manager)
        case _:
            journal.reversal(charge)
    return list(journal.entries)


def _state(counter: Counter, rows: HubRows, card: CardRows) -> dict[str, Any]:
    """Everything about money and about who has an answer; numbers and times may differ."""
    standing = rows.rows(transactions, kind="charge", status="completed", card_id=card.card_id)
    balances = counter.context.database.read(lambda c: account_balances(c, [counter.shop.account_id]))
    row = rows.one(cards, id=card.card_id)
    entries = rows.rows(journal_entries, terminal_id=counter.terminal_id)
    return {
        "card": (row["balance"], row["points"], row["tier"], row["status"]),
        "merchant": balances,
        "standing": [(item["payable"], item["points_earned"], item["given_back"]) for item in standing],
        "codes": [
            (code["state"], code["live_uses"] + code["advised_uses"])
            for code in rows.rows(payment_codes, card_id=card.card_id)
        ],
        "signed": [entry["decision"] is not None for entry in entries],
        "through": rows.one(terminals, id=counter.terminal_id)["verified_through"],
    }


def _ways(count: int) -> list[list[list[int]]]:
    """Every order of so many entries, one by one; and in one request, forwards and backwards; and in two."""
    whole = list(range(count))
    one_by_one = [[[place] for place in order] for order in itertools.permutations(whole)]
    return [*one_by_one, [whole], [whole[::-1]], [whole[1:], whole[:1]]]


@pytest.mark.parametrize("story", STORIES)
def test_every_order_of_arrival_ends_in_the_same_state(
    hub_context: Context, keys: HubSigningKeys, story: Story
) -> None:
    rows = HubRows(hub_context, keys)
    outcomes = set()
    for way in _ways(4 if "," in story else 3):
        counter = Counter(hub_context, keys, rows, lag=TOO_LATE)
        card = rows.card(10_000)
        entries = _write(counter, rows, card, story)
        for piece in way:
            counter.submit(*(entries[place] for place in piece))
        state = _state(counter, rows, card)
        state["merchant"] = list(state["merchant"].values())
        assert all(state["signed"])
        outcomes.add(repr(state))
    assert len(outcomes) == 1
    assert hub_context.database.read(lambda c: check(c, keys.verifiers)).findings == ()


def test_a_repeat_of_everything_in_any_order_changes_nothing(
    hub_context: Context, keys: HubSigningKeys
) -> None:
    rows = HubRows(hub_context, keys)
    counter = Counter(hub_context, keys, rows, lag=timedelta(minutes=5))
    card = rows.card(10_000)
    entries = _write(counter, rows, card, "advised, reversed")
    first = {outcome.entry_id: outcome for outcome in counter.submit(*entries)}
    before = _state(counter, rows, card)
    for order in itertools.permutations(entries):
        for outcome in counter.submit(*order):
            assert outcome == first[outcome.entry_id]
    assert _state(counter, rows, card) == before
