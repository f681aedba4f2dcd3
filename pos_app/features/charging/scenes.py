"""From the sale to the screen: design.md 2's table, row by row. Pure."""

from pos_app.appearance import sizes
from pos_app.appearance.translations import Phrase
from pos_app.appearance.translations import charging as words
from pos_app.features.charging import phrases
from pos_app.features.charging.flow import ChargeFlow
from pos_app.features.charging.outcomes import (
    GivenUp,
    InDoubt,
    ManagerNeeded,
    NotPaid,
    NotWritten,
    Paid,
    PaidOffline,
)
from pos_app.features.charging.sale import Sale, Stage
from pos_app.features.charging.screen import (
    Action,
    Amount,
    AmountSize,
    Choice,
    ChoiceId,
    PinEntry,
    Progress,
    Screen,
    State,
)
from shared.money import format_amount
from shared.payment_code import Claims
from shared.problems import Refusal
from shared.rates import payable


def screen_of(
    flow: ChargeFlow, now_ms: int, *, exponent: int, timeout_ms: int, receipt: Phrase | None = None
) -> Screen:
    """The screen of a moment. `receipt` is what is to be said of the last receipt's paper."""
    sale = flow.sale
    match sale.state:
        case State.IDLE | State.AMOUNT_ENTERED:
            return _entry(sale)
        case State.CODE_SEEN:
            return _code_seen(sale)
        case State.CONFIRMING:
            return _confirming(sale, exponent)
        case State.WAITING | State.CANCELLING:
            return _waiting(sale, now_ms, exponent, timeout_ms)
        case State.MANAGER_NEEDED:
            return _manager_needed(flow, exponent)
        case State.APPROVED | State.APPROVED_OFFLINE:
            return _approved(flow, exponent, receipt)
        case State.DECLINED:
            return _declined(sale, exponent)
        case State.GIVEN_UP:
            return _given_up(sale, exponent)
        case State.IN_DOUBT:
            return _in_doubt(flow, exponent)


def _entry(sale: Sale) -> Screen:
    is_idle = sale.state is State.IDLE
    return Screen(
        state=sale.state,
        amount=Amount(
            sale.entry.text, AmountSize.ENTRY, is_grey=is_idle, untyped=0 if is_idle else sale.entry.untyped
        ),
        prompt=words.IDLE_PROMPT() if is_idle else words.AMOUNT_PROMPT(),
        notice=sale.notice,
        camera_on=True,
        action=Action(words.ACTION_IDLE() if is_idle else words.ACTION_NO_CODE()),
    )


def _code_seen(sale: Sale) -> Screen:
    claims = _claims(sale)
    return Screen(
        state=sale.state,
        headline=(words.CODE_READ(), phrases.offer(claims), phrases.card_of(claims)),
        headline_pixels=sizes.CODE_SEEN,
        prompt=words.CODE_PROMPT(),
        notice=sale.notice,
        action=Action(words.ACTION_NO_AMOUNT()),
    )


def _confirming(sale: Sale, exponent: int) -> Screen:
    claims = _claims(sale)
    raw = sale.entry.minor
    to_pay = format_amount(payable(raw, claims.rate), exponent)
    return Screen(
        state=sale.state,
        above=phrases.before_discount(raw, claims.rate, exponent),
        amount=Amount(to_pay, AmountSize.PAYABLE),
        details=(
            phrases.member_pays(raw, claims.rate, exponent),
            words.CODE_READ_OF(offer=phrases.offer(claims), card=phrases.card_of(claims)),
            words.ENTER_CONFIRMS(),
        ),
        notice=sale.notice,
        action=Action(words.ACTION_CHARGE(amount=to_pay), is_enabled=True),
    )


def _waiting(sale: Sale, now_ms: int, exponent: int, timeout_ms: int) -> Screen:
    claims = _claims(sale)
    raw = sale.entry.minor
    is_cancelling = sale.state is State.CANCELLING
    return Screen(
        state=sale.state,
        above=phrases.before_discount(raw, claims.rate, exponent),
        amount=Amount(format_amount(payable(raw, claims.rate), exponent), AmountSize.PAYABLE),
        headline=(words.CANCELLING() if is_cancelling else words.WAITING(),),
        headline_pixels=sizes.WAITING,
        details=(words.CANCELLING_MEANS() if is_cancelling else phrases.card_of(claims),),
        progress=Progress(min(now_ms - sale.since_ms, timeout_ms), timeout_ms),
        action=Action(None) if is_cancelling else Action(words.ACTION_CANCEL(), is_enabled=True),
        keys_enabled=False,
    )


