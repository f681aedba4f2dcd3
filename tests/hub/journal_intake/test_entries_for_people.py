"""What is held, or waits too long, is ended by people, and nothing moves without two of them (protocol.md 5)."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import update

from hub_server.access.tables import logins
from hub_server.audit import Actor
from hub_server.audit.tables import audit_events
from hub_server.foundation.context import Context
from hub_server.foundation.outbox.tables import outbox
from hub_server.journal_intake import RecoveryRow, honour_entry, list_recovery, refuse_entry
from hub_server.terminals.tables import terminals
from shared.journal_entries import Entry, Status
from shared.problems import Code, CodedError
from tests.builders.counter import Counter
from tests.builders.signed_in import signed_in_admin
from tests.fakes.clock import ManualClock

LATER_MS = 25 * 3_600_000


class Desk:
    """Admins who decide about a counter's entries."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.first, self.second = (self.admin() for _ in range(2))

    def admin(self) -> Actor:
        """One more admin."""
        return Actor("admin", signed_in_admin(self.counter.context).login_id)

    def suspend(self, status: str = "suspended") -> None:
        """The terminal's status, behind its back."""
        self.counter.rows.update(terminals, {"id": self.counter.terminal_id}, {"status": status})

    def honour(self, entry: Entry, by: Actor) -> RecoveryRow:
        """One person says that it is to be honoured."""
        return self._say(honour_entry, entry, by)

    def refuse(self, entry: Entry, by: Actor | None = None) -> RecoveryRow:
        """One person refuses it."""
        return self._say(refuse_entry, entry, by or self.first)

    def honoured(self, entry: Entry) -> Status:
        """Two people say so: what became of it."""
        assert self.honour(entry, self.first).status is Status.HELD
        return self.honour(entry, self.second).status

    def listed(self) -> list[tuple[int, Status]]:
        """What waits for a person."""
        at = self.counter.context.clock.now()
        rows = self.counter.context.database.read(lambda c: list_recovery(c, at=at, after=None, limit=100))
        return sorted((row.seq, row.status) for row in rows)

    def told(self) -> list[int]:
        """The entries about which the terminal is told to ask again."""
        payloads = [row["payload"] for row in self.counter.rows.rows(outbox, topic="feed")]
        return [seq for each in payloads if each["kind"] == "settled" for seq in each["data"]["seqs"]]

    def audited(self) -> list[str]:
        """What people did."""
        return [row["name"] for row in self.counter.rows.rows(audit_events, actor_kind="admin")]

    def _say(self, use_case: Callable[..., RecoveryRow], entry: Entry, by: Actor) -> RecoveryRow:
        context, tools = self.counter.context, self.counter.tools
        return context.database.run(
            lambda c: use_case(
                c,
                tools,
                terminal_id=entry.terminal_id,
                seq=entry.seq,
                reason="查證過",
                at=context.clock.now(),
                actor=by,
            )
        )


@pytest.fixture
def desk(counter: Counter) -> Desk:
    """A counter whose entries arrive at once, and those who decide about them."""
    return Desk(counter)


def _refusal(say: Callable[[], object]) -> Code:
    with pytest.raises(CodedError) as refused:
        say()
    return refused.value.code


def test_what_was_approved_before_the_suspension_is_honoured_by_two_and_once(desk: Desk) -> None:
    counter, card = desk.counter, desk.counter.rows.card()
    sold = counter.journal.charge(counter.rows.code(card), 1_000)
    advice = counter.journal.advice(sold)
    desk.suspend()
    counter.submit(*counter.journal.entries)
    assert desk.listed() == [(sold.seq, Status.HELD), (advice.seq, Status.HELD)]
    for _ in range(2):
        assert desk.honour(advice, desk.first).status is Status.HELD
    assert counter.balance(card) == 100_000
    for _ in range(2):
        assert desk.honour(sold, desk.second).status is Status.COMPLETED
    assert counter.balance(card) == 100_000 - 1_000
    outcome = counter.ask(advice)
    assert (outcome.status, outcome.transaction and outcome.transaction.offline) == (Status.COMPLETED, True)
    assert (counter.decision(sold).status, desk.listed()) == (Status.COMPLETED, [])
    assert sorted(desk.told()) == [sold.seq, advice.seq]
    assert desk.audited() == ["ENTRY_HONOUR_PROPOSED", "ENTRY_HONOURED"]
    assert _refusal(lambda: desk.refuse(sold)) is Code.CONTRADICTORY_ENTRY


