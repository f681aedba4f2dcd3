"""The whole story at the real window, from the first start to the Z receipt, and what must be true afterwards."""

import contextlib
import logging
from typing import Final

import evidence
from afterwards import AFTERWARDS, look_afterwards
from counter import Counter
from ground import LOGS, RUN
from line_story import LINE_STEPS, tell_of_the_line
from PySide6.QtCore import Qt
from report import Report, StoryBroken, say
from second_submission import submit_again
from stage import Stage, open_stage, pins
from terminal_window import open_terminal_window
from window_driver import WindowDriver

from pos_app.appearance.translations import charging as words
from pos_app.appearance.translations import errors, inbox, rooms
from shared.money import format_amount
from shared.problems import Code

STEPS: Final = (
    "stage",
    "enrolment",
    "sign_in",
    "shift_open",
    "online_charge",
    "duplicate_submission",
    "declined_charge",
    "expired_code",
    "invalid_qr",
    *LINE_STEPS,
    "other_rooms",
    "lock",
    "shift_close",
    *AFTERWARDS,
)
_AMOUNT: Final = "299"
_TOO_MUCH: Final = "9000"
_WEB_ADDRESS: Final = "https://shop.example/menu?table=7"
_FIRST_NUMBER: Final = "PAY0000000001"
_START_S: Final = 20.0


