"""The charge as a pure state machine: each event in each state, and what may be called paid."""

import random

import pytest

from pos_app.appearance.translations import charging as words
from pos_app.features.charging.amount_entry import AmountEntry
from pos_app.features.charging.flow import CODE_LIFE_MS, DEAF_TO_ENTER_MS, ChargeFlow
from pos_app.features.charging.outcomes import CodeSeen, InDoubt, NotPaid, OfflineOption, Outcome
from pos_app.features.charging.sale import (
    ApproveOffline,
    CheckManager,
    Commands,
    ForgetCode,
    GiveUp,
    Manager,
    PrintReceipt,
    StartCharge,
)
from pos_app.features.charging.scenes import screen_of
from pos_app.features.charging.screen import Screen, State
from shared.problems import Code, Refusal
from tests.fakes.desk import GOOD_CODE, OTHER_CODE, Answer, FakeDesk, claims_for, entry_ref

SEEN = CodeSeen(claims=claims_for(GOOD_CODE))
OTHER = CodeSeen(claims=claims_for(OTHER_CODE))
RAW = 29_900
ENTRY_ID = entry_ref().entry_id


def state_of(flow: ChargeFlow) -> State:
    return flow.sale.state


def typed(flow: ChargeFlow, keys: str, now: int = 0) -> None:
    for key in keys:
        flow.key(key, now)


def show(flow: ChargeFlow, now: int = 0) -> Screen:
    return screen_of(flow, now, exponent=2, timeout_ms=3_000)


def outcome(answer: Answer, option: OfflineOption | None = None) -> Outcome:
    desk = FakeDesk()
    if option is not None:
        desk.option = option
    return desk.outcome_of(answer, RAW)


def waiting() -> ChargeFlow:
    flow = ChargeFlow()
    typed(flow, "299")
    flow.code_read(SEEN, 0)
    flow.confirm(0)
    return flow


def ended(answer: Answer, option: OfflineOption | None = None) -> ChargeFlow:
    flow = waiting()
    flow.outcome(outcome(answer, option), 1_000)
    return flow


@pytest.mark.parametrize(
    ("keys", "minor", "text"),
    [
        (["2", "9", "9"], 29_900, "299.00"),
        (["0", "5"], 500, "5.00"),
        ([".", "5"], 50, "0.50"),
        (["1", "00", ".", "9", "9", "9"], 10_099, "100.99"),
        (["1", ".", ".", "5"], 150, "1.50"),
        (["0", "00"], 0, "0.00"),
        (["9"] * 6 + [".", "9", "9"], 99_999_999, "999,999.99"),
    ],
)
def test_what_is_typed_is_the_major_units_and_cents_are_never_shifted_in(
    keys: list[str], minor: int, text: str
) -> None:
    entry: AmountEntry | None = AmountEntry()
    for key in keys:
        assert entry is not None
        entry = entry.with_key(key)
    assert entry is not None
    assert (entry.minor, entry.text) == (minor, text)


def test_a_digit_that_would_make_the_amount_too_large_is_refused_and_said() -> None:
    flow = ChargeFlow()
    typed(flow, "9999999")
    assert flow.sale.entry.text == "999,999.00"
    notice = show(flow).notice
    assert notice is not None
    assert notice.phrase.text is words.AMOUNT_TOO_LARGE


def test_one_enter_confirms_in_either_order() -> None:
    amount_first, code_first = ChargeFlow(), ChargeFlow()
    typed(amount_first, "299")
    amount_first.code_read(SEEN, 0)
    code_first.code_read(SEEN, 0)
    typed(code_first, "299")
    expected: Commands = (StartCharge(RAW, SEEN.code_ref),)
    assert amount_first.confirm(0) == expected
    assert code_first.confirm(0) == expected