def _manager_needed(flow: ChargeFlow, exponent: int) -> Screen:
    sale = flow.sale
    shown = sale.shown
    amount = (
        shown.payable if isinstance(shown, ManagerNeeded) else payable(sale.entry.minor, _claims(sale).rate)
    )
    return Screen(
        state=sale.state,
        above=words.MANAGER_MEANS(),
        amount=Amount(format_amount(amount, exponent), AmountSize.KEPT),
        headline=(words.MANAGER_NEEDED(),),
        headline_pixels=sizes.WAITING,
        pin=_pin(flow),
        choices=_pin_choices(flow),
        action=Action(words.ACTION_APPROVE(), is_enabled=sale.stage is Stage.PIN and bool(flow.managers)),
        keys_enabled=sale.stage is Stage.PIN,
        decimals_enabled=False,
    )


def _approved(flow: ChargeFlow, exponent: int, receipt: Phrase | None) -> Screen:
    sale = flow.sale
    next_one = Action(words.ACTION_NEXT(), is_enabled=True)
    said = () if receipt is None else (receipt,)
    if isinstance(sale.shown, PaidOffline):
        claims = sale.shown.claims
        return Screen(
            state=sale.state,
            header=words.OFFLINE_HEADER(number=sale.shown.offline_no),
            headline=(words.PAID_OFFLINE(),),
            headline_pixels=sizes.PAID_OFFLINE,
            amount=Amount(format_amount(sale.shown.payable, exponent), AmountSize.PAYABLE),
            details=(words.PAID_OFFLINE_MEANS(), _card_and_approver(flow, claims), *said),
            action=next_one,
        )
    shown = sale.shown
    if not isinstance(shown, Paid):
        raise TypeError("approved without an approval")
    made = shown.transaction
    points = words.POINTS(earned=f"{made.points_earned:,}", balance=f"{made.points_balance:,}")
    return Screen(
        state=sale.state,
        headline=(words.PAID(),),
        headline_pixels=sizes.PAID,
        amount=Amount(format_amount(made.payable, exponent), AmountSize.PAYABLE),
        above=phrases.before_discount(made.raw_amount, made.rate, exponent),
        details=(
            phrases.card(made.card_type, made.card_last4),
            points,
            words.TX_NUMBER(number=made.tx_no),
            *said,
        ),
        action=next_one,
    )


def _card_and_approver(flow: ChargeFlow, claims: Claims) -> Phrase:
    """The card; beside it the manager who approved, since both names stand in the journal."""
    card, approver = phrases.card_of(claims), flow.sale.approver
    if approver is None:
        return card
    name = next((one.name for one in flow.managers if one.staff_id == approver), approver)
    return words.CARD_AND_APPROVER(card=card, approver=words.APPROVED_BY(name=name))


def _not_written(shown: NotWritten, exponent: int) -> Screen:
    said = words.JOURNAL_DAMAGED if shown.is_damaged else words.DISK_FAILED
    return Screen(
        state=State.DECLINED,
        headline=(words.NOT_PAID(),),
        headline_pixels=sizes.DECLINED,
        amount=Amount(format_amount(shown.raw_amount, exponent), AmountSize.KEPT),
        reason=said(),
        action=Action(words.ACTION_AGAIN(), is_enabled=True),
    )


def _declined(sale: Sale, exponent: int) -> Screen:
    shown = sale.shown
    if isinstance(shown, NotWritten):
        return _not_written(shown, exponent)
    if not isinstance(shown, NotPaid):
        raise TypeError("declined without a refusal")
    return Screen(
        state=sale.state,
        headline=(words.NOT_PAID(),),
        headline_pixels=sizes.DECLINED,
        amount=Amount(format_amount(shown.raw_amount, exponent), AmountSize.KEPT),
        reason=phrases.refusal_sentence(shown.refusal),
        footer=_footer(shown.refusal, shown.request_id),
        action=Action(words.ACTION_OTHER_CODE(), is_enabled=True),
    )


def _given_up(sale: Sale, exponent: int) -> Screen:
    shown = sale.shown
    if not isinstance(shown, GivenUp):
        raise TypeError("given up without a reversal")
    because = shown.because
    return Screen(
        state=sale.state,
        headline=(words.GIVEN_UP(),),
        headline_pixels=sizes.DECLINED,
        amount=Amount(format_amount(shown.payable, exponent), AmountSize.KEPT),
        reason=words.GIVEN_UP_MEANS() if because is None else phrases.refusal_sentence(because),
        details=() if because is None else (words.GIVEN_UP_MEANS(),),
        footer=_footer(because, ""),
        action=Action(words.ACTION_NEXT(), is_enabled=True),
    )


