"""faults.md 24: a terminal is suspended with a backlog; all of it goes to people, none is lost, and each is honoured,
refused or ended by its reversal.
"""

import time
from pathlib import Path
from typing import Final

from pos_app.features.charging.outcomes import NotPaid, Paid, PaidOffline
from shared.problems import Code
from tests.fakes.line import Line, LineFault
from tests.log_rules import ExpectedLogs
from tests.system.faults.offices import Offices
from tests.system.invariants import all_hold
from tests.system.shop import FundedCode, Shop
from tests.system.till import Till, enrol_here
from tests.system.witness import own_charges, own_entries

_AMOUNT: Final = 12_345
_LATE_S: Final = 20.0


def _wait_for_held(offices: Offices, terminal_id: str, count: int) -> dict[int, str]:
    deadline = time.monotonic() + _LATE_S
    while len(held := offices.held(terminal_id)) != count:
        assert time.monotonic() < deadline, held
    return held


def _approve_offline(till: Till, code: FundedCode) -> str:
    approved = till.charge(code.text, _AMOUNT).outcome
    assert isinstance(approved, PaidOffline), approved
    return approved.entry.entry_id


def test_the_backlog_of_a_suspended_terminal_goes_to_people_and_none_of_it_is_lost(
    shop: Shop, line: Line, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos", ".")
    offices = Offices.of(shop)
    enrol_here(tmp_path, line.url, shop.enrolment_code())
    codes = [shop.payment_code() for _ in range(4)]
    funds = {code.card_no: shop.balance(code.card_no) for code in codes}
    with Till(tmp_path) as till:
        till.wait_online()
        line.become(LineFault.REFUSE)
        till.wait_offline()
        honoured, refused, resumed = (_approve_offline(till, code) for code in codes[:3])
        offices.suspend_terminal(till.id)
        line.become(LineFault.NONE)
        held = _wait_for_held(offices, till.id, 6)
        assert sorted(held.values()) == ["advice"] * 3 + ["charge"] * 3
        assert {code.card_no: shop.balance(code.card_no) for code in codes} == funds
        theirs = {row["seq"]: row["jws"] for row in shop.entries_of(till.id)}
        assert theirs == {seq: jws for seq, jws, _ in own_entries(tmp_path)}
        till.row.wait("suspended", lambda status: status.meter.refusal is not None, _LATE_S)
        line.become(LineFault.REFUSE)
        till.wait_offline()
        none = till.charge(codes[3].text, _AMOUNT).outcome
        assert isinstance(none, NotPaid), none
        assert none.refusal.code is Code.OFFLINE_NOT_ALLOWED
        line.become(LineFault.NONE)
        seqs = {charge.id: charge.seq for charge in own_charges(tmp_path)}
        offices.honour(till.id, seqs[honoured])
        offices.refuse(till.id, seqs[refused])
        offices.resume_terminal(till.id)
        assert set(offices.held(till.id)) == {seqs[resumed], seqs[resumed] + 1}, "resuming ends nothing"
        offices.honour(till.id, seqs[resumed])
        till.wait_online()
        after = till.charge(codes[3].text, _AMOUNT).outcome
        assert isinstance(after, Paid), after
        till.wait_online()
    kept = {charge.id: charge.is_paid for charge in own_charges(tmp_path)}
    assert [kept[each] for each in (honoured, refused, resumed)] == [True, False, True]
    assert [shop.balance(code.card_no) - funds[code.card_no] for code in codes] == [
        -_AMOUNT,
        0,
        -_AMOUNT,
        -_AMOUNT,
    ]
    all_hold(shop, tmp_path, approved={honoured: _AMOUNT, resumed: _AMOUNT})
