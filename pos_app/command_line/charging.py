"""`mps-pos charge`: the window's use case from the command line (surface.md)."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final, assert_never

from pos_app.bootstrap import Terminal
from pos_app.command_line.amounts import why_not_an_amount
from pos_app.command_line.exits import CommandFailed, Exit
from pos_app.command_line.looking import look
from pos_app.command_line.opening import open_terminal, recovered_as_json
from pos_app.command_line.paper import is_printed, print_paper, receipt_lines
from pos_app.command_line.words import picture_in_words, reason_of, say
from pos_app.devices.camera import PictureRefused, scan_file
from pos_app.features.charging.outcomes import (
    ChargeRequest,
    GivenUp,
    InDoubt,
    ManagerNeeded,
    NotPaid,
    Outcome,
    Paid,
    PaidOffline,
)
from pos_app.features.history.past_charges import NothingToPrint
from pos_app.features.shift.shift_desk import NO_SHIFT
from pos_app.features.sign_in.check_pin import PinRefused
from pos_app.journal.failpoints import reach
from pos_app.receipts.rows import PaperWidth
from pos_app.settings import Settings
from pos_app.storage import StorageError
from pos_app.syncing.line import LineState
from shared.money import InvalidAmount, format_amount, parse_amount
from shared.payment_code import PREFIX
from shared.problems import Code, Refusal

logger = logging.getLogger("mps.pos.command_line")

LINE_KNOWN_MS: Final = 2_500
FIRST_CONTACT_MS: Final = 1_500
NOBODY: Final = "command-line"
_PAPERS: Final = {58: PaperWidth.MM_58, 80: PaperWidth.MM_80}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOrder:
    """What was typed; nothing of it is checked yet."""

    amount: str
    code: str | None
    image: Path | None
    cashier: str | None
    pin: str | None
    offline: bool
    order_ref: str | None

    def __repr__(self) -> str:
        """A code or a PIN is nobody's business."""
        return f"ChargeOrder({self.amount})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeReport:
    """What is printed: the JSON (surface.md), the sentence, and the exit code."""

    json: dict[str, object]
    sentence: str
    exit: Exit


def charge(settings: Settings, order: ChargeOrder) -> ChargeReport:
    """Charge, wait as long as the counter would, print the receipt.

    Raises:
        CommandFailed: wrong use; nothing was charged.
    """
    if (order.code is None) == (order.image is None):
        raise CommandFailed(Exit.WRONG_USE, say("one_source", settings.language))
    if (order.cashier is None) != (order.pin is None):
        raise CommandFailed(Exit.WRONG_USE, say("pin_needed", settings.language))
    text = order.code if order.code is not None else _code_in(order.image, settings)
    terminal = open_terminal(settings)
    try:
        return _charge(terminal, settings, order, text)
    finally:
        terminal.close()


def _charge(terminal: Terminal, settings: Settings, order: ChargeOrder, text: str) -> ChargeReport:
    policy, language = terminal.hub_copy.facts.policy, settings.language
    try:
        amount = parse_amount(order.amount, policy.exponent)
    except InvalidAmount as error:
        raise CommandFailed(
            Exit.WRONG_USE, why_not_an_amount(order.amount, policy.exponent, language)
        ) from error
    approver = _approver(terminal, settings, order)
    terminal.start()
    if terminal.line.wait_until_known(LINE_KNOWN_MS) is LineState.ONLINE:
        terminal.feed.wait_for_contact(FIRST_CONTACT_MS)
    seen = terminal.desk.read_code(text)
    if isinstance(seen, Refusal):
        outcome: Outcome = NotPaid(refusal=seen, raw_amount=amount, entry=None)
    else:
        shift = terminal.shift.current()
        outcome = terminal.desk.charge(
            ChargeRequest(
                amount=amount,
                code_ref=seen.code_ref,
                cashier=order.cashier or NOBODY,
                shift=shift.shift if shift else NO_SHIFT,
                order_ref=order.order_ref,
                approver=approver,
                offline=order.offline,
            )
        )
    may_approve = isinstance(outcome, InDoubt) and outcome.offline.refusal is None
    if isinstance(outcome, InDoubt) and order.offline and may_approve:
        try:
            outcome = terminal.desk.approve_offline(outcome.entry.entry_id, approver)
        except StorageError:
            # The charge itself is durable and sent: that no advice could be written leaves it in doubt.
            logger.exception("no advice could be written")
    return _report(terminal, settings, outcome)


def _approver(terminal: Terminal, settings: Settings, order: ChargeOrder) -> str | None:
    """The cashier, if the PIN is right and a manager's."""
    if order.cashier is None or order.pin is None:
        return None
    answer = terminal.pins.check(order.cashier, order.pin)
    if isinstance(answer, PinRefused):
        key = "pin_wait" if answer.refusal.code is Code.RATE_LIMITED else "pin_wrong"
        raise CommandFailed(Exit.NOT_PAID, say(key, settings.language, seconds=answer.wait_s))
    return order.cashier if answer.person.role == "store_manager" else None