def test_a_held_live_charge_is_never_made_live_but_waits_for_its_advice_or_reversal(desk: Desk) -> None:
    counter, card = desk.counter, desk.counter.rows.card()
    desk.suspend()
    asked = [counter.journal.charge(counter.rows.code(card), n) for n in (1_000, 500)]
    training = counter.journal.charge(counter.rows.code(card), 10, training=True)
    counter.submit(*counter.journal.entries)
    assert [desk.honoured(entry) for entry in asked] == [Status.UNCONFIRMED] * 2
    assert desk.honoured(training) is Status.COMPLETED
    assert (counter.balance(card), sorted(desk.told())) == (100_000, [2 - 1, 2, 3])
    advice = counter.journal.advice(asked[0])
    reversal = counter.journal.reversal(asked[1])
    assert [each.status for each in counter.submit(advice, reversal)] == [Status.HELD, Status.REVERSED]
    assert (desk.honoured(advice), counter.ask(asked[1]).status) == (Status.COMPLETED, Status.REVERSED)
    assert counter.balance(card) == 100_000 - 1_000


def test_the_tables_apply_to_what_is_honoured(desk: Desk) -> None:
    counter = desk.counter
    over = counter.journal.charge(counter.rows.code(counter.rows.card(), offline_limit=500), 1_000)
    advice = counter.journal.advice(over)
    manager = counter.rows.manager(counter.shop)
    desk.suspend("retired")
    alone = counter.journal.refund(over, 100, approved_by="cashier-2")
    counter.submit(*counter.journal.entries)
    assert desk.honoured(advice) is Status.REJECTED
    told = counter.ask(over)
    assert (told.status, told.refusal and told.refusal.code) == (Status.REJECTED, Code.OFFLINE_LIMIT_EXCEEDED)
    assert desk.honoured(alone) is Status.DECLINED
    assert manager


def test_a_held_refund_moves_by_the_word_of_two_and_is_rejected_by_that_of_one(desk: Desk) -> None:
    counter, card = desk.counter, desk.counter.rows.card()
    manager = counter.rows.manager(counter.shop)
    sold = counter.journal.charge(counter.rows.code(card), 1_000)
    counter.submit(*counter.journal.entries)
    desk.suspend()
    refunds = [counter.journal.refund(sold, n, approved_by=manager) for n in (100, 200)]
    assert {each.status for each in counter.submit(*refunds)} == {Status.HELD}
    assert desk.honoured(refunds[0]) is Status.COMPLETED
    refused = desk.refuse(refunds[1])
    assert (refused.status, refused.code) == (Status.REJECTED, Code.TERMINAL_NOT_ACTIVE.value)
    assert counter.balance(card) == 100_000 - 900


def test_what_is_refused_ends_with_the_code_it_was_held_for_advice_and_charge_together(desk: Desk) -> None:
    counter, card = desk.counter, desk.counter.rows.card()
    sold, live = (counter.journal.charge(counter.rows.code(card), n) for n in (1_000, 300))
    counter.submit(counter.journal.entries[0], live)
    advices = [counter.journal.advice(each) for each in (sold, live)]
    desk.suspend()
    counter.submit(sold, *advices)
    assert desk.honour(sold, desk.first).status is Status.HELD
    assert desk.refuse(advices[0]).code == Code.TERMINAL_NOT_ACTIVE.value
    assert desk.refuse(sold).status is Status.REJECTED
    assert {counter.decision(each).code for each in (sold, advices[0])} == {Code.TERMINAL_NOT_ACTIVE}
    assert _refusal(lambda: desk.honour(sold, desk.second)) is Code.CONTRADICTORY_ENTRY
    # The other had been charged: refusing its advice would leave the shop without what was paid.
    assert _refusal(lambda: desk.refuse(advices[1])) is Code.CONTRADICTORY_ENTRY
    assert desk.honoured(advices[1]) is Status.COMPLETED
    assert counter.balance(card) == 100_000 - 300
    again = counter.journal.advice(sold)
    assert counter.ask(again).status is Status.HELD
    assert desk.honoured(again) is Status.REJECTED


