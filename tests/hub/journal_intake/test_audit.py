"""Every change has exactly one named audit event, written with it (domain.md, Charge)."""

from collections import Counter as Tally
from collections.abc import Callable
from functools import partial

from hub_server.audit import Actor
from hub_server.audit.tables import audit_events
from hub_server.foundation.context import Context
from hub_server.foundation.outbox.tables import outbox
from hub_server.loyalty.tables import point_ledger
from hub_server.payment_codes import freeze_card, unfreeze_card
from hub_server.payment_codes.tables import payment_code_history
from hub_server.transactions.tables import transactions
from shared.journal_entries import ReversalReason, Status
from tests.builders.counter import TOO_LATE, Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock

NewCounter = Callable[..., Counter]


def _names(rows: HubRows) -> Tally[str]:
    """Without what filled the cards before."""
    return Tally(row["name"] for row in rows.rows(audit_events) if row["name"] != "TOP_UP")


def test_every_charge_reversal_and_points_change_has_one_event(counter: Counter, rows: HubRows) -> None:
    journal = counter.journal
    charges = [journal.charge(rows.code(rows.card()), 10_000) for _ in range(3)]
    too_much = journal.charge(rows.code(rows.card(1)), 500)
    pointless = journal.charge(rows.code(rows.card(card_type="corporate")), 500)
    undone = [journal.reversal(charge) for charge in charges[:2]]
    again = journal.reversal(charges[0])
    counter.submit(*journal.entries)
    counter.submit(*journal.entries)
    moved = Tally(row["kind"] for row in rows.rows(transactions))
    assert (moved["charge"], moved["reversal"]) == (4, 2)
    changed = len([row for row in rows.rows(point_ledger) if row["transaction_id"] is not None])
    assert changed == 5
    assert _names(rows) == {"PAYMENT": 4, "REVERSAL": 2, "POINTS": changed, "PAYMENT_DECLINED": 1}
    assert {too_much.seq, pointless.seq, again.seq, *(entry.seq for entry in undone)} < set(range(20))


def test_a_refused_void_is_in_the_audit_log_and_alerts(counter: Counter, rows: HubRows) -> None:
    charge = counter.journal.charge(rows.code(rows.card()))
    void = counter.journal.reversal(charge, ReversalReason.VOID, approved_by="cashier-1")
    for _ in range(2):
        assert counter.submit(*counter.journal.entries)[-1].status is Status.REJECTED
    refused = rows.one(audit_events, name="ENTRY_REFUSED")
    assert refused["subject_id"] == void.id
    assert refused["data"] == {"seq": void.seq, "type": "reversal", "code": "MANAGER_APPROVAL_REQUIRED"}
    (told,) = [row["payload"] for row in rows.rows(outbox, topic="alert")]
    assert told == {
        "kind": "void_refused",
        "subject": counter.terminal_id,
        "detail": {"seq": void.seq, "charge": charge.id, "approved_by": "cashier-1"},
    }


def test_a_refused_advice_is_in_the_audit_log_beside_its_charge(another: NewCounter, rows: HubRows) -> None:
    late, live = another(lag=TOO_LATE), another()
    charge = late.journal.charge(rows.code(rows.card(), offline_limit=0))
    late.submit(charge, late.journal.advice(charge))
    assert _names(rows) == {"PAYMENT_DECLINED": 1, "ENTRY_REFUSED": 1}
    declined = live.journal.charge(rows.code(rows.card(1), offline_limit=0))
    live.submit(declined)
    live.submit(live.journal.advice(declined))
    assert _names(rows) == {"PAYMENT_DECLINED": 2, "ENTRY_REFUSED": 2}


def test_a_code_that_comes_back_revoked_has_one_event_whichever_way_it_was_revoked(
    counter: Counter, rows: HubRows, hub_context: Context, clock: ManualClock
) -> None:
    card, admin = rows.card(), Actor("admin", "somebody")
    code = rows.code(card, age_s=0)
    charge = counter.journal.charge(code)
    counter.submit(charge)
    for change in (freeze_card, unfreeze_card):
        stopped = partial(change, card_id=card.card_id, at=clock.now(), actor=admin, reason="lost")
        hub_context.database.run(stopped)
    counter.submit(counter.journal.reversal(charge))
    assert counter.code_row(code)["state"] == "revoked"
    assert _names(rows)["QR_REVOKE"] == 1
    states = [row["state"] for row in rows.rows(payment_code_history, code_ref=code.claims.code_ref)]
    assert states[-2:] == ["consumed", "revoked"]


def test_every_refund_and_every_refusal_of_one_has_one_event(counter: Counter, rows: HubRows) -> None:
    journal, manager = counter.journal, rows.manager(counter.shop)
    charge = journal.charge(rows.code(rows.card()), 10_000)
    journal.refund(charge, 4_000, approved_by=manager)
    journal.refund(charge, 6_001, approved_by=manager)
    journal.refund(charge, 1, approved_by="nobody")
    for _ in range(2):
        counter.submit(*journal.entries)
    names = _names(rows)
    assert (names["REFUND"], names["REFUND_DECLINED"], names["POINTS"]) == (1, 2, 2)
    refused = [row["data"]["code"] for row in rows.rows(audit_events, name="REFUND_DECLINED")]
    assert refused == ["REFUND_EXCEEDS_REMAINING", "MANAGER_APPROVAL_REQUIRED"]


def test_what_goes_back_tells_of_which_charge_and_who_approved_it(counter: Counter, rows: HubRows) -> None:
    journal, manager = counter.journal, rows.manager(counter.shop)
    voided, cancelled, refunded = (journal.charge(rows.code(rows.card()), 10_000) for _ in range(3))
    journal.reversal(voided, ReversalReason.VOID, approved_by=manager)
    journal.reversal(cancelled, ReversalReason.CANCELLED)
    counter.submit(*journal.entries)
    counter.submit(journal.refund(refunded, 100, approved_by=manager, reason="退貨"))
    numbers = {row["entry_id"]: row["tx_no"] for row in rows.rows(transactions, kind="charge")}
    told = {row["data"]["charge"]: row["data"] for row in rows.rows(audit_events, name="REVERSAL")}
    assert told[numbers[voided.id]]["approved_by"] == manager
    assert "approved_by" not in told[numbers[cancelled.id]]
    refund = rows.one(audit_events, name="REFUND")["data"]
    assert (refund["charge"], refund["approved_by"]) == (numbers[refunded.id], manager)
    kept = {(row["reason"], row["approved_by"]) for row in rows.rows(transactions) if row["original_id"]}
    assert kept == {("void", manager), ("cancelled", None), ("退貨", manager)}