def _code_in(image: Path | None, settings: Settings) -> str:
    """The payment code in a picture or video; any other code in it is left alone."""
    if image is None:
        raise CommandFailed(Exit.WRONG_USE, say("one_source", settings.language))
    try:
        texts = scan_file(image).texts
    except PictureRefused as error:
        message = say(
            "picture",
            settings.language,
            file=image,
            detail=picture_in_words(image, error.fault, settings.language),
        )
        raise CommandFailed(Exit.WRONG_USE, message) from error
    if not texts:
        raise CommandFailed(Exit.NOT_PAID, say("no_code_in_picture", settings.language))
    return next((text for text in texts if text.startswith(PREFIX)), texts[0])


def _report(terminal: Terminal, settings: Settings, outcome: Outcome) -> ChargeReport:
    language, exponent = settings.language, terminal.hub_copy.facts.policy.exponent
    json: dict[str, object] = {
        "status": "",
        "transaction": None,
        "entry_id": None,
        "seq": None,
        "receipt": None,
        "recovered": recovered_as_json(terminal),
    }
    if not isinstance(outcome, ManagerNeeded) and outcome.entry is not None:
        json |= {"entry_id": outcome.entry.entry_id, "seq": outcome.entry.seq}
    match outcome:
        case Paid():
            receipt, problem = _paper(terminal, settings, outcome.entry.entry_id)
            told = outcome.transaction
            json |= {"status": "approved", "transaction": told.model_dump(mode="json"), "receipt": receipt}
            amount = format_amount(told.payable, exponent)
            return _approved("approved", json, amount, told.tx_no, problem, settings)
        case PaidOffline():
            receipt, problem = _paper(terminal, settings, outcome.entry.entry_id)
            json |= {"status": "approved_offline", "receipt": receipt}
            amount = format_amount(outcome.payable, exponent)
            return _approved("approved_offline", json, amount, outcome.offline_no, problem, settings)
        case NotPaid(refusal=refusal):
            return _not_paid(json, refusal, _reason(terminal, settings, refusal), settings)
        case ManagerNeeded():
            needed = Refusal(Code.MANAGER_APPROVAL_REQUIRED)
            return _not_paid(json, needed, reason_of(needed, language), settings)
        case GivenUp(because=because):
            json |= {"status": "given_up", "error": _error(because, settings)}
            sentence = say("given_up", language, reason=_reason(terminal, settings, because))
            return ChargeReport(json=json, sentence=sentence, exit=Exit.NOT_PAID)
        case InDoubt(because=because):
            json |= {"status": "in_doubt", "error": _error(because, settings)}
            sentence = say("in_doubt", language, seq=outcome.entry.seq)
            return ChargeReport(json=json, sentence=sentence, exit=Exit.IN_DOUBT)
        case _:
            assert_never(outcome)


def _approved(
    status: str, json: dict[str, object], amount: str, number: str, problem: str, settings: Settings
) -> ChargeReport:
    sentence = say(status, settings.language, amount=amount, number=number)
    if problem:
        sentence += "\n" + say("not_printed", settings.language, detail=problem)
    return ChargeReport(json=json, sentence=sentence, exit=Exit.DONE)


def _reason(terminal: Terminal, settings: Settings, refusal: Refusal | None) -> str:
    """The refusal in words; of a limit, what the limits are and what is left of them."""
    told = reason_of(refusal, settings.language)
    if refusal is None or refusal.code is not Code.OFFLINE_LIMIT_EXCEEDED:
        return told
    left = terminal.database.read(look).result().left
    exponent = terminal.hub_copy.facts.policy.exponent
    limits = say(
        "offline_limits",
        settings.language,
        each=format_amount(left.max_amount, exponent),
        left=format_amount(left.left_total, exponent),
        most=format_amount(left.max_total, exponent),
        count=left.left_count,
    )
    return f"{told} {limits}"


def _not_paid(json: dict[str, object], refusal: Refusal, reason: str, settings: Settings) -> ChargeReport:
    json |= {"status": "declined", "error": _error(refusal, settings)}
    sentence = say("declined", settings.language, reason=reason)
    return ChargeReport(json=json, sentence=sentence, exit=Exit.NOT_PAID)


def _error(refusal: Refusal | None, settings: Settings) -> dict[str, str] | None:
    return {"code": refusal.code, "title": refusal.title(settings.language)} if refusal else None


def _paper(terminal: Terminal, settings: Settings, entry_id: str) -> tuple[list[str] | None, str]:
    """The receipt's lines, and why it was not printed, if it was not."""
    width = _PAPERS[terminal.hub_copy.facts.policy.receipt.width_mm]
    try:
        # Where nothing is printed, nothing is counted: a later print is the original.
        is_printed_here = settings.printer != "none"
        history = terminal.history
        paper = history.next_paper(entry_id) if is_printed_here else history.receipt(entry_id)
    except StorageError:
        # The charge stands; only its paper is missing, and must not make it look unpaid.
        logger.exception("no paper could be counted")
        return None, say("journal_silent", settings.language)
    if paper is None or isinstance(paper, NothingToPrint):
        return None, ""
    reach("before_receipt")
    printed = print_paper(paper, settings, width)
    reach("after_receipt")
    problem = printed.problem if printed is not None and not is_printed(printed) else None
    return receipt_lines(paper, settings.language, width), say(problem, settings.language) if problem else ""