@pytest.mark.parametrize("keys", ["", "0", "299"])
def test_enter_charges_nothing_while_amount_or_code_is_missing(keys: str) -> None:
    flow = ChargeFlow()
    typed(flow, keys)
    assert flow.confirm(0) == ()
    assert flow.sale.state in {State.IDLE, State.AMOUNT_ENTERED}
    flow = ChargeFlow()
    flow.code_read(SEEN, 0)
    assert flow.confirm(0) == ()
    assert state_of(flow) is State.CODE_SEEN


def test_the_same_code_read_again_changes_nothing_and_another_replaces_it() -> None:
    flow = ChargeFlow()
    flow.code_read(SEEN, 0)
    before = flow.sale
    flow.code_read(SEEN, 5_000)
    assert flow.sale == before
    flow.code_read(OTHER, 6_000)
    assert flow.sale.code == OTHER


def test_an_unused_code_is_wiped_after_a_minute_and_the_amount_stays() -> None:
    flow = ChargeFlow()
    typed(flow, "299")
    flow.code_read(SEEN, 0)
    assert flow.tick(CODE_LIFE_MS - 1) == ()
    assert flow.tick(CODE_LIFE_MS) == (ForgetCode(),)
    assert state_of(flow) is State.AMOUNT_ENTERED
    assert flow.sale.entry.minor == RAW


def test_a_refused_code_is_said_and_changes_nothing_else() -> None:
    flow = ChargeFlow()
    typed(flow, "299")
    flow.code_refused(Refusal(Code.INVALID_QR), 0)
    assert state_of(flow) is State.AMOUNT_ENTERED
    notice = show(flow).notice
    assert notice is not None
    assert notice.phrase.said_in("zh_TW") == "這不是付款碼。未收款。請會員開啟「付款碼」再掃。"
    flow.tick(60_000)
    assert show(flow).notice is None


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("paid", State.APPROVED),
        ("offline", State.APPROVED_OFFLINE),
        ("declined", State.DECLINED),
        ("doubt", State.IN_DOUBT),
        ("given_up", State.GIVEN_UP),
        ("manager", State.MANAGER_NEEDED),
    ],
)
def test_each_outcome_has_its_state_and_only_an_approval_prints(answer: Answer, state: State) -> None:
    flow = waiting()
    told = outcome(answer)
    commands = flow.outcome(told, 1_000)
    assert state_of(flow) is state
    assert [type(one) for one in commands] == ([PrintReceipt] if answer in {"paid", "offline"} else [])
    said = " ".join(phrase.said_in("zh_TW") for phrase in show(flow).headline)
    assert ("已收款" in said) == (state in {State.APPROVED, State.APPROVED_OFFLINE})
    assert ("未收款" in said) == (state is State.DECLINED)


@pytest.mark.parametrize("answer", ["paid", "offline", "declined", "given_up"])
def test_after_a_result_enter_is_ignored_for_600_ms_and_the_first_digit_starts_the_next_sale(
    answer: Answer,
) -> None:
    flow = ended(answer)
    shown = flow.sale.state
    assert flow.confirm(1_000 + DEAF_TO_ENTER_MS - 1) == ()
    assert state_of(flow) is shown
    typed(flow, "5", 1_100)
    assert state_of(flow) is State.AMOUNT_ENTERED
    assert flow.sale.entry.minor == 500
    assert flow.sale.code is None
    assert flow.last is not None


def test_after_a_refusal_another_code_tries_the_same_amount() -> None:
    flow = ended("declined")
    flow.code_read(SEEN, 2_000)
    assert state_of(flow) is State.DECLINED
    flow.code_read(OTHER, 2_000)
    assert state_of(flow) is State.CONFIRMING
    assert flow.confirm(2_000) == (StartCharge(RAW, OTHER.code_ref),)


def test_after_a_refusal_enter_keeps_the_amount_and_asks_for_another_code() -> None:
    flow = ended("declined")
    assert flow.confirm(5_000) == (ForgetCode(),)
    assert state_of(flow) is State.AMOUNT_ENTERED
    assert flow.sale.entry.minor == RAW


