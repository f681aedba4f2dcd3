"""Killed at each step of a charge, the terminal loses no charge and doubles none; killed at each step, the hub neither.

faults.md 1 and 14. The programs are real processes and die by SIGKILL; what came of it is read from both databases.
"""

import json
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from hub_server.foundation.failpoints import Failpoint
from pos_app.command_line.app import run as run_pos
from pos_app.features.charging.outcomes import InDoubt, Paid
from pos_app.journal import failpoints
from shared.api.policy import Policy
from tests.fakes.line import Line, LineFault
from tests.log_rules import ExpectedLogs
from tests.system.processes import HubProcess, TerminalCommands, free_port
from tests.system.shop import CHEAP_HASHES, FundedCode, Shop
from tests.system.till import Till, enrol_here
from tests.system.witness import both_sides_agree, net_paid, own_charges, own_types, verified_journal

_AMOUNT: Final = "123.45"
_PAYABLE: Final = 12_345
_LATE_S: Final = 20.0
_SOON_MS: Final = 500
APPROVED: Final = 0

ONLINE: Final = (
    "before_charge_commit",
    "after_charge_commit",
    "before_send",
    "after_send_before_read",
    "after_answer_before_store",
    "after_decision_commit",
    "before_receipt",
    "after_receipt",
)
OFFLINE: Final = (
    "before_charge_commit",
    "after_charge_commit",
    "before_advice_commit",
    "after_advice_commit",
    "before_receipt",
    "after_receipt",
)
# A reversal is what the start after a crash writes.
AT_THE_NEXT_START: Final = ("before_reversal_commit", "after_reversal_commit")
# From here on the customer may have been told that it is paid.
STANDS: Final = ("after_decision_commit", "after_advice_commit", "before_receipt", "after_receipt")


@dataclass(frozen=True)
class Counter:
    """A terminal of real processes, enrolled and idle, and a member's code."""

    shop: Shop
    folder: Path
    code: FundedCode
    paper: Path

    def command(self, words: str, *arguments: str, failpoint: str = "") -> subprocess.CompletedProcess[str]:
        """One `mps-pos` command, killed at the failpoint."""
        environment = {"MPS_TEST_BUILD": "1", "MPS_FAILPOINT": failpoint} if failpoint else {}
        return TerminalCommands(self.folder).run(words, *arguments, **environment)

    def charge(self, failpoint: str = "") -> subprocess.CompletedProcess[str]:
        """`mps-pos charge`, with a receipt on the printer."""
        return self.command(
            "charge",
            *("--amount", _AMOUNT, "--code", self.code.text, "--printer", self.paper.as_uri(), "--json"),
            failpoint=failpoint,
        )

    def sync(self) -> dict[str, Any]:
        """`mps-pos sync`: the start after the crash, with the line there."""
        done = self.command("sync", "--json")
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    @property
    def net(self) -> int:
        """What the hub took from the card and kept."""
        return sum(row["payable"] - row["given_back"] for row in self.shop.charges_of(self.terminal_id))

    @property
    def terminal_id(self) -> str:
        """Whose journal it is."""
        return verified_journal(self.folder)[0].terminal_id


@pytest.fixture
def counter(shop: Shop, line: Line, tmp_path: Path) -> Counter:
    """Enrolled afresh, since a copied journal would be a fork; its first entry is settled, so that every failpoint is
    the charge's."""
    folder = tmp_path / "terminal"
    enrol_here(folder, line.url, shop.enrolment_code())
    with Till(folder) as till:
        till.wait_online()
    return Counter(shop, folder, shop.payment_code(), tmp_path / "paper.bin")


