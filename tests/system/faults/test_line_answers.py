"""faults.md 10, 11, 12: answers lost after the commit, the same entry at two nodes at once, the later before the earlier.

The terminal is written by hand and shares no code with the program, the line is a proxy, the hubs are real processes.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpx
import pytest

from shared.api.journal import JournalResponse
from shared.journal_entries import Entry, RefundData, Status
from tests.injectors.tcp_proxy import Line, Weather
from tests.system.hand_terminal import HandTerminal, enrol_by_hand
from tests.system.invariants import books_are_sound, hub_side_holds
from tests.system.processes import HubProcess
from tests.system.shop import Shop

_AMOUNT: Final = 12_345
_BACK: Final = 345
_LATE_S: Final = 600
_PATIENCE_S: Final = 20
CUT_AT: Final = (0, 500)
"""Bytes of the answer that arrive: none, or its head and a part of its body."""
ROUNDS: Final = 4


@pytest.fixture
def terminal(shop: Shop) -> HandTerminal:
    """A terminal whose genesis the hub has."""
    return _enrolled(shop)


@pytest.fixture
def line(shop: Shop) -> Iterator[Line]:
    """A line of the test's own, past the one that the others use."""
    with Line(shop.hub.port) as made:
        yield made


def _enrolled(shop: Shop) -> HandTerminal:
    made = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    made.submit(made.entries[0])
    made.make_contact()  # which knows of the shop's managers, who approve refunds
    return made


def _refund(shop: Shop, terminal: HandTerminal, charge: Entry) -> Entry:
    manager = next(person["id"] for person in shop.demo["staff"] if person["role"] == "store_manager")
    data = RefundData(charge=charge.id, amount=_BACK, reason="broken", cashier="hand", approved_by=manager)
    return terminal.write(data)


def _story(shop: Shop, terminal: HandTerminal) -> tuple[list[Entry], dict[str, int]]:
    """Every kind of entry that moves money, in order; and what is to be gone from each card by its end."""
    paid, given_up, late, poor = (shop.payment_code() for _ in range(4))
    charge = terminal.charge(paid.text, _AMOUNT)
    undone = terminal.charge(given_up.text, _AMOUNT)
    declined = terminal.charge(poor.text, shop.balance(poor.card_no) + 1)
    old = terminal.charge(late.text, _AMOUNT, age_s=_LATE_S)
    written = [charge, _refund(shop, terminal, charge), undone, terminal.reversal(undone), declined, old]
    gone = {paid.card_no: _AMOUNT - _BACK, given_up.card_no: 0, poor.card_no: 0, late.card_no: 0}
    return [*written, terminal.reversal(old)], gone


def _spent(shop: Shop, codes: dict[str, int]) -> dict[str, int]:
    return {
        card_no: sum(
            -m["payable"] if m["kind"] != "charge" else m["payable"] for m in shop.movements(card_no)
        )
        for card_no in codes
    }


def _decisions(answer: JournalResponse) -> list[str | None]:
    return [result.decision for result in answer.results]


@pytest.mark.parametrize("arrives", CUT_AT)
def test_an_answer_lost_after_the_commit_is_the_same_when_asked_again(
    shop: Shop, terminal: HandTerminal, line: Line, arrives: int
) -> None:
    entries, gone = _story(shop, terminal)
    for entry in entries:
        line.become(Weather(reply_bytes=arrives))
        with pytest.raises(httpx.TransportError):
            terminal.submit(entry, to=line.url)
        kept = {row["seq"]: row for row in shop.entries_of(terminal.id)}.get(entry.seq)
        assert kept is not None, "the hub had not committed"
        assert kept["jws"] == entry.jws
        line.become(Weather())
        [again] = terminal.submit(entry, to=line.url).results
        assert again.decision == kept["decision"]
    assert _spent(shop, gone) == gone
    terminal.submit(*entries)
    assert _spent(shop, gone) == gone
    hub_side_holds(shop, terminal.id)
    books_are_sound(shop)


