"""Row 7: an old copy of the journal put back (a restored backup, a cloned disk). The hub names the fork and suspends.

What was decided before stands; what the copy writes in its place moves nothing and goes to a person.
"""

import shutil
from pathlib import Path

import sqlalchemy as sa

from hub_server.foundation.outbox.tables import outbox
from hub_server.journal_intake.tables import journal_forks
from hub_server.monitoring.tables import alerts
from hub_server.terminals import TerminalStatus
from hub_server.terminals.tables import terminals
from pos_app.features.charging.outcomes import PaidOffline
from shared.journal_entries import Status, verify_decision, verify_entry
from shared.problems import Code
from shared.signing import PublicJwk
from tests.fakes.line import Line, LineFault
from tests.system.faults.counter import APPROVED, NOT_PAID, PAYABLE, Counter
from tests.system.invariants import approved_stand, books_are_sound, hub_side_holds
from tests.system.till import Till
from tests.system.witness import own_entries, own_types


def test_an_old_copy_that_charges_is_a_fork_and_the_terminal_is_suspended(counter: Counter) -> None:
    copy = _copied(counter.folder)
    assert counter.charge().returncode == APPROVED
    before = counter.shop.entries_of(counter.terminal_id)
    _put_back(counter.folder, copy)
    refused = counter.charge()
    assert refused.returncode == NOT_PAID, (refused.stdout, refused.stderr)
    _fork_is_named(counter, seq=before[1]["seq"])
    assert counter.shop.entries_of(counter.terminal_id) == before, "the fork took a place in the journal"
    hub_side_holds(counter.shop, counter.terminal_id)
    _ends_well(counter)
    again = counter.charge()
    assert again.returncode != APPROVED, "a suspended terminal charges on"
    _ends_well(counter)


def test_an_old_copy_that_approves_offline_is_a_fork_once_the_line_is_back(
    counter: Counter, line: Line
) -> None:
    copy = _copied(counter.folder)
    assert counter.charge().returncode == APPROVED
    _put_back(counter.folder, copy)
    code = counter.shop.payment_code()
    funds = counter.shop.balance(code.card_no)
    line.become(LineFault.REFUSE)
    with Till(counter.folder) as till:
        till.wait_offline()
        approved = till.charge(code.text, PAYABLE).outcome
        assert isinstance(approved, PaidOffline)
        line.become(LineFault.NONE)
        till.row.wait("suspended", lambda _: till.terminal.hub_copy.facts.is_suspended, 15)
        refused = till.charge(counter.shop.payment_code().text, PAYABLE).outcome
        assert not isinstance(refused, PaidOffline)
    _fork_is_named(counter, seq=1)
    assert counter.shop.balance(code.card_no) == funds, "the fork moved money"
    assert "advice" in own_types(counter.folder), "the terminal's own word of what it approved is gone"
    _ends_well(counter)


def _ends_well(counter: Counter) -> None:
    approved_stand(counter.shop, counter.approved)
    books_are_sound(counter.shop)


def _fork_is_named(counter: Counter, seq: int) -> None:
    """The hub suspended the terminal, raised an alert, keeps the evidence, and signed the refusal that the terminal keeps."""
    shop = counter.shop
    # An alert is on its way in the outbox until it is raised; asked in this order, none falls between.
    on_its_way = [row["payload"] for row in shop.read(sa.select(outbox).where(outbox.c.topic == "alert"))]
    raised = [dict(row) for row in shop.read(sa.select(alerts))]
    told = {(alert["kind"], alert["subject"]) for alert in on_its_way + raised}
    assert ("journal_fork", counter.terminal_id) in told, told
    [terminal] = shop.read(sa.select(terminals).where(terminals.c.id == counter.terminal_id))
    assert terminal["status"] == TerminalStatus.SUSPENDED, terminal["status"]
    forks = shop.read(sa.select(journal_forks).where(journal_forks.c.terminal_id == counter.terminal_id))
    assert seq in {fork["seq"] for fork in forks}, forks
    ours = {jws: decision for _, jws, decision in own_entries(counter.folder)}
    verifier = PublicJwk.of(terminal["public_key"]).verifier()
    for fork in forks:
        verify_entry(fork["jws"], counter.terminal_id, verifier)
        decision = verify_decision(fork["decision"], shop.keys.verifiers)
        assert (decision.status, decision.code) == (Status.REJECTED, Code.JOURNAL_FORK)
        assert ours[fork["jws"]] == fork["decision"], "the terminal does not know"


def _copied(folder: Path) -> Path:
    copy = folder.with_name("backup")
    shutil.copytree(folder, copy)
    return copy


def _put_back(folder: Path, copy: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)
