"""The terminal's port to the hub: what it is told by the real hub over HTTP, and that the fake hub tells it alike.

Whatever a test of the terminal learns from the fake holds at a real hub only as far as these tests hold on both.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from pos_app.hub_client import (
    FeedComment,
    FeedEvent,
    HubPort,
    HubRefused,
    HubUnreachable,
    TerminalIdentity,
    Unreachable,
)
from pos_app.hub_client.http_hub import HttpHub
from shared.api.changes import PolicyChanged
from shared.api.journal import EntryResult, JournalResponse, SubmittedEntry
from shared.api.terminals import Enrolment, EnrolRequest
from shared.clock import SystemClock
from shared.ids import IdSource
from shared.journal_entries import Entry, GenesisData, ReversalReason, Status, verify_decision_on
from shared.problems import Code
from shared.signing import Ed25519Signer, PublicJwk
from tests.fakes.clock import ManualClock
from tests.fakes.hub import FakeHub
from tests.fakes.line import Line, LineFault
from tests.system.hand_terminal import HandTerminal
from tests.system.processes import free_port
from tests.system.shop import Shop

_TIMEOUT_MS = 10_000
_AMOUNT = 12_345
_VERSION = "1.0.0"
_CLOCK = SystemClock()


def _request(signer: Ed25519Signer, code: str) -> EnrolRequest:
    return EnrolRequest(
        enrolment_code=code,
        public_key=PublicJwk.of(signer.public_bytes),
        name="contract",
        app_version=_VERSION,
    )


@dataclass(frozen=True)
class Counter:
    """A terminal at one of the two hubs, and how a test makes it pay or refuse."""

    port: HubPort
    journal: HandTerminal
    new_code: Callable[[], str]
    decline_next: Callable[[], Code]
    poor_amount: int

    def send(self, *entries: Entry) -> JournalResponse:
        """Through the port."""
        texts = [SubmittedEntry(jws=entry.jws) for entry in entries]
        return self.port.submit(texts, _TIMEOUT_MS)

    def send_one(self, entry: Entry) -> EntryResult:
        """Its one result."""
        [result] = self.send(entry).results
        return result

    def is_signed(self, entry: Entry, result: EntryResult) -> bool:
        """Whether the decision verifies on this very entry and says the same."""
        assert result.decision is not None, result
        decision = verify_decision_on(result.decision, entry, self.port.jwks().hub_keys())
        return decision.status is result.status


def _http(url: str, identity: TerminalIdentity | None = None, audience: str | None = None) -> HttpHub:
    return HttpHub(
        url, clock=_CLOCK, new_id=IdSource(_CLOCK).new, identity=identity, audience=audience, language="en"
    )


@contextmanager
def _real(shop: Shop) -> Iterator[Counter]:
    signer = Ed25519Signer.generate()
    bare = _http(shop.hub.url)
    enrolment = bare.enrol(_request(signer, shop.enrolment_code()))
    bare.close()
    port = _http(shop.hub.url, TerminalIdentity(enrolment.terminal_id, signer))
    yield Counter(
        port=port,
        journal=HandTerminal(shop.hub.url, enrolment, signer),
        new_code=lambda: shop.payment_code().text,
        decline_next=lambda: Code.INSUFFICIENT_BALANCE,
        poor_amount=99_999_999,
    )
    port.close()


@contextmanager
def _fake() -> Iterator[Counter]:
    signer = Ed25519Signer.generate()
    # A moment ahead, so that what the journal writes is never after the hub's own time.
    hub = FakeHub(ManualClock(_CLOCK.now() + timedelta(seconds=5)))
    enrolment = hub.enrol(_request(signer, "AAAAA-AAAAA"))

    def decline_next() -> Code:
        hub.script.declines.append(Code.INSUFFICIENT_BALANCE)
        return Code.INSUFFICIENT_BALANCE

    yield Counter(
        port=hub,
        journal=HandTerminal("http://127.0.0.1", enrolment, signer),
        new_code=lambda: hub.mint.code(_CLOCK.now())[0],
        decline_next=decline_next,
        poor_amount=_AMOUNT,
    )
    hub.close()


@pytest.fixture(params=["real", "fake"])
def counter(request: pytest.FixtureRequest) -> Iterator[Counter]:
    """Enrolled, its genesis written and not sent."""
    made = _real(request.getfixturevalue("shop")) if request.param == "real" else _fake()
    with made as opened:
        data = GenesisData(terminal_id=opened.journal.id, app_version=_VERSION)
        opened.journal.write(data)
        yield opened


def test_the_first_entry_is_accepted_with_a_signed_decision(counter: Counter) -> None:
    genesis = counter.journal.entries[0]
    answer = counter.send(genesis)
    assert answer.results[0].status is Status.ACCEPTED
    assert counter.is_signed(genesis, answer.results[0])
    assert answer.verified_through == 0
    assert answer.hub_time >= counter.journal.enrolment.hub_time
    assert answer.incarnation == counter.journal.enrolment.incarnation


def test_a_charge_is_completed_and_its_transaction_is_the_decisions(counter: Counter) -> None:
    charge = counter.journal.charge(counter.new_code(), _AMOUNT)
    result = counter.send(counter.journal.entries[0], charge).results[1]
    assert (result.status, result.seq, result.id) == (Status.COMPLETED, charge.seq, charge.id)
    assert counter.is_signed(charge, result)
    assert result.transaction is not None
    assert result.decision is not None
    decision = verify_decision_on(result.decision, charge, counter.port.jwks().hub_keys())
    told = result.transaction
    assert (told.tx_no, told.payable, told.rate) == (decision.tx_no, decision.payable, decision.rate)
    assert (told.type, told.raw_amount, told.offline) == ("charge", _AMOUNT, False)


def test_an_entry_sent_again_is_answered_byte_for_byte(counter: Counter) -> None:
    charge = counter.journal.charge(counter.new_code(), _AMOUNT)
    first = counter.send(*counter.journal.entries)
    again = counter.send(*counter.journal.entries)
    assert again.results == first.results
    assert counter.send_one(charge).decision == first.results[1].decision


def test_a_declined_charge_says_why_and_is_signed(counter: Counter) -> None:
    counter.send(counter.journal.entries[0])
    code = counter.decline_next()
    charge = counter.journal.charge(counter.new_code(), counter.poor_amount)
    result = counter.send_one(charge)
    assert result.status is Status.DECLINED
    assert result.error is not None
    assert result.error.code is code
    assert result.transaction is None
    assert counter.is_signed(charge, result)


def test_a_late_charge_is_unconfirmed_until_its_advice_completes_it(counter: Counter) -> None:
    counter.send(counter.journal.entries[0])
    counter.journal.contact = counter.journal.enrolment.hub_time
    text = counter.new_code()
    late = counter.journal.charge(text, _AMOUNT, age_s=300)
    unconfirmed = counter.send_one(late)
    assert unconfirmed.status is Status.UNCONFIRMED
    assert unconfirmed.decision is None
    assert counter.send_one(late).decision is None


def test_an_advice_settles_its_charge_as_offline(counter: Counter) -> None:
    counter.send(counter.journal.entries[0])
    text = counter.new_code()
    charge = counter.journal.charge(text, _AMOUNT)
    advice = counter.journal.advice(charge, text)
    assert counter.send_one(advice).status is Status.PENDING
    counter.send(charge)
    settled = counter.send(charge, advice)
    for entry, result in zip((charge, advice), settled.results, strict=True):
        assert result.status is Status.COMPLETED
        assert counter.is_signed(entry, result)
        assert result.transaction is not None
        assert result.transaction.payable == _AMOUNT


def test_a_reversal_undoes_a_charge_and_the_charges_decision_stays(counter: Counter) -> None:
    counter.send(counter.journal.entries[0])
    charge = counter.journal.charge(counter.new_code(), _AMOUNT)
    decided = counter.send_one(charge)
    reversal = counter.journal.reversal(charge, ReversalReason.CRASH)
    result = counter.send_one(reversal)
    assert result.status is Status.REVERSED
    assert counter.is_signed(reversal, result)
    assert counter.send_one(charge).decision == decided.decision


def test_a_charge_after_its_reversal_ends_reversed(counter: Counter) -> None:
    counter.send(counter.journal.entries[0])
    charge = counter.journal.charge(counter.new_code(), _AMOUNT)
    reversal = counter.journal.reversal(charge)
    assert counter.send_one(reversal).status is Status.PENDING
    counter.send(charge)
    statuses = [result.status for result in counter.send(charge, reversal).results]
    assert statuses == [Status.REVERSED, Status.REVERSED]


def test_results_stand_in_the_order_of_the_request(counter: Counter) -> None:
    counter.journal.charge(counter.new_code(), _AMOUNT)
    counter.journal.charge(counter.new_code(), _AMOUNT)
    mixed = [counter.journal.entries[n] for n in (2, 0, 1)]
    answer = counter.send(*mixed)
    assert [result.id for result in answer.results] == [entry.id for entry in mixed]
    assert answer.verified_through == 2


def test_a_probe_is_answered(counter: Counter) -> None:
    told = counter.port.probe(_TIMEOUT_MS)
    assert told is None or abs(told - _CLOCK.now()) < timedelta(minutes=1)


# What only a real hub can be asked.


@pytest.fixture
def real(shop: Shop) -> Iterator[Counter]:
    """A terminal at the real hub."""
    with _real(shop) as opened:
        opened.journal.write(GenesisData(terminal_id=opened.journal.id, app_version=_VERSION))
        opened.send(opened.journal.entries[0])
        yield opened


def test_enrolling_again_with_the_same_key_gives_the_same_terminal(shop: Shop) -> None:
    code, signer = shop.enrolment_code(), Ed25519Signer.generate()
    port = _http(shop.hub.url)
    first, again = port.enrol(_request(signer, code)), port.enrol(_request(signer, code))
    port.close()
    same = ("terminal_id", "terminal_no", "certificate", "hub", "jwks", "staff")
    assert [getattr(first, name) for name in same] == [getattr(again, name) for name in same]


def test_a_used_enrolment_code_is_refused_to_another_key(shop: Shop) -> None:
    code = shop.enrolment_code()
    port = _http(shop.hub.url)
    port.enrol(_request(Ed25519Signer.generate(), code))
    with pytest.raises(HubRefused) as refused:
        port.enrol(_request(Ed25519Signer.generate(), code))
    port.close()
    assert refused.value.refusal.code is Code.ENROLMENT_CODE_INVALID


def test_an_unknown_enrolment_code_is_refused(shop: Shop) -> None:
    port = _http(shop.hub.url)
    with pytest.raises(HubRefused) as refused:
        port.enrol(_request(Ed25519Signer.generate(), "ZZZZZZZZZZ"))
    port.close()
    assert refused.value.refusal.code is Code.ENROLMENT_CODE_INVALID
    assert refused.value.problem.request_id


def test_a_code_that_this_hub_never_made_is_rejected(real: Counter) -> None:
    other = FakeHub(ManualClock(_CLOCK.now()))
    text, _ = other.mint.code(_CLOCK.now())
    keys = other.jwks()
    forger = HandTerminal(
        real.journal.hub_url,
        real.journal.enrolment.model_copy(update={"jwks": keys}),
        real.journal.signer,
        real.journal.entries,
    )
    result = real.send_one(forger.charge(text, _AMOUNT))
    assert result.status in (Status.DECLINED, Status.REJECTED)
    assert result.error is not None
    assert result.error.code is Code.INVALID_QR
    assert real.is_signed(forger.entries[-1], result)


def test_a_tampered_entry_is_rejected_unsigned_and_the_true_one_goes_through(real: Counter) -> None:
    charge = real.journal.charge(real.new_code(), _AMOUNT)
    tampered = charge.jws[:-6] + ("AAAAAA" if charge.jws[-6:] != "AAAAAA" else "BBBBBB")
    [refused] = real.port.submit([SubmittedEntry(jws=tampered)], _TIMEOUT_MS).results
    assert refused.status is Status.REJECTED
    assert refused.error is not None
    assert refused.error.code is Code.INVALID_SIGNATURE
    assert (refused.seq, refused.id, refused.decision) == (None, None, None)
    assert real.send_one(charge).status is Status.COMPLETED


def test_another_terminals_entry_is_no_entry_of_this_one(shop: Shop, real: Counter) -> None:
    with _real(shop) as other:
        genesis = other.journal.write(GenesisData(terminal_id=other.journal.id, app_version=_VERSION))
        [refused] = real.port.submit([SubmittedEntry(jws=genesis.jws)], _TIMEOUT_MS).results
        assert refused.status is Status.REJECTED
        assert refused.decision is None
        assert other.send_one(genesis).status is Status.ACCEPTED


def test_the_feed_gives_contact_at_once_and_skips_nothing_after_a_break(shop: Shop, real: Counter) -> None:
    enrolment: Enrolment = real.journal.enrolment
    cursor = _contact(real, enrolment.cursor)
    first = shop.set_policy(enrolment.policy)
    second = shop.set_policy(enrolment.policy)
    seen, after_first = _policies(real, cursor, second.version)
    assert [version for version in seen if version >= first.version] == [first.version, second.version]
    again, _ = _policies(real, after_first[first.version], second.version)
    assert again == [second.version]


def _contact(counter: Counter, cursor: str) -> str:
    feed = counter.port.changes(0, cursor)
    for item in feed:
        if isinstance(item, FeedComment):
            assert item.hub_time >= counter.journal.enrolment.hub_time
            break
        cursor = item.cursor
    feed.cancel()
    return cursor


def _policies(counter: Counter, cursor: str, last: int) -> tuple[list[int], dict[int, str]]:
    """The versions of the policy that the feed tells from the cursor on, and the cursor after each."""
    versions: list[int] = []
    cursors: dict[int, str] = {}
    feed = counter.port.changes(0, cursor)
    for item in feed:
        if isinstance(item, FeedEvent) and item.kind == "policy":
            version = PolicyChanged.model_validate_json(item.data).policy.version
            versions.append(version)
            cursors[version] = item.cursor
            if version == last:
                break
    feed.cancel()
    return versions, cursors


def test_a_line_that_refuses_says_that_nothing_was_sent(real: Counter) -> None:
    port = _http(f"http://127.0.0.1:{free_port()}", TerminalIdentity(real.journal.id, real.journal.signer))
    with pytest.raises(HubUnreachable) as unreachable:
        port.submit([SubmittedEntry(jws=real.journal.entries[0].jws)], _TIMEOUT_MS)
    port.close()
    assert unreachable.value.kind is Unreachable.REFUSED


def test_a_line_that_loses_replies_never_says_that_nothing_was_sent(shop: Shop, real: Counter) -> None:
    with Line(shop.hub.port) as line:
        port = _http(line.url, TerminalIdentity(real.journal.id, real.journal.signer), shop.hub.url)
        port.submit([SubmittedEntry(jws=real.journal.entries[0].jws)], _TIMEOUT_MS)
        charge = real.journal.charge(real.new_code(), _AMOUNT)
        line.become(LineFault.LOSE_REPLIES)
        with pytest.raises(HubUnreachable) as unreachable:
            port.submit([SubmittedEntry(jws=charge.jws)], 1_000)
        port.close()
    assert unreachable.value.kind is not Unreachable.REFUSED
    assert real.send_one(charge).status is Status.COMPLETED