def _in_doubt(flow: ChargeFlow, exponent: int) -> Screen:
    sale = flow.sale
    shown = sale.shown
    doubt = shown if isinstance(shown, InDoubt) else None
    amount = doubt.payable if doubt is not None else payable(sale.entry.minor, _claims(sale).rate)
    enters_pin = sale.stage in {Stage.PIN, Stage.CHECKING_PIN}
    return Screen(
        state=sale.state,
        headline=(words.IN_DOUBT(),),
        headline_pixels=sizes.DOUBT,
        amount=Amount(format_amount(amount, exponent), AmountSize.DOUBT),
        reason=_doubt_means(doubt, enters_pin),
        details=_doubt_remark(sale, doubt),
        choices=_pin_choices(flow) if enters_pin else _choices(sale, doubt),
        pin=_pin(flow) if enters_pin else None,
        footer="" if doubt is None else _footer(doubt.because, ""),
        keys_enabled=sale.stage is Stage.PIN,
        decimals_enabled=False,
        action=Action(words.ACTION_APPROVE(), is_enabled=True) if sale.stage is Stage.PIN else Action(None),
    )


def _doubt_means(doubt: InDoubt | None, enters_pin: bool) -> Phrase:
    if doubt is None:
        return words.WORK_FAILED()
    return words.IN_DOUBT_PIN_MEANS() if enters_pin else words.IN_DOUBT_MEANS()


def _pin_choices(flow: ChargeFlow) -> tuple[Choice, ...]:
    """The way back, and another manager where there is one: by touch what Esc and the arrows are by keys."""
    is_entering = flow.sale.stage is Stage.PIN
    leave = Choice(ChoiceId.LEAVE_PIN, words.MANAGER_LEAVE(), is_enabled=is_entering)
    if len(flow.managers) < 2:
        return (leave,)
    return (leave, Choice(ChoiceId.OTHER_MANAGER, words.MANAGER_OTHER(), is_enabled=is_entering))


def _doubt_remark(sale: Sale, doubt: InDoubt | None) -> tuple[Phrase, ...]:
    if sale.stage is Stage.SURE:
        return (words.SURE_MEANS(),)
    if sale.pin_remark is not None and sale.stage is Stage.ASKING:
        return (sale.pin_remark,)
    if doubt is None or doubt.offline.refusal is None:
        return ()
    return (words.WHY_NOT_OFFLINE(reason=phrases.refusal_reason(doubt.offline.refusal.code)),)


def _choices(sale: Sale, doubt: InDoubt | None) -> tuple[Choice, ...]:
    match sale.stage:
        case Stage.APPROVING:
            return (Choice(ChoiceId.APPROVE_OFFLINE, words.APPROVING(), is_enabled=False),)
        case Stage.GIVING_UP:
            return (Choice(ChoiceId.GIVE_UP, words.GIVING_UP(), is_enabled=False),)
        case Stage.SURE:
            # A second press at the place of 放棄 finds the way back there, not the deed.
            return (
                Choice(ChoiceId.SURE, words.CHOICE_SURE()),
                Choice(ChoiceId.KEEP_WAITING, words.CHOICE_BACK()),
            )
    give_up = Choice(ChoiceId.GIVE_UP, words.CHOICE_GIVE_UP())
    if doubt is None:
        return (give_up,)
    text = words.CHOICE_OFFLINE_PIN if doubt.offline.needs_manager else words.CHOICE_OFFLINE
    return (Choice(ChoiceId.APPROVE_OFFLINE, text(), is_enabled=doubt.offline.refusal is None), give_up)


def _pin(flow: ChargeFlow) -> PinEntry:
    sale, managers = flow.sale, flow.managers
    if not managers:
        return PinEntry(0, words.MANAGER_NONE())
    text = words.MANAGER_CHOOSE if len(managers) > 1 else words.MANAGER_ONLY
    return PinEntry(len(sale.pin), text(name=managers[sale.manager % len(managers)].name), sale.pin_remark)


def _footer(refusal: Refusal | None, request_id: str) -> str:
    parts = ("" if refusal is None else refusal.code.value, request_id)
    return " · ".join(part for part in parts if part)


def _claims(sale: Sale) -> Claims:
    if sale.code is None:
        raise TypeError(f"{sale.state} without a code")
    return sale.code.claims
