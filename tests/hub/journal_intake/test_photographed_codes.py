"""A cashier has photographed a member's code and charges it behind the member's back, offline (faults.md, attackers).

Each way of dating, repeating or rewriting such a charge is refused, and moves nothing; the same charge without the
trick is honoured, so that each is refused for its trick alone.
"""

from collections.abc import Callable
from datetime import timedelta

from hub_server.journal_intake import EntryOutcome
from shared.api.policy import OfflinePolicy, Policy
from shared.journal_entries import ChargeData, Entry, ShiftOpenData, Status
from shared.payment_code import PaymentCode
from shared.problems import Code
from shared.signing import Ed25519Signer, to_base64url
from tests.builders.counter import Counter
from tests.builders.hub_rows import HubRows
from tests.fakes.clock import ManualClock

NewCounter = Callable[..., Counter]
Trick = Callable[[Counter, PaymentCode, ManualClock], Entry]

LIMIT = 50_000
LIFE_S = 900
PAID = 1_000
MINUTE_MS = 60_000
LEFT = timedelta(minutes=5)
"""How long the code is good for after it was photographed."""
LONGEST = timedelta(minutes=20)
"""How long the policy lets a terminal approve after its last contact."""


def honest(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """While the code is good and the line is down: this one is honoured."""
    clock.advance(2 * MINUTE_MS)
    return counter.journal.charge(code, PAID)


def after_its_end(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """As it is, when it is no longer good."""
    clock.advance(7 * MINUTE_MS)
    return counter.journal.charge(code, PAID)


def dated_back_behind_later_entries(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """Written after the code's end, dated before it, after an entry with the true time."""
    good = clock.now()
    clock.advance(7 * MINUTE_MS)
    counter.journal.add(ShiftOpenData(cashier="c", shift="s"))
    return counter.journal.charge(code, PAID, at=good)


def dated_back_behind_a_later_contact(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """Dated before the code's end, when the terminal has had contact since."""
    good = clock.now()
    clock.advance(7 * MINUTE_MS)
    counter.rows.contact(counter.terminal_id, clock.now() - timedelta(seconds=1), clock.now())
    counter.journal.contact = clock.now()
    return counter.journal.charge(code, PAID, at=good)


def under_a_contact_that_never_was(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """With a contact made up for it, at a time when the line was down."""
    clock.advance(3 * MINUTE_MS)
    counter.journal.contact = clock.now()
    return counter.journal.charge(code, PAID)


def dated_ahead(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """Dated later than the hub's own time."""
    return counter.journal.charge(code, PAID, at=clock.now() + timedelta(minutes=4))


def a_second_time(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """After the member's own charge with it, at the same terminal."""
    clock.advance(MINUTE_MS)
    counter.submit(*counter.journal.entries, counter.journal.charge(code, PAID))
    clock.advance(MINUTE_MS)
    return counter.journal.charge(code, PAID)


def long_after_the_last_contact(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """With a code that is good for an hour, at a terminal that was kept away from its line."""
    clock.advance(int(LONGEST.total_seconds()) * 1000 + MINUTE_MS)
    hour = counter.rows.code(counter.rows.card(), ttl_s=3_600, age_s=0)
    return counter.journal.charge(hour, PAID)


def more_than_the_code_allows(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """For more than any code of that card is good for offline."""
    clock.advance(MINUTE_MS)
    return counter.journal.charge(code, LIMIT + 1)


def with_a_proof_of_the_members_own_charge(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """Without the secret: certificate and proof are copied out of the journal, the charge is another."""
    clock.advance(MINUTE_MS)
    own = counter.journal.charge(code, PAID)
    counter.submit(*counter.journal.entries)
    counter.journal.reversal(own)
    assert isinstance(own.data, ChargeData)
    return counter.journal.charge(code, PAID, proof=own.data.proof)


def for_another_amount_than_proved(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """The member proved 10.00; the entry says 400.00."""
    clock.advance(MINUTE_MS)
    proved = counter.journal.charge(code, PAID)
    counter.journal.entries.pop()
    assert isinstance(proved.data, ChargeData)
    return counter.journal.charge(code, 40 * PAID, at=proved.at, proof=proved.data.proof)


def with_a_key_of_the_cashiers_own(counter: Counter, code: PaymentCode, clock: ManualClock) -> Entry:
    """Without the secret: the certificate from the journal, signed for by somebody else."""
    clock.advance(MINUTE_MS)
    proof = to_base64url(Ed25519Signer.generate().sign(b"mps-charge-v1"))
    return counter.journal.charge(code, PAID, proof=proof)


TRICKS: dict[Trick, Code] = {
    after_its_end: Code.QR_EXPIRED,
    dated_back_behind_later_entries: Code.CLOCK_IMPLAUSIBLE,
    dated_back_behind_a_later_contact: Code.CLOCK_IMPLAUSIBLE,
    under_a_contact_that_never_was: Code.CLOCK_IMPLAUSIBLE,
    dated_ahead: Code.CLOCK_IMPLAUSIBLE,
    a_second_time: Code.QR_ALREADY_USED,
    long_after_the_last_contact: Code.OFFLINE_LIMIT_EXCEEDED,
    more_than_the_code_allows: Code.OFFLINE_LIMIT_EXCEEDED,
    with_a_proof_of_the_members_own_charge: Code.INVALID_QR,
    for_another_amount_than_proved: Code.INVALID_QR,
    with_a_key_of_the_cashiers_own: Code.INVALID_QR,
}


def test_a_photographed_code_pays_for_nothing_more(
    another: NewCounter, rows: HubRows, clock: ManualClock
) -> None:
    # One database for all: each has a shop, a terminal and a card of its own.
    for trick, refusal in TRICKS.items():
        ends, moved = _played(another, rows, clock, trick)
        for end in ends:
            assert end.status in (Status.REJECTED, Status.DECLINED), (trick.__name__, end)
            assert end.refusal is not None, trick.__name__
            assert end.refusal.code is refusal, (trick.__name__, end)
        # Nothing but the member's own charge has moved anything, and one of the tricks reverses that.
        own = PAID if trick is a_second_time else 0
        assert moved == own, trick.__name__


def test_the_same_charge_without_a_trick_is_honoured(
    another: NewCounter, rows: HubRows, clock: ManualClock
) -> None:
    ends, moved = _played(another, rows, clock, honest)
    assert [end.status for end in ends] == [Status.COMPLETED] * 2
    assert moved == PAID


def _played(
    another: NewCounter, rows: HubRows, clock: ManualClock, trick: Trick
) -> tuple[list[EntryOutcome], int]:
    """What became of the charge and its advice, sent minutes later, and what left the member's card in all."""
    offline = OfflinePolicy(max_duration_s=int(LONGEST.total_seconds()))
    counter = another(rows.shop(Policy(offline=offline)))
    card = rows.card()
    age = timedelta(seconds=LIFE_S) - LEFT
    code = rows.code(card, ttl_s=LIFE_S, age_s=int(age.total_seconds()), offline_limit=LIMIT)
    before = counter.balance(card)
    charge = trick(counter, code, clock)
    advice = counter.journal.advice(charge, at=charge.at)
    # Too late to be decided live, but for the one that must not have come true meanwhile.
    clock.advance(5 * MINUTE_MS if trick is not dated_ahead else 0)
    outcomes = counter.submit(*counter.journal.entries)
    ends = [end for end in outcomes if end.entry_id in (charge.id, advice.id)]
    assert len(ends) == 2, trick.__name__
    return ends, before - counter.balance(card)
