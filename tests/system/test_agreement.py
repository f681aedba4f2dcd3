"""One entry, one effect, one answer: whatever is repeated, reordered or sent to two nodes (protocol.md 4, 5)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from shared.api.journal import EntryResult
from shared.journal_entries import Entry, Status, verify_decision_on
from shared.problems import Code
from tests.system.hand_terminal import HandTerminal, enrol_by_hand
from tests.system.processes import HubProcess
from tests.system.shop import FundedCode, Shop

_AMOUNT = 12_345
_LATE_S = 600


@pytest.fixture
def terminal(shop: Shop) -> HandTerminal:
    """A terminal whose genesis the hub has."""
    made = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    assert [result.status for result in made.submit(made.entries[0]).results] == [Status.ACCEPTED]
    return made


def _taken(shop: Shop, code: FundedCode) -> list[tuple[str, str, int]]:
    return [(str(m["kind"]), str(m["status"]), int(m["payable"])) for m in shop.movements(code.card_no)]


def _is_signed_on(terminal: HandTerminal, entry: Entry, result: EntryResult) -> bool:
    assert result.decision is not None, result
    decision = verify_decision_on(result.decision, entry, terminal.enrolment.jwks.hub_keys())
    return decision.status is result.status


def test_an_entry_sent_again_gets_the_same_decision_and_moves_nothing(
    shop: Shop, terminal: HandTerminal
) -> None:
    code = shop.payment_code()
    before = shop.balance(code.card_no)
    charge = terminal.charge(code.text, _AMOUNT)
    first = terminal.submit(charge)
    again = terminal.submit(charge)
    assert first.results[0].status is Status.COMPLETED
    assert _is_signed_on(terminal, charge, first.results[0])
    assert again.results == first.results
    assert _taken(shop, code) == [("charge", "completed", _AMOUNT)]
    assert shop.balance(code.card_no) == before - _AMOUNT


def test_an_entry_twice_in_one_request_gets_one_decision_and_one_effect(
    shop: Shop, terminal: HandTerminal
) -> None:
    code = shop.payment_code()
    charge = terminal.charge(code.text, _AMOUNT)
    twice = terminal.submit(charge, charge)
    assert twice.results[0] == twice.results[1]
    assert twice.results[0].status is Status.COMPLETED
    assert len(_taken(shop, code)) == 1


def test_the_same_entry_many_times_at_once_has_one_effect(shop: Shop, terminal: HandTerminal) -> None:
    code = shop.payment_code()
    charge = terminal.charge(code.text, _AMOUNT)
    terminal.authorisation()
    together = Barrier(8)

    def send(_: int) -> EntryResult:
        together.wait(10)
        return terminal.submit(charge).results[0]

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(send, range(8)))
    decided = [result for result in results if result.status is not Status.RETRY]
    assert {result.decision for result in decided} == {decided[0].decision}
    assert decided[0].status is Status.COMPLETED
    assert len(_taken(shop, code)) == 1


def test_entries_in_reverse_order_are_decided_and_the_chain_waits(shop: Shop, terminal: HandTerminal) -> None:
    codes = [shop.payment_code() for _ in range(4)]
    charges = [terminal.charge(code.text, _AMOUNT + n) for n, code in enumerate(codes)]
    through = []
    for charge in reversed(charges):
        answer = terminal.submit(charge)
        assert answer.results[0].status is Status.COMPLETED
        through.append(answer.verified_through)
    assert through == [0, 0, 0, charges[-1].seq]
    assert [_taken(shop, code)[0][2] for code in codes] == [_AMOUNT + n for n in range(4)]


def test_an_advice_before_its_charge_waits_and_then_settles_it(shop: Shop, terminal: HandTerminal) -> None:
    code = shop.payment_code()
    charge = terminal.charge(code.text, _AMOUNT, age_s=2)
    advice = terminal.advice(charge, code.text)
    early = terminal.submit(advice)
    assert early.results[0].status is Status.PENDING
    assert early.results[0].decision is None
    terminal.submit(charge)
    settled = terminal.submit(charge, advice)
    assert [result.status for result in settled.results] == [Status.COMPLETED, Status.COMPLETED]
    assert _is_signed_on(terminal, charge, settled.results[0])
    assert _is_signed_on(terminal, advice, settled.results[1])
    assert [taken[1:] for taken in _taken(shop, code)] == [("completed", _AMOUNT)]


def test_a_late_charge_moves_nothing_before_its_advice_comes(shop: Shop) -> None:
    terminal = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    code = shop.payment_code()
    late = terminal.charge(code.text, _AMOUNT, age_s=_LATE_S)
    answer = terminal.submit(*terminal.entries)
    assert answer.results[1].status is Status.UNCONFIRMED
    assert answer.results[1].decision is None
    assert _taken(shop, code) == []
    reversal = terminal.reversal(late)
    assert terminal.submit(reversal).results[0].status is Status.REVERSED
    assert terminal.submit(late).results[0].status is Status.REVERSED
    assert _taken(shop, code) == []


def test_a_reversal_before_its_charge_undoes_it_whichever_way_they_arrive(
    shop: Shop, terminal: HandTerminal
) -> None:
    code = shop.payment_code()
    before = shop.balance(code.card_no)
    charge = terminal.charge(code.text, _AMOUNT)
    reversal = terminal.reversal(charge)
    assert terminal.submit(reversal).results[0].status is Status.PENDING
    terminal.submit(charge)
    final = terminal.submit(charge, reversal)
    assert [result.status for result in final.results] == [Status.REVERSED, Status.REVERSED]
    assert shop.balance(code.card_no) == before


def test_a_reversal_after_a_completed_charge_gives_everything_back_once(
    shop: Shop, terminal: HandTerminal
) -> None:
    code = shop.payment_code()
    before = shop.balance(code.card_no)
    charge = terminal.charge(code.text, _AMOUNT)
    terminal.submit(charge)
    assert shop.balance(code.card_no) == before - _AMOUNT
    reversal = terminal.reversal(charge)
    first = terminal.submit(reversal).results[0]
    again = terminal.submit(reversal).results[0]
    assert first.status is Status.REVERSED
    assert first.reversal_tx_no is not None
    assert again == first
    assert shop.balance(code.card_no) == before


def test_a_declined_charge_stays_declined_and_says_why(shop: Shop, terminal: HandTerminal) -> None:
    code = shop.payment_code()
    before = shop.balance(code.card_no)
    charge = terminal.charge(code.text, before + 1)
    first = terminal.submit(charge).results[0]
    assert first.status is Status.DECLINED
    assert first.error is not None
    assert first.error.code is Code.INSUFFICIENT_BALANCE
    assert terminal.submit(charge).results[0] == first
    assert _taken(shop, code) == []
    assert shop.balance(code.card_no) == before


def test_one_code_pays_once(shop: Shop, terminal: HandTerminal) -> None:
    code = shop.payment_code()
    first, second = terminal.charge(code.text, _AMOUNT), terminal.charge(code.text, _AMOUNT)
    answers = terminal.submit(first, second).results
    assert [answer.status for answer in answers] == [Status.COMPLETED, Status.DECLINED]
    assert answers[1].error is not None
    assert answers[1].error.code is Code.QR_ALREADY_USED
    assert len(_taken(shop, code)) == 1


def test_a_changed_entry_is_refused_and_changes_nothing(shop: Shop, terminal: HandTerminal) -> None:
    code = shop.payment_code()
    charge = terminal.charge(code.text, _AMOUNT)
    head, payload, signature = charge.jws.split(".")
    other = "A" if payload[40] != "A" else "B"
    forged = f"{head}.{payload[:40]}{other}{payload[41:]}.{signature}"
    known = shop.entries_of(terminal.id)
    answer = terminal.submit(forged)
    assert answer.results[0].status is Status.REJECTED
    assert answer.results[0].error is not None
    assert answer.results[0].error.code is Code.INVALID_SIGNATURE
    assert shop.entries_of(terminal.id) == known
    assert terminal.submit(charge).results[0].status is Status.COMPLETED


def test_a_bad_entry_holds_up_none_of_the_others(shop: Shop, terminal: HandTerminal) -> None:
    codes = [shop.payment_code(), shop.payment_code()]
    charges = [terminal.charge(code.text, _AMOUNT) for code in codes]
    answer = terminal.submit(charges[0], "not an entry", charges[1])
    statuses = [result.status for result in answer.results]
    assert statuses == [Status.COMPLETED, Status.REJECTED, Status.COMPLETED]
    assert (answer.results[1].seq, answer.results[1].id) == (None, None)


def test_a_cloned_journal_is_a_fork_and_what_was_decided_stands(shop: Shop, terminal: HandTerminal) -> None:
    first, other, third = shop.payment_code(), shop.payment_code(), shop.payment_code()
    clone = HandTerminal(terminal.hub_url, terminal.enrolment, terminal.signer, list(terminal.entries))
    charge = terminal.charge(first.text, _AMOUNT)
    decided = terminal.submit(charge).results[0]
    forked = clone.submit(clone.charge(other.text, _AMOUNT)).results[0]
    assert forked.status is Status.REJECTED
    assert forked.error is not None
    assert forked.error.code is Code.JOURNAL_FORK
    assert _taken(shop, other) == []
    assert terminal.submit(charge).results[0].decision == decided.decision
    held = terminal.submit(terminal.charge(third.text, _AMOUNT)).results[0]
    assert held.status is Status.HELD
    assert _taken(shop, third) == []


@pytest.mark.xdist_group("two_nodes")
def test_the_same_entry_at_two_nodes_at_once_has_one_effect_and_one_decision(
    two_nodes: tuple[Shop, HubProcess],
) -> None:
    shop, second = two_nodes
    terminal = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    terminal.submit(terminal.entries[0])
    for _ in range(5):
        code = shop.payment_code()
        charge = terminal.charge(code.text, _AMOUNT)
        together = Barrier(4)

        def send(url: str, charge: Entry = charge, together: Barrier = together) -> EntryResult:
            together.wait(10)
            return terminal.submit(charge, to=url).results[0]

        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(send, [shop.hub.url, second.url] * 2))
        assert {result.status for result in results} == {Status.COMPLETED}
        assert len({result.decision for result in results}) == 1
        assert _taken(shop, code) == [("charge", "completed", _AMOUNT)]
    assert shop.hub.check()


@pytest.mark.xdist_group("two_nodes")
def test_one_code_at_two_nodes_at_once_pays_once(two_nodes: tuple[Shop, HubProcess]) -> None:
    shop, second = two_nodes
    terminals = [enrol_by_hand(shop.hub.url, shop.enrolment_code()) for _ in range(2)]
    for terminal in terminals:
        terminal.submit(terminal.entries[0])
    code = shop.payment_code()
    charges = [terminal.charge(code.text, _AMOUNT) for terminal in terminals]
    together = Barrier(2)

    def send(pair: tuple[HandTerminal, Entry, str]) -> EntryResult:
        terminal, charge, url = pair
        together.wait(10)
        return terminal.submit(charge, to=url).results[0]

    with ThreadPoolExecutor(2) as pool:
        pairs = zip(terminals, charges, [shop.hub.url, second.url], strict=True)
        results = list(pool.map(send, pairs))
    assert sorted(result.status for result in results) == [Status.COMPLETED, Status.DECLINED]
    refused = next(result for result in results if result.status is Status.DECLINED)
    assert refused.error is not None
    assert refused.error.code is Code.QR_ALREADY_USED
    assert len(_taken(shop, code)) == 1


def test_the_ledger_is_clean_after_all_this(shop: Shop) -> None:
    assert shop.hub.check()
