"""A hub that is lost with everything since its backup, and what its terminals bring back (faults.md 20; protocol.md 5)."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from hub_server.cards.tables import cards
from hub_server.transactions.tables import transactions
from pos_app.features.charging.outcomes import Paid, PaidOffline
from pos_app.syncing.line import LineState
from shared.api.policy import Policy
from shared.journal_entries import Entry, Status
from tests.log_rules import ExpectedLogs
from tests.system.hand_terminal import HandTerminal, enrol_by_hand
from tests.system.processes import HubProcess
from tests.system.shop import CHEAP_HASHES, FundedCode, Shop
from tests.system.till import Till, enrol_here

JUMP = 1_000_000
_WINDOW_S, _LATE_S = 20, 40
_RETURN_S = 60.0
_ANEW = ("id", "original_id")


def test_terminals_that_went_on_bring_a_restored_hub_back_to_the_number(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    # Its terminals hear of a line that broke, and of what the restored hub lacks.
    expected_logs.allow("mps.pos", "")
    with ExitStack() as held:
        hub = HubProcess(tmp_path / "hub", environment=CHEAP_HASHES).start()
        held.callback(hub.stop)
        shop = Shop.open(hub)
        till, stall = (_terminal(shop) for _ in range(2))
        codes, unseen = shop.load(10), shop.load(1)[0]
        shop.set_policy(Policy(live_window_s=_WINDOW_S))
        _ask(till, till.charge(codes[0].text, 10_100))
        saved = _backed_up(hub, tmp_path, till)
        # All this happens after the backup, and dies with the hub.
        young, unsent = _go_on(shop, till, stall, codes)
        enrol_here(tmp_path / "till", hub.url, shop.enrolment_code())
        program = held.enter_context(Till(tmp_path / "till")).wait_online()
        online = program.charge(codes[9].text, 2_500).outcome
        assert isinstance(online, Paid), online
        by_merchant = _charge_by_merchant(shop, codes[8], 4_000)
        before, balances = _book(shop), _balances(shop)
        shop.close()
        offline = _lose_and_restore(hub, program, unseen, saved)
        shop = Shop.open(hub)
        held.callback(shop.close)
        assert before.keys() - _book(shop).keys(), "the copy knows nothing of what came after it"

        # The one that was enrolled last comes first: its refund waits for the other's charge.
        for terminal in (young, stall, till):
            terminal.forget_token()
            terminal.submit_with_decisions(*terminal.entries)
        # The program does all that by itself: its certificate, what it said before, and what it approved meanwhile.
        program.row.wait("all said", lambda s: s.state is LineState.ONLINE and not s.waiting, _RETURN_S)
        last = [terminal.submit_with_decisions(*terminal.entries) for terminal in (till, stall, young)]

        answered = {result.status for response in last for result in response.results}
        assert answered <= {Status.ACCEPTED, Status.COMPLETED, Status.REVERSED}
        after = _book(shop)
        # What terminals cannot bring back: the runbook leaves it to the merchant's system and a person.
        assert before.keys() - after.keys() == {by_merchant}
        new = after.keys() - before.keys()
        assert {number: row for number, row in after.items() if number not in new} == {
            number: row for number, row in before.items() if number != by_merchant
        }
        # What had never reached the lost hub is decided now, by a number that was never given.
        assert {after[number]["entry_id"] for number in new} == {unsent.id, offline.entry.entry_id}
        assert all(int(number[3:]) > JUMP for number in new)
        differing = {codes[8].card_no: -4_000, codes[7].card_no: 6_000, unseen.card_no: 1_200}
        assert {no: sum_ + differing.get(no, 0) for no, sum_ in _balances(shop).items()} == balances
        assert hub.check()["clean"]


def _go_on(
    shop: Shop, till: HandTerminal, stall: HandTerminal, codes: Sequence[FundedCode]
) -> tuple[HandTerminal, Entry]:
    """Charges, reversals and refunds, live and by advice, also at a new terminal; that, and a charge nobody sent."""
    manager = next(person["id"] for person in shop.demo["staff"] if person["role"] == "store_manager")
    for terminal in (till, stall):
        terminal.contact = terminal.submit(terminal.entries[0]).hub_time
    kept, undone, returned = (till.charge(code.text, 20_000) for code in codes[1:4])
    _ask(till, kept, undone, returned)
    _ask(till, till.reversal(undone), till.refund(returned, 5_000, approved_by=manager))
    advised: list[Entry] = []
    for code in codes[4:6]:
        charge = stall.charge(code.text, 7_000, age_s=_LATE_S)
        advised += [charge, stall.advice(charge, code.text)]
    _ask(stall, *advised)
    _ask(stall, stall.reversal(advised[0]))
    young = _terminal(shop)
    _ask(young, young.charge(codes[6].text, 3_000), young.refund(kept, 1_500, approved_by=manager))
    unsent = stall.charge(codes[7].text, 6_000)
    stall.advice(unsent, codes[7].text)
    return young, unsent


def _lose_and_restore(hub: HubProcess, program: Till, unseen: FundedCode, saved: Path) -> PaidOffline:
    """The hub dies with its disk; a customer is served meanwhile; the copy is put back."""
    hub.kill()
    for file in hub.folder.glob("hub.sqlite*"):
        file.unlink()
    program.wait_offline()
    offline = program.charge(unseen.text, 1_200).outcome
    assert isinstance(offline, PaidOffline), offline
    done = hub.run("restore", str(saved))
    assert done.returncode == 0, done.stderr
    hub.start()
    return offline


def _terminal(shop: Shop) -> HandTerminal:
    """A new one; its contact is later than all that its shop was told of before."""
    made = enrol_by_hand(shop.hub.url, shop.enrolment_code())
    answer = made.submit(made.entries[0])
    assert [result.status for result in answer.results] == [Status.ACCEPTED]
    made.contact = answer.hub_time
    return made


def _ask(terminal: HandTerminal, *entries: Entry) -> None:
    """Send entries, and again until each has its answer: a charge that came late is settled by its advice."""
    terminal.submit(*entries)
    results = terminal.submit(*entries).results
    assert {result.status for result in results} <= {Status.COMPLETED, Status.REVERSED}, results


def _backed_up(hub: HubProcess, folder: Path, terminal: HandTerminal) -> Path:
    """A copy made while the hub serves; the terminal is told by the feed how far its journal is in it."""
    saved = folder / "saved.mpsbackup"
    done = hub.run("backup", str(saved))
    assert done.returncode == 0, done.stderr
    with terminal.feed() as lines:
        next(line for line in lines if line == "event: covered")
        assert next(lines) == 'data: {"seq":1}'
    return saved


def _charge_by_merchant(shop: Shop, code: FundedCode, amount: int) -> str:
    """A charge of a till that keeps no journal; its number."""
    answer = httpx.post(
        f"{shop.hub.url}/api/v1/charges",
        json={"code": code.text, "amount": amount, "currency": "TWD"},
        headers={"Authorization": f"Bearer {shop.demo['merchant']['api_key']}", "Idempotency-Key": "lost-1"},
        timeout=20,
    )
    number: str = answer.raise_for_status().json()["tx_no"]
    return number


def _book(shop: Shop) -> dict[str, dict[str, Any]]:
    """Every transaction by its number."""
    rows = shop.read(sa.select(transactions))
    numbers = {row["id"]: row["tx_no"] for row in rows}
    return {
        row["tx_no"]: {name: value for name, value in row.items() if name not in _ANEW}
        | {"of": numbers.get(row["original_id"])}
        for row in rows
    }


def _balances(shop: Shop) -> dict[str, int]:
    return {row["card_no"]: row["balance"] for row in shop.read(sa.select(cards))}
