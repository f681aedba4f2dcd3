"""Random journals that arrive in random pieces, more than once, in any order (protocol.md, invariants 1 to 5)."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from hub_server.cards.tables import cards
from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.journal_intake.jobs import refunds_job
from hub_server.journal_intake.tables import journal_entries
from hub_server.signing_keys import HubSigningKeys
from hub_server.terminals.tables import terminals
from shared.journal_entries import Entry, ReversalReason, ShiftOpenData, Status
from shared.payment_code import PaymentCode
from shared.problems import Code
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import CardRows, HubRows
from tests.builders.ledger_sums import account_balances

CARDS = 4
ROUNDS = 8
DEEDS = ("charge", "charge", "advice", "advice", "refund", "refund", "reversal", "void", "shift", "broken")
BALANCE = 5_000


def _scribble(
    chance: random.Random,
    counter: Counter,
    codes: list[PaymentCode],
    manager: str,
    everybodys: list[Entry],
) -> None:
    """A terminal that is online at times, offline at others, changes its mind and is not always honest."""
    journal, charges = counter.journal, list[Entry]()
    journal.lag = TOO_LATE
    for number in range(length := chance.randint(3, 14)):
        # The line comes back at some time: what is written from then on arrives at once.
        journal.lag = TOO_LATE if number < length - chance.randint(0, 4) and journal.lag else timedelta(0)
        deed = chance.choice(DEEDS)
        if deed == "charge" or not charges:
            training = True if chance.random() < 0.1 else None
            amount = chance.choice([1, 999, 2_500, 4_999, 6_000])
            charges.append(journal.charge(chance.choice(codes), amount, training=training))
            everybodys.append(charges[-1])
        elif deed == "refund":
            amount, by = (
                chance.choice([1, 100, 999, 2_500]),
                chance.choice([manager, manager, manager, "nobody"]),
            )
            journal.refund(chance.choice(everybodys), amount, approved_by=by)
        elif deed == "advice":
            journal.advice(chance.choice(charges))
        elif deed == "reversal":
            journal.reversal(chance.choice(charges))
        elif deed == "void":
            approver = chance.choice([manager, None])
            journal.reversal(chance.choice(charges), ReversalReason.VOID, approved_by=approver)
        elif deed == "shift":
            journal.add(ShiftOpenData(cashier="c", shift=f"s{len(journal.entries)}"))
        else:
            journal.malformed_charge()


def _deliver(chance: random.Random, counters: list[Counter], repeat: int) -> None:
    """Everything, in random order and pieces, some of it again."""
    parcels: list[tuple[Counter, list[Entry]]] = []
    for counter in counters:
        entries = counter.journal.entries * repeat
        chance.shuffle(entries)
        while entries:
            size = chance.randint(1, 5)
            parcels.append((counter, entries[:size]))
            entries = entries[size:]
    chance.shuffle(parcels)
    for counter, entries in parcels:
        for outcome in counter.submit(*entries):
            assert outcome.refusal is None or outcome.refusal.code is not Code.INTERNAL_ERROR


Lay = Callable[[int], tuple[random.Random, list[Counter], list[CardRows]]]


@pytest.fixture
def lay(hub_context: Context, keys: HubSigningKeys) -> Lay:
    """Two terminals of one shop that scribble with the same members' codes."""

    rows = HubRows(hub_context, keys)

    def _lay(seed: int) -> tuple[random.Random, list[Counter], list[CardRows]]:
        chance = random.Random(seed)
        shop = rows.shop()
        owned = [rows.card(BALANCE) for _ in range(CARDS)]
        codes = [rows.code(card, rate=chance.choice([10_000, 10_000, 9_500])) for card in owned]
        manager = rows.manager(shop)
        counters = [Counter(hub_context, keys, rows, shop, lag=TOO_LATE) for _ in range(2)]
        everybodys: list[Entry] = []
        for counter in counters:
            _scribble(chance, counter, codes, manager, everybodys)
        return chance, counters, owned

    return _lay


def test_whatever_arrives_in_whatever_order_is_decided_once_and_adds_up(
    lay: Lay, keys: HubSigningKeys
) -> None:
    for seed in range(ROUNDS):
        chance, counters, owned = lay(seed)
        _deliver(chance, counters, repeat=2)
        refunds_job(counters[0].context, counters[0].tools).work()
        for counter in counters:
            rows = counter.rows
            stored = rows.rows(journal_entries, terminal_id=counter.terminal_id)
            assert len(stored) == len(counter.journal.entries), seed
            last = rows.one(terminals, id=counter.terminal_id)["verified_through"]
            assert last == len(stored) - 1, seed
            open_ones = [row for row in stored if row["decision"] is None]
            # What is open waits for its terminal's next word: a late charge without advice or reversal, and
            # whatever refund there is of such a one.
            unconfirmed = {
                row["entry_id"] for row in rows.rows(journal_entries, status=Status.UNCONFIRMED.value)
            }
            assert {row["charge_id"] for row in open_ones} <= unconfirmed, seed
            assert {row["type"] for row in open_ones} <= {"charge", "refund"}, seed
        database = counters[0].context.database
        assert database.read(lambda c: check(c, keys.verifiers)).findings == (), seed
        _nothing_was_lost(counters[0], owned, seed)


def _nothing_was_lost(counter: Counter, owned: list[CardRows], seed: int) -> None:
    held = sum(int(counter.rows.one(cards, id=card.card_id)["balance"]) for card in owned)
    account = counter.shop.account_id
    taken = counter.context.database.read(lambda c: account_balances(c, [account]))[account]
    assert held + taken == CARDS * BALANCE, seed


def test_the_answers_are_the_same_however_often_they_are_asked_for(lay: Lay) -> None:
    for seed in range(ROUNDS, ROUNDS + 5):
        chance, counters, _ = lay(seed)
        _deliver(chance, counters, repeat=1)
        for counter in counters:
            first = counter.submit(*counter.journal.entries)
            assert counter.submit(*counter.journal.entries) == first
            again = {
                outcome.entry_id: outcome for outcome in counter.submit(*reversed(counter.journal.entries))
            }
            assert [again[outcome.entry_id] for outcome in first] == list(first)