def test_after_an_approval_the_next_customers_code_begins_a_sale_without_an_amount() -> None:
    flow = ended("paid")
    flow.code_read(SEEN, 1_200)
    assert state_of(flow) is State.APPROVED
    flow.code_read(OTHER, 1_300)
    assert state_of(flow) is State.CODE_SEEN
    assert flow.sale.entry.minor == 0


def test_keys_codes_and_enter_are_deaf_while_waiting() -> None:
    flow = waiting()
    before = flow.sale
    typed(flow, "123")
    flow.backspace(1)
    flow.clear(1)
    assert flow.confirm(1) == ()
    flow.code_read(OTHER, 1)
    assert flow.sale == before
    assert not flow.accepts_codes


def test_esc_while_waiting_reverses_what_turns_out_in_doubt() -> None:
    flow = waiting()
    flow.cancel(500)
    assert state_of(flow) is State.CANCELLING
    assert flow.outcome(outcome("doubt"), 3_000) == (GiveUp(ENTRY_ID),)
    assert state_of(flow) is State.IN_DOUBT
    flow.outcome(outcome("given_up"), 3_100)
    assert state_of(flow) is State.GIVEN_UP


def test_esc_while_waiting_shows_a_payment_that_came_first() -> None:
    flow = waiting()
    flow.cancel(500)
    flow.outcome(outcome("paid"), 900)
    assert state_of(flow) is State.APPROVED


def test_in_doubt_fifty_random_digits_enters_and_scans_change_nothing() -> None:
    flow = ended("doubt")
    before = flow.sale
    chance = random.Random(7)
    for step in range(50):
        match chance.randrange(4):
            case 0:
                assert flow.key(chance.choice("0123456789"), 1_000 + step) == ()
            case 1:
                assert flow.confirm(100_000 + step) == ()
            case 2:
                assert flow.code_read(chance.choice((SEEN, OTHER)), 1_000 + step) == ()
            case 3:
                assert flow.tick(200_000 + step) == ()
    assert flow.sale == before


def test_in_doubt_neither_paid_nor_not_paid_is_said_in_any_stage() -> None:
    manager = OfflineOption(refusal=None, needs_manager=True)
    refused = OfflineOption(refusal=Refusal(Code.OFFLINE_LIMIT_EXCEEDED))
    for option in (OfflineOption(refusal=None), manager, refused):
        for keys in ((), ("esc",), ("f5",)):
            flow = ended("doubt", option)
            for key in keys:
                flow.cancel(2_000) if key == "esc" else flow.approve_offline(2_000)
            screen = show(flow)
            phrases = [*screen.headline, *screen.details, *(choice.phrase for choice in screen.choices)]
            phrases += [phrase for phrase in (screen.reason, screen.prompt, screen.header) if phrase]
            said = " ".join(phrase.said_in("zh_TW") for phrase in phrases)
            assert "已收款" not in said
            assert "未收款" not in said


def test_in_doubt_f5_approves_offline_and_a_refused_option_cannot_be_pressed() -> None:
    flow = ended("doubt")
    assert [type(one) for one in flow.approve_offline(2_000)] == [ApproveOffline]
    assert flow.approve_offline(2_001) == ()
    refused = ended("doubt", OfflineOption(refusal=Refusal(Code.OFFLINE_LIMIT_EXCEEDED)))
    assert refused.approve_offline(2_000) == ()
    assert not show(refused).choices[0].is_enabled


def test_in_doubt_giving_up_takes_esc_and_enter_and_esc_goes_back() -> None:
    flow = ended("doubt")
    flow.cancel(2_000)
    flow.cancel(2_000)
    assert flow.confirm(2_000) == ()
    flow.cancel(2_000)
    assert [type(one) for one in flow.confirm(2_000)] == [GiveUp]
    flow.outcome(outcome("given_up"), 2_100)
    assert state_of(flow) is State.GIVEN_UP


