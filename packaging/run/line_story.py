"""The line is cut, swallows, loses answers, and comes back: the counter goes on, and both sides agree afterwards."""

import time
from typing import Final

import evidence
from counter import Counter
from PySide6.QtCore import Qt
from report import Facts, Report
from stage import Card, Stage

from pos_app.appearance.translations import charging as words
from tests.fakes.line import LineFault

LINE_STEPS: Final = ("line_cut", "offline_charge", "settlement", "in_doubt", "given_up")
_AMOUNT: Final = "120"
_SECOND_AMOUNT: Final = "85"
_THIRD_AMOUNT: Final = "60"
_NOTICES_S: Final = 6.0
_SETTLES_S: Final = 15.0
_DOUBT_S: Final = 6.0


def tell_of_the_line(counter: Counter, stage: Stage, report: Report) -> None:
    """From the cut to the last agreement."""
    standard = stage.cards("standard")
    _cut_and_back(counter, stage, report, standard[1])
    _swallowed(counter, stage, report, standard[-1])
    _given_up(counter, stage, report, standard[0])


def _cut_and_back(counter: Counter, stage: Stage, report: Report, card: Card) -> None:
    driver = counter.driver
    before = driver.do(lambda: evidence.balance(stage, card))
    with report.step("line_cut") as facts:
        began = time.monotonic()
        stage.line.become(LineFault.REFUSE)
        driver.wait_for(words.ROW_OFFLINE, _NOTICES_S)
        facts["noticed_s"] = _since(began)
    with report.step("offline_charge") as facts:
        counter.ring_up(_AMOUNT, card)
        began = time.monotonic()
        counter.confirm()
        driver.wait_for(words.PAID_OFFLINE)
        facts["approved_s"] = _since(began)
        _keep_offline(counter, facts, "offline")
        report.expect_equal("the hub's entries of the offline charge", _at_hub(facts), [])
        counter.home()
        driver.wait_for(words.ROW_OFFLINE)
        counter.picture_in_both("offline-row")
    with report.step("settlement") as settled:
        _mend_and_settle(counter, stage, settled)
        _expect_settled(report, settled, facts)
        after = driver.do(lambda: evidence.balance(stage, card))
        report.expect_equal("what the card paid", before - after, facts["payable"])
        counter.picture_in_both("settled")


def _swallowed(counter: Counter, stage: Stage, report: Report, card: Card) -> None:
    """The line takes everything and gives nothing: nobody knows, until the cashier approves and the hub agrees."""
    driver = counter.driver
    with report.step("in_doubt") as facts:
        counter.ring_up(_SECOND_AMOUNT, card)
        stage.line.become(LineFault.SWALLOW)
        began = time.monotonic()
        counter.confirm()
        driver.wait_for(words.WAITING)
        counter.picture("waiting")
        driver.wait_for(words.IN_DOUBT, _DOUBT_S)
        facts["told_s"] = _since(began)
        counter.picture_in_both("in-doubt")
        report.expect_equal("the terminal's state of the charge", evidence.last_charge().state, "in_doubt")
        # Enter, digits and scans are ignored while nobody knows.
        driver.type("77")
        counter.confirm()
        report.expect(bool(driver.reads(words.IN_DOUBT)), "keys changed a screen that is in doubt")
        driver.press(Qt.Key.Key_F5)
        driver.wait_for(words.PAID_OFFLINE)
        _keep_offline(counter, facts, "in-doubt-approved")
        counter.home()
        settled: Facts = {}
        _mend_and_settle(counter, stage, settled)
        _expect_settled(report, settled, facts)
        facts |= {"status": settled["status"], "tx_no": settled["tx_no"], "seconds": settled["seconds"]}


def _given_up(counter: Counter, stage: Stage, report: Report, card: Card) -> None:
    """The hub charges, its answers are lost, the cashier gives up: what was taken goes back by itself."""
    driver = counter.driver
    with report.step("given_up") as facts:
        before = driver.do(lambda: evidence.balance(stage, card))
        counter.ring_up(_THIRD_AMOUNT, card)
        stage.line.become(LineFault.LOSE_REPLIES)
        counter.confirm()
        driver.wait_for(words.IN_DOUBT, _DOUBT_S)
        charge = evidence.last_charge()
        taken = [entry.status for entry in evidence.hub_entries_about(charge.id)]
        report.expect_equal("the hub's word that was lost", taken, ["completed"])
        driver.press(Qt.Key.Key_Escape)
        driver.wait_for(words.SURE_MEANS)
        counter.picture("give-up-sure")
        counter.confirm()
        driver.wait_for(words.GIVEN_UP_MEANS)
        counter.picture_in_both("given-up")
        counter.home()
        settled: Facts = {}
        _mend_and_settle(counter, stage, settled)
        entries = evidence.hub_entries_about(charge.id)
        facts |= {"entry_id": charge.id, "tx_no": entries[0].tx_no, "reversal": entries[-1].reversal_tx_no}
        report.expect_equal(
            "what the hub did", [entry.status for entry in entries], ["completed", "reversed"]
        )
        report.expect_equal("the terminal's state", evidence.last_charge().state, "reversed")
        report.expect_equal("the balance", driver.do(lambda: evidence.balance(stage, card)), before)


def _keep_offline(counter: Counter, facts: Facts, name: str) -> None:
    """Receipt, picture and facts of an approval without the hub."""
    charge = evidence.last_charge()
    facts |= {
        "entry_id": charge.id,
        "offline_no": counter.offline_no_shown(),
        "payable": counter.amount_shown(),
        "state": charge.state,
    }
    counter.expect_receipt(name)
    counter.driver.wait_for(words.RECEIPT_PRINTED)
    counter.picture_in_both(name)


def _mend_and_settle(counter: Counter, stage: Stage, facts: Facts) -> None:
    """The line returns; wait until the window says that all is sent."""
    began = time.monotonic()
    stage.line.become(LineFault.NONE)
    counter.driver.wait_for(words.ROW_SENT, _SETTLES_S)
    facts["seconds"] = _since(began)


def _expect_settled(report: Report, settled: Facts, approved: Facts) -> None:
    charge = evidence.last_charge()
    entries = evidence.hub_entries_about(charge.id)
    settled |= {"status": charge.state, "tx_no": entries[0].tx_no if entries else None}
    report.expect_equal("the terminal's state of the charge", charge.state, "settled")
    report.expect_equal("what the hub did", [one.status for one in entries], ["completed", "completed"])
    report.expect_equal("what both call payable", [one.payable for one in entries[:1]], [approved["payable"]])


def _at_hub(facts: Facts) -> list[evidence.HubEntry]:
    return evidence.hub_entries_about(str(facts["entry_id"]))


def _since(began: float) -> float:
    return round(time.monotonic() - began, 2)