def tell_story() -> int:
    """Drive everything; 0 only if all of it happened."""
    logging.basicConfig(
        filename=LOGS / "run.log", level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    report = Report(STEPS)
    try:
        _tell(report)
    except StoryBroken as broken:
        say(f"  … stopped at {broken}")
    except KeyboardInterrupt:
        report.expect(False, "stopped before the end")
    except Exception as error:
        # Tidying up may fail too; then it is told like everything else, and the summary is written.
        logging.exception("after the story")
        report.expect(False, f"{type(error).__name__}: {error}")
    report.write(ledger_balanced=report.holds("ledger"), journal_verified=report.holds("journal"))
    report.tell()
    return 0 if report.is_ok else 1


def _tell(report: Report) -> None:
    with contextlib.ExitStack() as stack:
        with report.step("stage"):
            stage = stack.enter_context(open_stage())
        _at_the_window(stage, report)
        look_afterwards(stage, report)


def _at_the_window(stage: Stage, report: Report) -> None:
    with open_terminal_window(stage) as window:
        driver = WindowDriver(window, RUN)
        counter = Counter(driver, stage, report)
        try:
            _morning(counter, stage, report)
            _charges(counter, stage, report)
            tell_of_the_line(counter, stage, report)
            _evening(counter, stage, report)
        except StoryBroken:
            counter.picture("where-it-stopped")
            raise
        finally:
            driver.close()


def _morning(counter: Counter, stage: Stage, report: Report) -> None:
    driver = counter.driver
    with report.step("enrolment") as facts:
        driver.wait_for(rooms.ENROL_TITLE, _START_S)
        driver.wait_until("the desk before the camera", lambda: stage.camera.is_still)
        counter.picture_in_both("enrolment")
        counter.show_code(f"MPS-ENROL:{stage.line.url}#{stage.demo['enrolment_code']}")
        driver.wait_until("the address in its field", lambda: stage.line.url in driver.shows("hub_field"))
        driver.wait_until("the phone held still", lambda: stage.camera.is_still)
        counter.picture("enrolment-code-seen")
        stage.camera.show_desk()
        counter.confirm()
        driver.wait_for(rooms.SIGN_IN_TITLE, _START_S)
        facts["hub"] = stage.line.url
    with report.step("sign_in") as facts:
        name, _, pin = next(one for one in pins(stage.demo) if one[1] == "cashier")
        for one, _, _ in pins(stage.demo):
            driver.wait_for(one)
        driver.click(name)
        driver.type(pin)
        counter.picture_in_both("sign-in")
        counter.confirm()
        driver.wait_for(rooms.SHIFT_OPEN_TITLE)
        facts["cashier"] = name
    with report.step("shift_open"):
        counter.picture("shift-open")
        counter.confirm()
        driver.wait_for(words.IDLE_PROMPT)


def _charges(counter: Counter, stage: Stage, report: Report) -> None:
    # Its card is one that no later code is asked of: a new code would replace it before it is shown.
    expired = counter.driver.begin(lambda: stage.past_code(stage.cards("prepaid")[0]))
    _online(counter, stage, report)
    with report.step("duplicate_submission") as facts:
        _duplicate(counter, stage, report, facts)
    _declined(counter, stage, report)
    with report.step("expired_code") as facts:
        text = counter.driver.finish(expired)
        facts["code"] = _refused_at_sight(counter, text, Code.QR_EXPIRED, "expired-code")
    with report.step("invalid_qr") as facts:
        facts["code"] = _refused_at_sight(counter, _WEB_ADDRESS, Code.INVALID_QR, "invalid-qr")


def _online(counter: Counter, stage: Stage, report: Report) -> None:
    driver, card = counter.driver, stage.cards("standard")[0]
    with report.step("online_charge") as facts:
        counter.picture_in_both("idle")
        before = driver.do(lambda: evidence.card_now(stage, card))
        driver.type(_AMOUNT)
        driver.wait_for(words.AMOUNT_PROMPT)
        counter.picture_in_both("amount")
        counter.show_card(card)
        driver.wait_for(words.ACTION_CHARGE)
        payable = counter.amount_shown()
        counter.picture_in_both("confirm")
        counter.confirm()
        driver.wait_for(words.PAID)
        counter.expect_receipt("online")
        driver.wait_for(words.RECEIPT_PRINTED)
        counter.picture_in_both("paid")
        after = driver.do(lambda: evidence.card_now(stage, card))
        charge = evidence.last_charge()
        facts |= {
            "tx_no": counter.tx_no_shown(),
            "entry_id": charge.id,
            "payable": payable,
            "balance_before": before["balance"],
            "balance_after": after["balance"],
            "points_before": before["points"],
            "points_after": after["points"],
        }
        report.expect_equal("what the card paid", before["balance"] - after["balance"], payable)
        report.expect_equal("the points it earned", after["points"] - before["points"], int(_AMOUNT))
        report.expect_equal("the terminal's state of the charge", charge.state, "completed")
        at_hub = evidence.hub_entries_about(charge.id)
        report.expect_equal("the number at the hub", [entry.tx_no for entry in at_hub], [facts["tx_no"]])


def _duplicate(counter: Counter, stage: Stage, report: Report, facts: dict[str, object]) -> None:
    charge, card = evidence.last_charge(), stage.cards("standard")[0]
    before = counter.driver.do(lambda: evidence.balance(stage, card))
    answered = counter.driver.do(lambda: submit_again(stage.line.url, charge.jws))
    after = counter.driver.do(lambda: evidence.balance(stage, card))
    facts |= {
        "status": answered["status"],
        "same_decision": answered.get("decision") == charge.decision is not None,
        "effects": evidence.effects_of(charge.id),
    }
    report.expect(bool(facts["same_decision"]), "the hub answered the same entry with another decision")
    report.expect_equal("the number of effects of one entry", facts["effects"], 1)
    report.expect_equal("the balance after the second submission", after, before)
    counter.home()


def _declined(counter: Counter, stage: Stage, report: Report) -> None:
    driver, card = counter.driver, stage.cards("standard")[1]
    with report.step("declined_charge") as facts:
        before = driver.do(lambda: evidence.balance(stage, card))
        counter.show_card(card)
        driver.wait_for(words.CODE_READ)
        counter.picture_in_both("code-seen")
        stage.camera.show_desk()
        driver.type(_TOO_MUCH)
        driver.wait_for(words.ACTION_CHARGE)
        counter.confirm()
        driver.wait_for(words.NOT_PAID)
        driver.wait_for(errors.SENTENCES[Code.INSUFFICIENT_BALANCE])
        counter.picture_in_both("declined")
        charge = evidence.last_charge()
        facts |= {"code": charge.refusal_code, "entry_id": charge.id}
        report.expect_equal("why it was declined", charge.refusal_code, Code.INSUFFICIENT_BALANCE.value)
        report.expect_equal("the terminal's state of the charge", charge.state, "declined")
        report.expect_equal("the effects of a declined charge", evidence.effects_of(charge.id), 0)
        report.expect_equal("the balance", driver.do(lambda: evidence.balance(stage, card)), before)
        counter.home()


def _refused_at_sight(counter: Counter, text: str, code: Code, name: str) -> str:
    """Something that is no code to charge is shown: the window says so, and the journal grows by nothing."""
    before = evidence.last_charge().id
    counter.driver.type(_AMOUNT)
    counter.show_code(text)
    counter.driver.wait_for(errors.SENTENCES[code])
    counter.driver.wait_until("the phone held still", lambda: counter.stage.camera.is_still)
    counter.picture_in_both(name)
    counter.home()
    if evidence.last_charge().id != before:
        raise AssertionError(f"{code.value}: a charge was written all the same")
    return code.value


def _evening(counter: Counter, stage: Stage, report: Report) -> None:
    driver = counter.driver
    with report.step("other_rooms"):
        counter.go(Qt.Key.Key_F3, lambda: driver.reads(rooms.HISTORY_TITLE))
        driver.wait_for(_FIRST_NUMBER)
        counter.picture_in_both("history")
        counter.go(Qt.Key.Key_F8, lambda: driver.reads(inbox.TITLE))
        counter.picture_in_both("to-do")
        counter.go(Qt.Key.Key_F2, lambda: driver.reads(words.IDLE_PROMPT))
    with report.step("lock"):
        counter.go(Qt.Key.Key_F12, lambda: driver.reads(rooms.SIGN_IN_LOCKED_TITLE))
        counter.picture_in_both("locked")
        name, _, pin = next(one for one in pins(stage.demo) if one[1] == "cashier")
        driver.click(name)
        driver.type(pin)
        counter.confirm()
        driver.wait_for(words.IDLE_PROMPT)
    with report.step("shift_close"):
        counter.go(Qt.Key.Key_F7, lambda: driver.reads(rooms.SHIFT_CLOSE))
        driver.wait_for(format_amount(evidence.charged(), 2))
        counter.picture_in_both("shift")
        driver.type("2")
        driver.wait_for(rooms.SHIFT_CLOSE_SURE)
        counter.picture_in_both("shift-close")
        counter.confirm()
        counter.expect_receipt("shift-z")
        driver.wait_for(rooms.SIGN_IN_TITLE)
        counter.picture("shift-closed")
