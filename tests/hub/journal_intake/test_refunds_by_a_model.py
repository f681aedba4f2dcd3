"""Refunds and reversals of two terminals, in any order of arrival, against a dictionary (protocol.md 5)."""

import random
from dataclasses import dataclass, field

from hub_server.cards.tables import cards
from hub_server.consistency import check
from hub_server.foundation.context import Context
from hub_server.journal_intake.jobs import refunds_job
from hub_server.journal_intake.tables import journal_entries
from hub_server.signing_keys import HubSigningKeys
from hub_server.transactions.tables import transactions
from shared.journal_entries import Entry, RefundData, ReversalData
from tests.builders.counter import Counter
from tests.builders.hub_rows import CardRows, HubRows

ROUNDS = 6
PAYABLE = 1_000
EARNED = 10
FUNDS = 10_000


@dataclass
class _Charge:
    """What became of a charge: nothing yet, completed, or undone."""

    state: str = "unknown"
    back: int = 0
    points_gone: int = 0
    reversal_came: bool = False


def _named(refund: Entry) -> str | None:
    data = refund.data
    assert isinstance(data, RefundData)
    return data.charge


@dataclass
class _Model:
    """Everything that the hub should know, by entry id."""

    charges: dict[str, _Charge] = field(default_factory=dict)
    refunds: dict[str, str] = field(default_factory=dict)
    waiting: list[Entry] = field(default_factory=list)
    places: dict[str, set[int]] = field(default_factory=dict)

    def arrive(self, entry: Entry) -> None:
        """One entry, which may be a repeat; what the chain passes by it is looked at again."""
        before = self._through(entry.terminal_id)
        self._take(entry)
        self.places.setdefault(entry.terminal_id, set()).add(entry.seq)
        passed = range(before + 1, self._through(entry.terminal_id) + 1)
        mine = [refund for refund in self.waiting if refund.terminal_id == entry.terminal_id]
        for charge_id in {_named(refund) for refund in mine if refund.seq in passed}:
            self.settle(entry.terminal_id, charge_id)

    def _through(self, terminal_id: str) -> int:
        through = -1
        while through + 1 in self.places.get(terminal_id, ()):
            through += 1
        return through

    def _take(self, entry: Entry) -> None:
        data = entry.data
        if isinstance(data, RefundData):
            if self.refunds.get(entry.id, "pending") == "pending":
                self.settle(entry.terminal_id, data.charge)
            if entry.id not in self.refunds:
                self._refund(entry, data)
        elif isinstance(data, ReversalData):
            self._reverse(self.charges[data.charge])
        elif entry.id in self.charges and self.charges[entry.id].state == "unknown":
            charge = self.charges[entry.id]
            charge.state = "undone" if charge.reversal_came else "completed"
            self.settle(entry.terminal_id, entry.id)

    def settle(self, terminal_id: str | None, charge_id: str | None = None) -> None:
        """What waited for the charge in its own journal; without a terminal, everything that waits."""
        self.waiting.sort(key=lambda refund: (refund.terminal_id, refund.seq))
        for refund in list(self.waiting):
            if terminal_id in (None, refund.terminal_id) and charge_id in (None, _named(refund)):
                data = refund.data
                assert isinstance(data, RefundData)
                self._refund(refund, data)

    def _refund(self, entry: Entry, data: RefundData) -> None:
        charge = self.charges[data.charge or ""]
        if entry in self.waiting:
            self.waiting.remove(entry)
        if charge.state == "unknown":
            self.refunds[entry.id] = "pending"
            self.waiting.append(entry)
        elif charge.state == "undone":
            self.refunds[entry.id] = "NOT_REFUNDABLE"
        elif charge.back + data.amount > PAYABLE:
            self.refunds[entry.id] = "REFUND_EXCEEDS_REMAINING"
        else:
            charge.back += data.amount
            charge.points_gone = EARNED * charge.back // PAYABLE
            self.refunds[entry.id] = "completed"

    def _reverse(self, charge: _Charge) -> None:
        charge.reversal_came = True
        if charge.state == "completed":
            charge.state, charge.back, charge.points_gone = "undone", PAYABLE, EARNED


def _write(chance: random.Random, counters: list[Counter], rows: HubRows, owned: list[CardRows]) -> _Model:
    """A charge of each card by some terminal; then refunds by either, and reversals by its own."""
    model, manager = _Model(), rows.manager(counters[0].shop)
    made: list[tuple[Counter, Entry]] = []
    for card in owned:
        counter = chance.choice(counters)
        made.append((counter, counter.journal.charge(rows.code(card), PAYABLE)))
        model.charges[made[-1][1].id] = _Charge()
    for _ in range(chance.randint(4, 10)):
        counter, charge = chance.choice(made)
        if chance.random() < 0.2:
            counter.journal.reversal(charge)
        else:
            amount = chance.choice([1, 99, 250, 333, 500, 1_000])
            chance.choice(counters).journal.refund(charge, amount, approved_by=manager)
    return model


def _deliver(chance: random.Random, counters: list[Counter], model: _Model) -> None:
    """Everything twice, one by one, in an order of chance; the model hears the same."""
    parcels = [(counter, entry) for counter in counters for entry in counter.journal.entries * 2]
    chance.shuffle(parcels)
    for counter, entry in parcels:
        counter.submit(entry)
        model.arrive(entry)


def _agree(rows: HubRows, model: _Model, owned: list[CardRows], seed: int) -> None:
    stored = rows.rows(journal_entries, type="refund")
    told = {row["entry_id"]: row["code"] or row["status"] for row in stored}
    assert {entry_id: told[entry_id] for entry_id in model.refunds} == model.refunds, seed
    held = gone = kept = 0
    for charge_id, charge in model.charges.items():
        moved = rows.rows(transactions, kind="charge", entry_id=charge_id)
        assert [row["given_back"] for row in moved] in ([], [charge.back]), seed
        if moved:
            held += PAYABLE - charge.back
            gone += charge.points_gone
            kept += EARNED
    mine = [rows.one(cards, id=card.card_id) for card in owned]
    assert sum(row["balance"] for row in mine) == FUNDS * len(owned) - held, seed
    assert sum(row["points"] for row in mine) == kept - gone, seed


def test_whatever_the_order_each_refund_ends_as_the_model_says(
    hub_context: Context, keys: HubSigningKeys
) -> None:
    rows = HubRows(hub_context, keys)
    for seed in range(ROUNDS):
        chance, shop = random.Random(seed), rows.shop()
        counters = [Counter(hub_context, keys, rows, shop) for _ in range(2)]
        owned = [rows.card(FUNDS) for _ in range(3)]
        model = _write(chance, counters, rows, owned)
        _deliver(chance, counters, model)
        refunds_job(hub_context, counters[0].tools).work()
        model.settle(None)
        assert "pending" not in model.refunds.values()
        _agree(rows, model, owned, seed)
    assert hub_context.database.read(lambda c: check(c, keys.verifiers)).findings == ()
