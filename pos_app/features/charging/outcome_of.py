"""A charge's row as an outcome: the one place where a state becomes what people are told (design.md, rule 2)."""

from typing import assert_never

from pos_app.features.charging.outcomes import (
    EntryRef,
    GivenUp,
    InDoubt,
    NotPaid,
    OfflineOption,
    Outcome,
    Paid,
    PaidOffline,
)
from pos_app.journal.charges import Charge
from pos_app.journal.states import ChargeState
from shared.api.transactions import Transaction
from shared.problems import Code, Refusal


def entry_ref(charge: Charge) -> EntryRef:
    """Where the charge stands in the journal."""
    return EntryRef(entry_id=charge.id, seq=charge.seq, at=charge.at, short_hash=charge.short_hash)


def offline_no(terminal_no: str, charge: Charge) -> str:
    """The number that people can say before the hub has given one."""
    return f"{terminal_no}-{charge.seq}"


def outcome_of(
    charge: Charge, terminal_no: str, offline: OfflineOption, because: Refusal | None = None
) -> Outcome:
    """What is known of the charge; `offline` and `because` matter while nobody knows.

    A charge approved here and rejected later was told as approved when the goods went: it is the inbox's business,
    and here a refusal.
    """
    entry = entry_ref(charge)
    match charge.state:
        case ChargeState.COMPLETED | ChargeState.SETTLED:
            return Paid(
                entry=entry,
                raw_amount=charge.amount,
                claims=charge.claims,
                transaction=_transaction(charge),
                settled_offline=charge.state is ChargeState.SETTLED,
            )
        case ChargeState.ADVISED:
            return PaidOffline(
                entry=entry,
                raw_amount=charge.amount,
                payable=charge.payable,
                claims=charge.claims,
                offline_no=offline_no(terminal_no, charge),
            )
        case ChargeState.DECLINED | ChargeState.REJECTED:
            refusal = charge.refusal or Refusal(Code.INVALID_ENTRY)
            return NotPaid(refusal=refusal, raw_amount=charge.amount, entry=entry)
        case ChargeState.REVERSED:
            return GivenUp(
                entry=entry, raw_amount=charge.amount, payable=charge.payable, because=charge.refusal
            )
        case ChargeState.DURABLE | ChargeState.IN_DOUBT:
            return InDoubt(
                entry=entry,
                raw_amount=charge.amount,
                payable=charge.payable,
                claims=charge.claims,
                offline=offline,
                because=because,
            )
        case _:
            assert_never(charge.state)


def _transaction(charge: Charge) -> Transaction:
    if charge.transaction is None:
        raise ValueError("a completed charge without what the hub decided")
    return charge.transaction