def test_a_merchants_charge_whose_answer_was_lost_is_the_same_when_asked_again(
    shop: Shop, line: Line
) -> None:
    code = shop.payment_code()
    body = {"code": code.text, "amount": _AMOUNT, "currency": "TWD"}
    headers = {
        "Authorization": f"Bearer {shop.demo['merchant']['api_key']}",
        "Idempotency-Key": f"lost-{code.card_no}",
    }
    told: list[bytes] = []
    for arrives in (*CUT_AT, None, None):
        line.become(Weather(reply_bytes=arrives))
        with httpx.Client(timeout=_PATIENCE_S) as client:
            try:
                answer = client.post(f"{line.url}/api/v1/charges", headers=headers, json=body)
            except httpx.TransportError:
                assert arrives is not None
                continue
        assert answer.status_code == 200, answer.text
        told.append(answer.content)
    assert len(told) == 2
    assert told[0] == told[1]
    assert [m["payable"] for m in shop.movements(code.card_no)] == [_AMOUNT]
    books_are_sound(shop)


@pytest.mark.xdist_group("two_nodes")
def test_the_same_entries_at_two_nodes_at_once_have_one_effect_and_one_answer(
    two_nodes: tuple[Shop, HubProcess],
) -> None:
    shop, second = two_nodes
    terminal = _enrolled(shop)
    moved: dict[str, int] = {}
    with Line(shop.hub.port) as line:
        line.become(Weather(copy_to=second.port))
        for number in range(1, ROUNDS + 1):
            entries, gone = _story(shop, terminal)
            moved |= gone
            arrived = line.hold()
            with ThreadPoolExecutor(1) as pool:
                asked = pool.submit(terminal.submit, *entries, to=line.url)
                assert arrived.wait(_PATIENCE_S)
                line.release()
                first = asked.result(_PATIENCE_S)
            copy = JournalResponse.model_validate_json(line.wait_for_copies(number)[-1])
            assert None not in _decisions(first)
            assert _decisions(copy) == _decisions(first)
            assert terminal.submit(*entries, to=second.url).results == terminal.submit(*entries).results
    assert _spent(shop, moved) == moved
    hub_side_holds(shop, terminal.id)
    books_are_sound(shop)


def test_a_later_entry_is_decided_before_an_earlier_one_and_the_chain_waits_for_it(
    shop: Shop, terminal: HandTerminal, line: Line
) -> None:
    codes = [shop.payment_code() for _ in range(3)]
    first, second, third = (terminal.charge(code.text, _AMOUNT) for code in codes)
    refund, reversal = _refund(shop, terminal, first), terminal.reversal(first)
    genesis = terminal.entries[0].seq
    arrived = line.hold()
    with ThreadPoolExecutor(1) as pool:
        held_up = pool.submit(terminal.submit, first, to=line.url)
        assert arrived.wait(_PATIENCE_S)
        overtaking = terminal.submit(third, refund, reversal, to=line.url)
        statuses = [result.status for result in overtaking.results]
        assert statuses == [Status.COMPLETED, Status.PENDING, Status.PENDING]
        assert overtaking.verified_through == genesis
        assert terminal.submit(second, to=line.url).verified_through == genesis
        line.release()
        caught_up = held_up.result(_PATIENCE_S)
    assert caught_up.verified_through == reversal.seq
    assert {result.status for result in terminal.submit(*terminal.entries).results} <= {
        Status.ACCEPTED,
        Status.COMPLETED,
        Status.REVERSED,
        Status.DECLINED,
    }
    assert _spent(shop, {code.card_no: 0 for code in codes}) == dict(
        zip((code.card_no for code in codes), (0, _AMOUNT, _AMOUNT), strict=True)
    )
    hub_side_holds(shop, terminal.id)
    books_are_sound(shop)
