"""The writes about a charge: its entry, its advice, its reversal, the hub's answer. Each runs inside a transaction."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pos_app.hub_copy import HubCopy, rows
from pos_app.journal import charges, journal
from pos_app.journal.charges import Charge
from pos_app.journal.failpoints import reach
from pos_app.journal.journal import Journal, Stamp, Stored
from pos_app.journal.states import ChargeState
from pos_app.storage import Transaction
from pos_app.syncing.core import Ending, Signed, Undecided, Unsigned, ending_of, next_state
from pos_app.syncing.hub_clock import HubClock
from shared import rates
from shared.api.transactions import CardTypeName
from shared.api.transactions import Transaction as HubTransaction
from shared.journal_entries import (
    AdviceData,
    AdviceReason,
    ChargeData,
    Decision,
    Entry,
    EntryType,
    ReversalData,
    ReversalReason,
    Status,
    make_proof,
)
from shared.offline_rules import OfflineFacts, OfflineVerdict, judge_offline
from shared.payment_code import CardType, Claims, PaymentCode
from shared.problems import Code, Refusal
from shared.signing import to_base64url

logger = logging.getLogger("mps.pos.syncing")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCharge:
    """What a charge's entry is made of; `amount` in minor units."""

    code: PaymentCode
    amount: int
    cashier: str
    shift: str
    order_ref: str | None
    training: bool


class ChargeBook:
    """The journal, the hub copy and the clock, where a charge needs them together."""

    def __init__(
        self, journal: Journal, hub_copy: HubCopy, clock: HubClock, new_id: Callable[[], str]
    ) -> None:
        """`clock` is the estimate of hub time; `new_id` gives UUIDv7 ids."""
        self.journal = journal
        self.hub_copy = hub_copy
        self.clock = clock
        self._new_id = new_id

    def stamp(self, tx: Transaction) -> Stamp:
        """Where the next entry stands."""
        return self.journal.stamp(tx, self.clock.now(), self.hub_copy.facts.contact)

    def new_id(self) -> str:
        """A fresh id of an entry."""
        return self._new_id()

    def write_charge(self, tx: Transaction, new: NewCharge, stamp: Stamp | None = None) -> Charge:
        """The charge's entry and row. The code proves exactly this charge; the caller wipes it.

        `stamp` is one taken before in the same transaction, with nothing written since.
        """
        stamp = stamp or self.stamp(tx)
        entry_id, claims = self._new_id(), new.code.claims
        proof = make_proof(
            new.code,
            terminal_id=self.journal.terminal_id,
            entry_id=entry_id,
            at=stamp.at,
            amount=new.amount,
            currency=claims.currency,
        )
        data = ChargeData(
            amount=new.amount,
            currency=claims.currency,
            certificate=to_base64url(new.code.certificate.raw),
            proof=proof,
            cashier=new.cashier,
            shift=new.shift,
            order_ref=new.order_ref,
            training=True if new.training else None,
        )
        entry = self.journal.append(tx, stamp, entry_id, data, entry_id)
        charge = Charge(
            id=entry_id,
            seq=entry.seq,
            state=ChargeState.DURABLE,
            amount=new.amount,
            payable=rates.payable(new.amount, claims.rate),
            claims=claims,
            cashier=new.cashier,
            shift=new.shift,
            training=new.training,
            at=entry.at,
            short_hash=charges.short_hash(entry.hash),
        )
        charges.insert(tx, charge)
        return charge

    def judge(
        self,
        tx: Transaction,
        claims: Claims,
        amount: int,
        *,
        charge: Charge | None = None,
        training: bool = False,
        stamp: Stamp | None = None,
    ) -> OfflineVerdict:
        """Whether a charge (written already, or to be written now) may be approved without the hub.

        `stamp`: as in `write_charge`.
        """
        if training or (charge is not None and charge.training):
            return OfflineVerdict(refusal=Refusal(Code.OFFLINE_NOT_ALLOWED, "a training charge"))
        stamp, facts = stamp or self.stamp(tx), self.hub_copy.facts
        return judge_offline(
            OfflineFacts(
                claims=claims,
                payable=rates.payable(amount, claims.rate),
                charge_at=charge.at if charge else stamp.at,
                advice_at=stamp.at,
                contact=stamp.contact,
                clock_is_plausible=self.clock.is_plausible(stamp.floor, facts.contact),
                is_revoked=claims.code_ref in facts.revoked,
                is_used=charges.is_code_used(tx, claims.code_ref, besides=charge.id if charge else None),
                is_suspended=facts.is_suspended,
                spending=charges.offline_spending(tx, stamp.contact),
                policy=rows.policy_at(tx, stamp.contact),
            )
        )

    def advise(self, tx: Transaction, charge: Charge, reason: AdviceReason, approver: str | None) -> bool:
        """The terminal approves; False if the charge is not open any more. `judge` comes before, in the transaction."""
        stamp = self.stamp(tx)
        if not charges.advance(tx, charge.id, charge.state, ChargeState.ADVISED, at=stamp.at):
            return False
        data = AdviceData(
            charge=charge.id,
            payable=charge.payable,
            reason=reason,
            policy=rows.policy_at(tx, stamp.contact).version,
            approved_by=approver,
        )
        self.journal.append(tx, stamp, self._new_id(), data, charge.id)
        reach("before_advice_commit")
        return True

    def reverse(
        self, tx: Transaction, charge: Charge, reason: ReversalReason, because: Refusal | None = None
    ) -> bool:
        """The charge must not stand; False if it has moved on meanwhile."""
        stamp = self.stamp(tx)
        if not charges.advance(
            tx, charge.id, charge.state, ChargeState.REVERSED, at=stamp.at, refusal=because
        ):
            return False
        self.journal.append(
            tx, stamp, self._new_id(), ReversalData(charge=charge.id, reason=reason), charge.id
        )
        reach("before_reversal_commit")
        return True

    def doubt(self, tx: Transaction, charge_id: str) -> Charge:
        """No answer in time: in doubt, unless one has come meanwhile."""
        charges.advance(tx, charge_id, ChargeState.DURABLE, ChargeState.IN_DOUBT, at=self.clock.now())
        return self.charge(tx, charge_id)

    def charge(self, tx: Transaction, charge_id: str) -> Charge:
        """A charge that is known to be there."""
        charge = charges.by_id(tx, charge_id)
        if charge is None:
            raise LookupError(charge_id)
        return charge

    def take_signed(self, tx: Transaction, entry: Entry, charge_id: str | None, answer: Signed) -> bool:
        """Keep the decision and what it makes of the charge; whether it was new.

        A charge that has its end already keeps it: what the hub repeats, or contradicts, moves nothing here.
        """
        heard_at = self.clock.now()
        stored = journal.store_decision(tx, answer.decision, answer.jws, answer.reversal_tx_no, heard_at)
        if stored is Stored.CONTRADICTING:
            logger.error("the hub has decided entry %d in two ways: a person must look", entry.seq)
        if stored is not Stored.NEW:
            return False
        if charge_id is None:
            return True
        charge = self.charge(tx, charge_id)
        state = next_state(entry.type, answer.decision.status, charge.state)
        if state is not None:
            code = answer.decision.code
            told = answer.transaction
            if told is None and answer.decision.status is Status.COMPLETED:
                told = _as_decided(charge, answer.decision)
            charges.advance(
                tx,
                charge.id,
                charge.state,
                state,
                at=heard_at,
                transaction=told,
                refusal=Refusal(code, answer.detail) if code else None,
            )
        return True

    def take_unsigned(
        self, tx: Transaction, entry: Entry, charge_id: str | None, answer: Unsigned | Undecided, at: datetime
    ) -> None:
        """Note an answer that decides nothing; an open charge that nobody will decide is ended at once."""
        if isinstance(answer, Unsigned):
            journal.note_unsigned(tx, entry.seq, answer.status, answer.code, at)
        if charge_id is None:
            return
        charge = self.charge(tx, charge_id)
        match ending_of(answer, entry.type, charge.state):
            case Ending.NONE:
                return
            case Ending.REVERSE:
                self.reverse(tx, charge, ReversalReason.CANCELLED, _because(answer))
            case Ending.ADVISE_OR_REVERSE:
                verdict = self.judge(tx, charge.claims, charge.amount, charge=charge)
                if verdict.refusal is None and not verdict.needs_manager:
                    self.advise(tx, charge, AdviceReason.TIMEOUT, None)
                else:
                    because = verdict.refusal or Refusal(
                        Code.OFFLINE_LIMIT_EXCEEDED, "a manager must approve"
                    )
                    self.reverse(tx, charge, ReversalReason.TIMEOUT, because)


