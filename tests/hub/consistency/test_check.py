"""The check names each row that is off, and invents nothing on sound data (protocol.md, invariants 1, 4, 6)."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from hub_server.cards.tables import cards
from hub_server.journal_intake.tables import journal_entries
from hub_server.ledger.tables import postings
from hub_server.loyalty.tables import point_ledger
from hub_server.payment_codes.tables import payment_codes
from hub_server.terminals.tables import terminals
from hub_server.transactions.tables import transactions
from shared.journal_entries import ShiftOpenData
from tests.hub.consistency.damage import Damage


def test_nothing_is_invented_on_sound_data(damage: Damage) -> None:
    report = damage.report()
    assert report.findings == ()
    assert report.is_clean
    assert report.looked_at["journal_entries"] == 11
    assert report.looked_at["adjustments"] == 2
    assert report.as_dict()["clean"] is True


PLANTED: dict[str, tuple[str, Callable[[Damage], None]]] = {
    "a balance": ("card_balance", lambda d: d.change(cards, {"id": d.card.card_id}, {"balance": 1})),
    "points": ("card_points", lambda d: d.change(cards, {"id": d.card.card_id}, {"points": 1_041})),
    "a tier": ("card_tier", lambda d: d.change(cards, {"id": d.card.card_id}, {"tier": 3})),
    "a posting's amount": (
        "card_balance",
        lambda d: d.change(postings, {"transaction_id": d.charged()["id"]}, {"amount": 1}),
    ),
    "a posting's amount, by its transaction": (
        "transaction_postings",
        lambda d: d.change(postings, {"transaction_id": d.charged()["id"]}, {"amount": 1}),
    ),
    "a posting dropped": (
        "transaction_postings",
        lambda d: d.drop(postings, {"transaction_id": d.charged()["id"]}),
    ),
    "a posting's currency": (
        "posting_currency",
        lambda d: d.change(postings, {"transaction_id": d.charged()["id"]}, {"currency": "USD"}),
    ),
    "a posting for no transaction": (
        "posting_orphan",
        lambda d: d.add(
            postings,
            {
                "transaction_id": d.context.ids.new(),
                "debit_account": d.gateway(),
                "credit_account": d.counter.shop.account_id,
                "amount": 1,
                "currency": "TWD",
                "posted_at": d.context.clock.now(),
            },
        ),
    ),
    "a card's account overdrawn": (
        "card_accounts",
        lambda d: d.change(postings, {"transaction_id": d.charged()["id"]}, {"amount": 101_001}),
    ),
    "a point row dropped": (
        "card_points",
        lambda d: d.drop(point_ledger, {"transaction_id": d.charged()["id"]}),
    ),
    "a point row changed": (
        "point_row",
        lambda d: d.change(
            point_ledger, {"transaction_id": d.charged()["id"]}, {"before": 900, "after": 950}
        ),
    ),
    "a transaction's payable": (
        "transaction_postings",
        lambda d: d.change(transactions, {"id": d.charged()["id"]}, {"payable": 4_999}),
    ),
    "a transaction's points": (
        "transaction_points",
        lambda d: d.change(transactions, {"id": d.charged()["id"]}, {"points_earned": 49}),
    ),
    "a transaction given back": (
        "transaction_given_back",
        lambda d: d.change(transactions, {"id": d.charged()["id"]}, {"given_back": 1}),
    ),
    "a transaction reversed by hand": (
        "transaction_status",
        lambda d: d.change(transactions, {"id": d.charged()["id"]}, {"status": "reversed"}),
    ),
    "a transaction refunded by hand": (
        "transaction_status",
        lambda d: d.change(transactions, {"id": d.charged()["id"]}, {"status": "refunded"}),
    ),
    "a transaction left unfinished": (
        "transaction_unfinished",
        lambda d: d.change(transactions, {"id": d.charged()["id"]}, {"status": "processing"}),
    ),
    "a reversal undone": (
        "transaction_status",
        lambda d: d.change(transactions, {"status": "reversed"}, {"status": "completed"}),
    ),
    "a transaction of no entry": (
        "transaction_entry",
        lambda d: d.change(transactions, {"id": d.charged()["id"]}, {"entry_id": d.context.ids.new()}),
    ),
    "a used code live again": (
        "code_state",
        lambda d: d.change(payment_codes, {"code_ref": d.code_ref()}, {"state": "live"}),
    ),
    "a use forgotten": (
        "code_state",
        lambda d: d.change(payment_codes, {"code_ref": d.code_ref()}, {"live_uses": 0}),
    ),
    "an unused code consumed": (
        "code_state",
        lambda d: d.change(payment_codes, {"live_uses": 0, "state": "live"}, {"state": "consumed"}),
    ),
    "a decision dropped": (
        "decision_missing",
        lambda d: d.change(journal_entries, {"entry_id": d.charge_id}, {"decision": None}),
    ),
    "a decision forged": (
        "decision_signature",
        lambda d: d.change(
            journal_entries, {"entry_id": d.charge_id}, {"decision": d.entry("decision")[:-4] + "AAAA"}
        ),
    ),
    "another entry's decision": (
        "decision_signature",
        lambda d: d.change(
            journal_entries,
            {"entry_id": d.charge_id},
            {"decision": d.rows.rows(journal_entries, type="genesis")[0]["decision"]},
        ),
    ),
    "an outcome": (
        "decision_entry",
        lambda d: d.change(journal_entries, {"entry_id": d.charge_id}, {"status": "declined"}),
    ),
    "an entry shows another transaction": (
        "decision_transaction",
        lambda d: d.change(
            journal_entries,
            {"entry_id": d.charge_id},
            {"transaction_id": d.rows.one(transactions, kind="reversal")["id"]},
        ),
    ),
    "an unsigned status": (
        "decision_missing",
        lambda d: d.change(journal_entries, {"entry_id": d.charge_id}, {"status": "pending"}),
    ),
    "an entry's text": (
        "journal_signature",
        lambda d: d.change(journal_entries, {"entry_id": d.charge_id}, {"jws": d.entry("jws")[:-4] + "AAAA"}),
    ),
    "an entry's columns": (
        "journal_entry",
        lambda d: d.change(journal_entries, {"entry_id": d.charge_id}, {"type": "advice"}),
    ),
    "an entry's hash": (
        "journal_chain",
        lambda d: d.change(journal_entries, {"entry_id": d.charge_id}, {"hash": "A" * 43}),
    ),
    "an entry dropped": ("journal_gap", lambda d: d.drop(journal_entries, {"entry_id": d.charge_id})),
    "the journal's tail cut": (
        "journal_gap",
        lambda d: d.drop(journal_entries, {"terminal_id": d.counter.terminal_id, "seq": 6}),
    ),
    "the verified end": (
        "journal_end",
        lambda d: d.change(terminals, {"id": d.counter.terminal_id}, {"verified_hash": "B" * 43}),
    ),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_planted_damage_is_found_and_named(damage: Damage, kind: str) -> None:
    expected, plant = PLANTED[kind]
    plant(damage)
    report = damage.report()
    assert expected in {found.check for found in report.findings}
    assert not report.is_clean
    assert all(found.subject and found.detail for found in report.findings)


def test_a_finding_names_the_very_row(damage: Damage) -> None:
    damage.change(cards, {"id": damage.card.card_id}, {"balance": 1})
    (found,) = damage.report().findings
    assert found.subject == f"card {damage.card.card_id}"
    assert "cached 1, by the ledger 96000" in found.detail


def test_a_gap_that_is_not_filled_yet_is_no_damage(damage: Damage) -> None:
    damage.counter.journal.add(ShiftOpenData(cashier="c", shift="s"))
    ahead = damage.counter.journal.add(ShiftOpenData(cashier="c", shift="t"))
    damage.counter.submit(ahead)
    assert damage.report().findings == ()
    assert damage.context.database.read(lambda c: c.execute(select(journal_entries.c.seq)).all())