def test_two_logins_in_one_hand_are_one_person(desk: Desk) -> None:
    counter = desk.counter
    desk.suspend()
    held = counter.journal.charge(counter.rows.code(counter.rows.card()))
    counter.submit(*counter.journal.entries)
    made_by_first = update(logins).where(logins.c.id == desk.second.id).values(created_by=desk.first.id)
    counter.context.database.run(lambda c: c.execute(made_by_first))
    desk.honour(held, desk.first)
    assert _refusal(lambda: desk.honour(held, desk.second)) is Code.FORBIDDEN
    assert desk.honour(held, desk.admin()).status is Status.UNCONFIRMED


def test_what_waits_for_a_charge_that_never_comes_is_ended_after_a_day(
    desk: Desk, clock: ManualClock
) -> None:
    counter = desk.counter
    manager = counter.rows.manager(counter.shop)
    gone = [counter.journal.charge(counter.rows.code(counter.rows.card()), n) for n in (100, 200, 300)]
    waiting = [
        counter.journal.advice(gone[0]),
        counter.journal.reversal(gone[1]),
        counter.journal.refund(gone[2], 300, approved_by=manager),
    ]
    counter.submit(counter.journal.entries[0], *waiting)
    assert desk.listed() == []
    assert _refusal(lambda: desk.refuse(waiting[0])) is Code.CONTRADICTORY_ENTRY
    clock.advance(LATER_MS)
    assert {status for _, status in desk.listed()} == {Status.PENDING}
    assert _refusal(lambda: desk.honour(waiting[0], desk.first)) is Code.CONTRADICTORY_ENTRY
    ended = [desk.refuse(entry) for entry in waiting]
    assert [each.status for each in ended] == [Status.REJECTED, Status.REJECTED, Status.DECLINED]
    assert {each.code for each in ended} == {Code.CHARGE_NOT_FOUND.value}
    assert (desk.listed(), len(desk.told())) == ([], 3)


def test_a_charge_that_nobody_confirms_is_ended_only_when_its_terminal_cannot(
    offline: Counter, clock: ManualClock
) -> None:
    desk = Desk(offline)
    open_charge = offline.journal.charge(offline.rows.code(offline.rows.card()))
    offline.submit(*offline.journal.entries)
    clock.advance(LATER_MS)
    assert desk.listed() == [(open_charge.seq, Status.UNCONFIRMED)]
    assert _refusal(lambda: desk.refuse(open_charge)) is Code.CONTRADICTORY_ENTRY
    desk.suspend("retired")
    assert desk.refuse(open_charge).code == Code.TERMINAL_NOT_ACTIVE.value


def test_pages_go_on_where_the_last_one_ended(desk: Desk, hub_context: Context) -> None:
    counter = desk.counter
    desk.suspend()
    for _ in range(3):
        counter.journal.charge(counter.rows.code(counter.rows.card()))
    counter.submit(*counter.journal.entries)
    at = hub_context.clock.now()

    def page(after: tuple[datetime, str] | None) -> list[RecoveryRow]:
        return hub_context.database.read(lambda c: list_recovery(c, at=at, after=after, limit=2))

    first = page(None)
    rest = page((first[-1].since, first[-1].entry_id))
    seen = [row.seq for row in [*first, *rest]]
    assert sorted(seen) == [1, 2, 3]