def _as_decided(charge: Charge, decision: Decision) -> HubTransaction:
    """What the signed decision alone tells of a completed charge: no points balance, and so no `id`."""
    names: dict[CardType, CardTypeName] = {
        CardType.STANDARD: "standard",
        CardType.PREPAID: "prepaid",
        CardType.CORPORATE: "corporate",
        CardType.VOUCHER: "voucher",
    }
    return HubTransaction(
        id="",
        tx_no=decision.tx_no or "",
        type="charge",
        raw_amount=charge.amount,
        rate=decision.rate if decision.rate is not None else charge.claims.rate,
        payable=decision.payable if decision.payable is not None else charge.payable,
        currency=charge.claims.currency,
        points_earned=decision.points_earned or 0,
        points_balance=0,
        tier=charge.claims.tier,
        card_last4=f"{charge.claims.last4:04d}",
        card_type=names[charge.claims.card_type],
        completed_at=decision.decided_at,
    )


def _because(answer: Unsigned | Undecided) -> Refusal | None:
    if isinstance(answer, Undecided):
        return answer.refusal
    return Refusal(answer.code) if answer.code else None


def is_about_money(entry_type: EntryType, status: Status) -> bool:
    """Whether the answer ends what a charge waits for: its other entries are asked about again."""
    return status.is_signed and entry_type in (EntryType.CHARGE, EntryType.ADVICE, EntryType.REVERSAL)
