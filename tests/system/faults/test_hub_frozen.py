"""faults.md 35: cards are frozen and members removed while terminals are offline.

What was approved before the terminal could know is honoured, at the issuer's risk; what it could know is refused, by
the terminal and by the hub; and the journal still proves itself.
"""

from pathlib import Path
from typing import Final

import httpx
import sqlalchemy as sa

from hub_server.cards.tables import cards
from pos_app.features.charging.outcomes import PaidOffline
from shared.journal_entries import Status
from shared.payment_code import read_payment_code
from shared.problems import Code, Refusal
from tests.builders.people import SignedUp, sign_up
from tests.fakes.line import Line, LineFault
from tests.log_rules import ExpectedLogs
from tests.system.faults.offices import Offices
from tests.system.hand_terminal import HandTerminal, enrol_by_hand
from tests.system.invariants import all_hold, hub_side_holds
from tests.system.shop import FundedCode, Shop
from tests.system.till import Till, enrol_here
from tests.system.witness import own_charges

_AMOUNT: Final = 12_345
_FUNDS: Final = 200_000
_LATE_S: Final = 20.0


def _new_member(shop: Shop, offices: Offices, number: int) -> SignedUp:
    """Somebody with money on a card: two people of the hub put it there."""
    with httpx.Client(base_url=shop.hub.url, timeout=_LATE_S) as client:
        member = sign_up(client, shop.context.settings, phone=f"09{shop.hub.port:05d}{number:03d}")
    offices.give(member.card_id, _FUNDS)
    return member


def _code_of(shop: Shop, member: SignedUp) -> FundedCode:
    url = f"{shop.hub.url}/api/v1/me/cards/{member.card_id}/payment-code"
    made = httpx.post(url, headers=member.headers, timeout=_LATE_S).raise_for_status().json()
    [row] = shop.read(sa.select(cards.c.card_no).where(cards.c.id == member.card_id))
    return FundedCode(card_no=row["card_no"], text=made["code"])


def _card_status(shop: Shop, card_no: str) -> str:
    [row] = shop.read(sa.select(cards.c.status).where(cards.c.card_no == card_no))
    return str(row["status"])


def test_what_was_approved_before_the_terminal_could_know_is_honoured_and_what_it_could_know_is_refused(
    shop: Shop, line: Line, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos", ".")
    offices = Offices.of(shop)
    stays_away, leaves_early = (_new_member(shop, offices, number) for number in range(2))
    lost, known_lost = shop.payment_code(), shop.payment_code()
    left, known_left = _code_of(shop, stays_away), _code_of(shop, leaves_early)
    enrol_here(tmp_path, line.url, shop.enrolment_code())
    hands = [_hand(shop) for _ in range(2)]
    with Till(tmp_path) as till:
        till.wait_online()
        offices.freeze(known_lost.card_no)
        offices.suspend_member(leaves_early.member_id)
        revoked = {_code_ref(shop, known_lost), _code_ref(shop, known_left)}
        till.row.wait(
            "heard of both", lambda _: revoked <= set(till.terminal.hub_copy.facts.revoked), _LATE_S
        )
        hands[1].make_contact()
        line.become(LineFault.REFUSE)
        till.wait_offline()
        for code in (known_lost, known_left):
            refused = till.read(code.text)
            assert isinstance(refused, Refusal), refused
            assert refused.code is Code.QR_REVOKED
        approved = {}
        for code in (lost, left):
            paid = till.charge(code.text, _AMOUNT).outcome
            assert isinstance(paid, PaidOffline), paid
            approved[paid.entry.entry_id] = _AMOUNT
        offices.freeze(lost.card_no)
        offices.suspend_member(stays_away.member_id)
        line.become(LineFault.NONE)
        till.wait_online()
    assert all(charge.is_paid for charge in own_charges(tmp_path))
    assert [_card_status(shop, code.card_no) for code in (lost, known_lost)] == ["frozen", "frozen"]
    assert shop.balance(left.card_no) == _FUNDS - _AMOUNT
    _the_contact_decides(shop, hands, known_lost, known_left)
    all_hold(shop, tmp_path, approved=approved)


def _hand(shop: Shop) -> HandTerminal:
    """One whose contact is from before the freezing."""
    made = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    made.submit(made.entries[0])
    made.make_contact()
    return made


def _code_ref(shop: Shop, code: FundedCode) -> str:
    return read_payment_code(code.text, shop.keys.verifiers).claims.code_ref


def _the_contact_decides(shop: Shop, hands: list[HandTerminal], *codes: FundedCode) -> None:
    """Of two terminals that say they approved the same codes, one knew of the revocations: nothing is paid by it."""
    unknowing, knowing = hands
    for code in codes:
        before = shop.balance(code.card_no)
        for terminal, paid in ((knowing, False), (unknowing, True)):
            charge = terminal.charge(code.text, _AMOUNT)
            first, advice = terminal.submit(charge, terminal.advice(charge, code.text)).results
            assert first.status is Status.DECLINED, first
            assert advice.status is (Status.COMPLETED if paid else Status.REJECTED), advice
            assert shop.balance(code.card_no) == before - (_AMOUNT if paid else 0)
    for terminal in hands:
        hub_side_holds(shop, terminal.id)
