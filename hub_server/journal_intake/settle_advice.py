"""What an advice becomes (protocol.md 5, "What a charge becomes at the hub")."""

from hub_server.charging import Completed, Declined, Settlement
from hub_server.journal_intake.desk import Desk, NotItsCharge
from hub_server.journal_intake.end_charge import follow_reversal
from hub_server.journal_intake.plan import plan_charge
from hub_server.journal_intake.replay import replay
from hub_server.journal_intake.track import Track
from hub_server.transactions import TransactionStatus
from shared.journal_entries import AdviceData, Status
from shared.offline_rules import OfflineFacts
from shared.problems import Code, Refusal
from shared.rates import payable as payable_of

_REFUSED = frozenset({Status.DECLINED, Status.REJECTED})
"""A charge that came to nothing: live, or by a person."""


def take_advice(desk: Desk, track: Track) -> None:
    """A new advice: it waits for a person, for its charge, or is judged."""
    reversal = desk.standing_reversal(track.charge_id or "")
    if desk.is_suspended and reversal is None:
        track.become(Status.HELD, Refusal(desk.held_code))
        return
    try:
        charge = desk.charge_of(track)
    except NotItsCharge:
        track.reject(Code.CHARGE_NOT_FOUND)
        return
    if charge is None:
        track.become(Status.PENDING)
        return
    judge_advice(desk, charge, track)


def judge_advice(desk: Desk, charge: Track, track: Track, *, is_final: bool = False) -> None:
    """Judge an advice whose charge is there; `is_final`: nothing can be on its way any more."""
    if replay(desk, track):
        return
    first = _first_advice(desk, charge, track)
    flaw = _flaw(charge, track)
    if first is not None:
        if track.status is not first.status:
            track.follow(first)
    elif flaw:
        track.reject(Code.INVALID_ENTRY, flaw)
    elif (reversal := desk.standing_reversal(charge.id)) is not None:
        follow_reversal(track, reversal)
    elif charge.status is Status.HELD:
        track.become(Status.HELD, charge.refusal)
    else:
        _judge_by_charge(desk, charge, track, is_final=is_final)


def _judge_by_charge(desk: Desk, charge: Track, track: Track, *, is_final: bool) -> None:
    moved = desk.transaction_of(charge.id)
    if moved is not None and moved.status is not TransactionStatus.REVERSED:
        track.become(Status.COMPLETED, transaction_id=moved.id)
    elif charge.status in _REFUSED and _knew(charge, track):
        track.reject(Code.CONTRADICTORY_ENTRY, f"the charge had been {charge.status}")
    else:
        _settle(desk, charge, track, is_final=is_final)


def _knew(charge: Track, track: Track) -> bool:
    decided_at = charge.decided_at
    return decided_at is not None and track.incoming.entry.contact >= decided_at


def _first_advice(desk: Desk, charge: Track, track: Track) -> Track | None:
    """An advice of the same charge that has an outcome, or waits and stands before this one."""
    for other in desk.about(charge.id):
        if other is track or not other.is_advice or other.status is None:
            continue
        is_held_before = other.status is Status.HELD and track.status is not Status.HELD
        if other.is_settled or is_held_before or other.seq < track.seq:
            return other
    return None


def _flaw(charge: Track, track: Track) -> str:
    """What makes the advice itself malformed."""
    data, asked = track.incoming.data, charge.charge
    if asked is None or not isinstance(data, AdviceData):
        return "the charge itself is malformed"
    if charge.is_training:
        return "a training charge is not advised"
    claims = charge.incoming.claims
    if claims is not None and data.payable != payable_of(asked.amount, claims.rate):
        return "payable is not the certificate's"
    return ""


def _settle(desk: Desk, charge: Track, track: Track, *, is_final: bool) -> None:
    facts = _offline_facts(desk, charge, track)
    if facts is not None and desk.copy.code(facts.claims.code_ref) is None:
        # Signed by this hub, and not in its database: a person looks before a merchant loses money.
        track.become(Status.HELD, Refusal(Code.INVALID_QR, "no such code"))
        return
    asked = charge.charge
    if asked is None:
        raise ValueError("a malformed charge is never settled")
    answer = desk.copy.answer(
        Settlement(
            merchant_id=desk.facts.merchant_id, amount=asked.amount, currency=asked.currency, facts=facts
        )
    )
    if isinstance(answer, Declined):
        _refuse(charge, track, answer.refusal, is_final=is_final)
        return
    if not isinstance(answer, Completed):
        raise TypeError("a settlement is completed or declined")
    row = plan_charge(desk, charge, answer)
    track.become(Status.COMPLETED, transaction_id=row.id)
    if charge.status is Status.UNCONFIRMED:
        charge.become(Status.COMPLETED, transaction_id=row.id)
    _raise_alarms(desk, track, answer)


def _refuse(charge: Track, track: Track, refusal: Refusal, *, is_final: bool) -> None:
    if refusal.code is Code.QR_ALREADY_USED and not is_final:
        # The reversal of the other charge may be on its way.
        if track.status is None:
            track.become(Status.PENDING)
        return
    track.become(Status.REJECTED, refusal)
    if charge.status is Status.UNCONFIRMED:
        charge.become(Status.REJECTED, refusal)


def _offline_facts(desk: Desk, charge: Track, track: Track) -> OfflineFacts | None:
    asked, claims, entry = charge.charge, charge.incoming.claims, track.incoming.entry
    if asked is None or claims is None:
        return None
    policy = desk.facts.policy_at(entry.contact)
    code = desk.copy.code(claims.code_ref)
    charge_at = charge.incoming.entry.at
    is_ahead = max(charge_at, entry.at) > desk.latest_plausible(policy.skew_s)
    goes_back = desk.goes_back_in_time(charge) or desk.goes_back_in_time(track)
    return OfflineFacts(
        claims=claims,
        payable=payable_of(asked.amount, claims.rate),
        charge_at=charge_at,
        advice_at=entry.at,
        contact=entry.contact,
        clock_is_plausible=entry.contact in desk.facts.plausible_contacts and not is_ahead and not goes_back,
        is_revoked=code is not None and code.was_revoked_at(entry.contact),
        is_used=desk.is_used_here(charge, claims.code_ref),
        is_suspended=entry.contact in desk.facts.suspended_contacts,
        spending=desk.spending(track),
        policy=policy,
    )


def _raise_alarms(desk: Desk, track: Track, answer: Completed) -> None:
    entry, data = track.incoming.entry, track.incoming.data
    approved_by = data.approved_by if isinstance(data, AdviceData) else None
    approved = approved_by is not None and desk.facts.was_manager(approved_by, entry.contact)
    if answer.needs_manager and not approved:
        desk.alarm("offline_without_manager", desk.facts.terminal_id, seq=track.seq, payable=answer.payable)
    if answer.froze_card and answer.card_id is not None:
        desk.frozen_cards.append((answer.card_id, answer.code_ref))
    if answer.was_used_before:
        desk.alarm("code_used_twice", answer.card_id or "", code_ref=answer.code_ref, seq=track.seq)