def _was_killed(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode == -signal.SIGKILL


def _nothing_lost_or_doubled(counter: Counter, killed_at: str, funds: int) -> None:
    both_sides_agree(counter.shop, counter.folder)
    assert len(own_charges(counter.folder)) <= 1
    assert counter.shop.balance(counter.code.card_no) == funds - counter.net
    if counter.paper.exists() and counter.paper.stat().st_size:
        assert counter.net == _PAYABLE, "a receipt was printed"
    assert counter.net == (_PAYABLE if killed_at in STANDS else 0)
    assert run_pos(["journal", "verify", "--data-dir", str(counter.folder)]) == 0


def test_every_failpoint_of_a_charge_has_its_case() -> None:
    assert {*ONLINE, *OFFLINE, *AT_THE_NEXT_START} == set(failpoints.ALL)


@pytest.mark.parametrize("killed_at", ONLINE)
def test_an_online_charge_survives_the_terminals_death(counter: Counter, killed_at: str) -> None:
    funds = counter.shop.balance(counter.code.card_no)
    killed = counter.charge(killed_at)
    assert _was_killed(killed), killed.stdout + killed.stderr
    assert not killed.stdout, "it said something before it was sure"
    assert counter.sync()["queue"]["depth"] == 0
    _nothing_lost_or_doubled(counter, killed_at, funds)


@pytest.mark.parametrize("killed_at", OFFLINE)
def test_an_offline_charge_survives_the_terminals_death(counter: Counter, line: Line, killed_at: str) -> None:
    funds = counter.shop.balance(counter.code.card_no)
    line.become(LineFault.REFUSE)
    killed = counter.charge(killed_at)
    assert _was_killed(killed), killed.stdout + killed.stderr
    line.become(LineFault.NONE)
    assert counter.sync()["queue"]["depth"] == 0
    stands = killed_at in STANDS or "advice" in own_types(counter.folder)
    _nothing_lost_or_doubled(counter, "after_advice_commit" if stands else killed_at, funds)


@pytest.mark.parametrize("killed_at", AT_THE_NEXT_START)
def test_a_second_death_while_the_first_is_mended_changes_nothing(counter: Counter, killed_at: str) -> None:
    funds = counter.shop.balance(counter.code.card_no)
    assert _was_killed(counter.charge("after_send_before_read"))
    again = counter.command("sync", "--json", failpoint=killed_at)
    assert _was_killed(again), again.stdout + again.stderr
    assert counter.sync()["queue"]["depth"] == 0
    assert own_types(counter.folder).count("reversal") == 1
    _nothing_lost_or_doubled(counter, killed_at, funds)


def test_the_same_code_charged_again_after_a_death_pays_once(counter: Counter) -> None:
    assert _was_killed(counter.charge("after_decision_commit"))
    again = counter.charge()
    assert again.returncode != APPROVED, again.stdout
    counter.sync()
    assert counter.net == _PAYABLE
    both_sides_agree(counter.shop, counter.folder)


def test_the_same_code_pays_after_a_death_that_was_reversed(counter: Counter) -> None:
    assert _was_killed(counter.charge("after_send_before_read"))
    again = counter.charge()
    assert again.returncode == APPROVED, again.stdout + again.stderr
    counter.sync()
    assert counter.net == _PAYABLE
    both_sides_agree(counter.shop, counter.folder)


def test_the_hubs_books_are_clean_after_all_this(shop: Shop) -> None:
    assert shop.hub.check()


@dataclass(frozen=True)
class MortalHub:
    """A hub of the test's own that is killed, and a line to it."""

    shop: Shop
    line: Line

    def restart(self, failpoint: str = "") -> None:
        """Serve again from what is on the disk."""
        environment = self.shop.hub.environment
        environment.pop("MPS_FAILPOINT", None)
        if failpoint:
            environment.update(MPS_TEST_BUILD="1", MPS_FAILPOINT=failpoint)
        self.shop.hub.start()


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MortalHub]:
    """Running, without a failpoint."""
    with Line(free_port()) as line:
        hub = HubProcess(
            tmp_path_factory.mktemp("mortal"),
            base_url=line.url,
            port=line.target_port,
            environment=dict(CHEAP_HASHES),
        )
        with hub:
            shop = Shop.open(hub)
            shop.set_policy(Policy(response_timeout_ms=_SOON_MS))
            yield MortalHub(shop, line)
            shop.close()


@pytest.mark.xdist_group("mortal_hub")
@pytest.mark.parametrize(
    "killed_at", [Failpoint.AFTER_LOCKS, Failpoint.BEFORE_COMMIT, Failpoint.AFTER_COMMIT]
)
def test_a_charge_survives_the_hubs_death_with_one_effect(
    mortal: MortalHub, tmp_path: Path, expected_logs: ExpectedLogs, killed_at: Failpoint
) -> None:
    expected_logs.allow("mps.pos", ".")
    shop = mortal.shop
    enrol_here(tmp_path, mortal.line.url, shop.enrolment_code())
    code = shop.payment_code()
    funds = shop.balance(code.card_no)
    with Till(tmp_path) as till:
        till.wait_online()
        shop.hub.kill()
        mortal.restart(killed_at)
        till.wait_online()
        charged = till.charge(code.text, _PAYABLE)
        shop.hub.wait_until_dead()
        assert isinstance(charged.outcome, InDoubt), charged.outcome
        mortal.restart()
        late = till.wait_late(_LATE_S)
        assert isinstance(late, Paid), late
        assert late.entry.entry_id == charged.outcome.entry.entry_id
        till.wait_online()
        assert net_paid(shop, till.id) == {late.entry.entry_id: _PAYABLE}
    assert shop.balance(code.card_no) == funds - _PAYABLE
    both_sides_agree(shop, tmp_path)
    assert shop.hub.check()