def test_a_late_answer_ends_the_doubt_and_one_about_another_charge_does_not() -> None:
    flow = ended("doubt")
    assert [type(one) for one in flow.late_outcome(outcome("paid"), 9_000)] == [PrintReceipt]
    assert state_of(flow) is State.APPROVED
    flow = ended("doubt")
    other = outcome("doubt")
    assert isinstance(other, InDoubt)
    typed_before = flow.sale
    flow.late_outcome(outcome("manager"), 9_000)
    assert flow.sale == typed_before


def test_an_answer_that_overtakes_the_doubt_is_not_lost() -> None:
    flow = waiting()
    flow.late_outcome(outcome("paid"), 2_900)
    flow.outcome(outcome("doubt"), 3_000)
    assert state_of(flow) is State.APPROVED


def test_over_the_soft_limit_a_managers_pin_charges_and_esc_returns_with_nothing_charged() -> None:
    flow = waiting()
    flow.set_managers((Manager("chen", "陳店長"), Manager("lin", "林店長")))
    flow.outcome(outcome("manager"), 1_000)
    flow.choose_manager(1)
    typed(flow, "5678")
    assert flow.confirm(1_000) == (CheckManager("lin", "5678"),)
    assert flow.manager_checked(None, None, 1_100) == ()
    assert show(flow).pin is not None
    typed(flow, "567890")
    flow.confirm(1_200)
    assert flow.manager_checked("lin", None, 1_300) == (StartCharge(RAW, SEEN.code_ref, "lin"),)
    flow.outcome(outcome("manager"), 1_400)
    flow.cancel(1_500)
    assert state_of(flow) is State.CONFIRMING


def test_in_doubt_an_approval_over_the_soft_limit_asks_for_the_pin_in_place() -> None:
    flow = ended("doubt", OfflineOption(refusal=None, needs_manager=True))
    flow.set_managers((Manager("chen", "陳店長"),))
    assert flow.approve_offline(2_000) == ()
    typed(flow, "567890", 2_000)
    assert flow.confirm(2_000) == (CheckManager("chen", "567890"),)
    approved = flow.manager_checked("chen", None, 2_100)
    assert [type(one) for one in approved] == [ApproveOffline]
    assert approved[0] == ApproveOffline(ENTRY_ID, "chen")


def test_work_that_breaks_is_doubt_and_can_be_left_but_never_a_result() -> None:
    flow = waiting()
    flow.work_failed(2_000)
    assert state_of(flow) is State.IN_DOUBT
    flow.cancel(2_100)
    flow.confirm(2_100)
    assert state_of(flow) is State.IDLE


def test_a_pin_is_in_no_representation() -> None:
    flow = waiting()
    flow.set_managers((Manager("chen", "陳店長"),))
    flow.outcome(outcome("manager"), 1_000)
    typed(flow, "567890")
    assert "567890" not in repr(flow.sale)
    assert "567890" not in repr(flow.confirm(1_000))


def test_a_late_answer_that_comes_before_its_doubt_is_kept_though_another_charges_answer_comes_between() -> (
    None
):
    flow = waiting()
    paid = outcome("paid")
    other = NotPaid(refusal=Refusal(Code.CARD_EXPIRED), raw_amount=RAW, entry=entry_ref(7))
    flow.late_outcome(paid, 900)
    flow.late_outcome(other, 950)
    flow.outcome(outcome("doubt"), 1_000)
    assert state_of(flow) is State.APPROVED
    assert flow.sale.shown == paid


def test_a_barcode_takes_back_its_own_digits_alone() -> None:
    flow = ChargeFlow()
    typed(flow, "299")
    flow.code_read(SEEN, 0)
    typed(flow, "4710088412345")
    assert flow.digits_scanned(13, 100) == ()
    assert state_of(flow) is State.CONFIRMING
    assert flow.sale.entry.minor == RAW
    assert flow.sale.notice is not None
    assert flow.sale.notice.phrase == words.NOT_A_PAYMENT_CODE()
