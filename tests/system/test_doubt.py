"""No broken answer is ever shown as paid or declined, and what was in doubt ends the same way on both sides."""

from pathlib import Path

import pytest

from pos_app.bootstrap import MakeHub
from pos_app.features.charging.outcomes import GivenUp, InDoubt, NotPaid, Paid, PaidOffline
from pos_app.hub_client import HubPort, TerminalIdentity
from pos_app.hub_client.http_hub import HttpHub
from shared.api.policy import Policy
from shared.clock import Clock, SystemClock
from shared.ids import IdSource
from shared.problems import Code
from tests.fakes.line import Line, LineFault
from tests.log_rules import ExpectedLogs
from tests.system import spoiler as spoilers
from tests.system.shop import Shop
from tests.system.spoiler import Spoil, Spoiler
from tests.system.till import Till, enrol_here
from tests.system.witness import both_sides_agree, own_charges, own_types

_AMOUNT = 100
_LATE_S = 15.0


@pytest.fixture
def impatient(shop: Shop, policy: Policy) -> None:
    """Half a second to answer, so that doubt comes soon."""
    shop.set_policy(policy.model_copy(update={"response_timeout_ms": 500}))


@pytest.mark.usefixtures("impatient")
def test_in_doubt_is_approved_by_the_cashier_and_settles_once_the_line_is_back(
    shop: Shop, line: Line, till: Till
) -> None:
    code = shop.payment_code()
    line.become(LineFault.SWALLOW)
    charged = till.charge(code.text, _AMOUNT)
    if isinstance(charged.outcome, InDoubt):
        assert charged.outcome.offline.refusal is None
        approved = till.terminal.desk.approve_offline(charged.outcome.entry.entry_id, None)
        assert isinstance(approved, PaidOffline)
    line.become(LineFault.NONE)
    till.wait_online()
    [charge] = own_charges(till.folder)
    assert charge.is_paid
    both_sides_agree(shop, till.folder)
    assert len(shop.movements(code.card_no)) == 1


@pytest.mark.usefixtures("impatient")
def test_a_charge_given_up_in_doubt_is_undone_at_the_hub(shop: Shop, line: Line, till: Till) -> None:
    code = shop.payment_code()
    before = shop.balance(code.card_no)
    line.become(LineFault.LOSE_REPLIES)
    charged = till.charge(code.text, _AMOUNT)
    assert isinstance(charged.outcome, InDoubt), charged.outcome
    assert isinstance(till.terminal.desk.give_up(charged.outcome.entry.entry_id), GivenUp)
    line.become(LineFault.NONE)
    till.wait_online()
    assert shop.balance(code.card_no) == before
    both_sides_agree(shop, till.folder)


def test_over_the_offline_count_nothing_is_approved_and_nothing_written(
    shop: Shop, line: Line, policy: Policy, tmp_path: Path
) -> None:
    offline = policy.offline.model_copy(update={"max_count": 1})
    shop.set_policy(policy.model_copy(update={"offline": offline}))
    enrol_here(tmp_path, line.url, shop.enrolment_code())
    first, second = shop.payment_code(), shop.payment_code()
    with Till(tmp_path) as till:
        till.wait_online()
        till.row.wait("the policy", lambda status: status.meter.left_count == 1, _LATE_S)
        line.become(LineFault.REFUSE)
        till.wait_offline()
        assert isinstance(till.charge(first.text, _AMOUNT).outcome, PaidOffline)
        written = own_types(tmp_path)
        refused = till.charge(second.text, _AMOUNT).outcome
        assert isinstance(refused, NotPaid), refused
        assert refused.refusal.code is Code.OFFLINE_LIMIT_EXCEEDED
        assert refused.entry is None
        assert own_types(tmp_path) == written


SPOILED: dict[str, tuple[Spoil, bool]] = {
    "500 with a page": (spoilers.page(500), False),
    "502 with a page, decided": (spoilers.page(502), True),
    "200 with a captive portal's page": (spoilers.page(200), False),
    "403 with a page": (spoilers.page(403), False),
    "500 as a problem, decided": (spoilers.problem("INTERNAL_ERROR", 500), True),
    "503 as a problem": (spoilers.problem("SYSTEM_BUSY", 503, 1), False),
    "409 with a decline's code": (spoilers.problem("INSUFFICIENT_BALANCE", 409), False),
    "half an answer": (spoilers.cut, True),
    "no answer of ours": (spoilers.garbage, True),
    "an answer about nothing": (spoilers.no_results, True),
    "a decline that nobody signed": (spoilers.unsigned_decline, True),
    "a decline with a broken signature": (spoilers.foreign_decline, True),
}


def _through(spoiler: Spoiler) -> MakeHub:
    def make(address: str, clock: Clock, identity: TerminalIdentity | None) -> HubPort:
        ids = IdSource(SystemClock())
        return HttpHub(spoiler.url, clock=clock, new_id=ids.new, identity=identity, audience=address)

    return make


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", SPOILED)
def test_a_spoiled_answer_is_never_paid_or_declined(
    shop: Shop, line: Line, tmp_path: Path, expected_logs: ExpectedLogs, kind: str
) -> None:
    expected_logs.allow("mps.pos", ".")
    spoil, reaches_hub = SPOILED[kind]
    enrol_here(tmp_path, line.url, shop.enrolment_code())
    code = shop.payment_code()
    with Spoiler(shop.hub.url) as spoiler, Till(tmp_path, _through(spoiler)) as till:
        till.wait_online()
        spoiler.spoil, spoiler.reaches_hub = spoil, reaches_hub
        outcome = till.charge(code.text, _AMOUNT).outcome
        assert spoiler.asked
        if isinstance(outcome, NotPaid | GivenUp):
            assert "reversal" in own_types(tmp_path), outcome
        else:
            assert isinstance(outcome, InDoubt | PaidOffline), outcome
        spoiler.spoil = None
        if isinstance(outcome, InDoubt):
            assert isinstance(till.wait_late(_LATE_S), Paid)
        till.wait_online()
    assert own_types(tmp_path).count("charge") == 1
    both_sides_agree(shop, tmp_path)


@pytest.mark.usefixtures("impatient")
def test_a_hub_that_takes_no_payments_ends_the_charge_with_a_reversal(
    shop: Shop, line: Line, tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.allow("mps.pos", ".")
    enrol_here(tmp_path, line.url, shop.enrolment_code())
    code = shop.payment_code()
    with Spoiler(shop.hub.url) as spoiler, Till(tmp_path, _through(spoiler)) as till:
        till.wait_online()
        spoiler.spoil, spoiler.reaches_hub = spoilers.problem("SERVICE_SUSPENDED", 503, 1), False
        outcome = till.charge(code.text, _AMOUNT).outcome
        assert isinstance(outcome, GivenUp), outcome
        assert outcome.because is not None
        assert outcome.because.code is Code.SERVICE_SUSPENDED
        assert own_types(tmp_path)[-1] == "reversal"
        spoiler.spoil = None
        till.wait_online()
    both_sides_agree(shop, tmp_path)
