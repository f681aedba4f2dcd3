"""The charges' rows: what each is worth and what it has become. Every function runs inside a transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pos_app.journal.states import TRANSITIONS, ChargeState
from pos_app.journal.tables import charges, entries
from pos_app.storage import Transaction
from shared.api.transactions import Transaction as HubTransaction
from shared.clock import from_wire, to_wire
from shared.offline_rules import OfflineSpending
from shared.payment_code import CardType, Claims
from shared.problems import Code, Refusal

_HASH_SHOWN = 8
# Statements are made once: to make one costs more than to run it. SQLite takes a partial index only for a condition
# that is spelled as the index spells it, with the values in the text; else a long journal is read through each time.
_ALL = sa.select(charges, entries.c.hash).join(entries, entries.c.seq == charges.c.seq)
_INSERT = charges.insert()


def _in_states(*states: ChargeState) -> sa.ColumnElement[bool]:
    return charges.c.state.in_([sa.literal_column(f"'{state.value}'") for state in states])


_OPEN = (ChargeState.DURABLE, ChargeState.IN_DOUBT)
_UNSETTLED = (*_OPEN, ChargeState.ADVISED)
_IS_UNSETTLED = _in_states(*_UNSETTLED)
_IS_STANDING = (charges.c.training == sa.literal_column("0")) & _in_states(
    ChargeState.COMPLETED, ChargeState.ADVISED, ChargeState.SETTLED
)
_ADVANCE = charges.update().where(
    (charges.c.id == sa.bindparam("charge_id")) & (charges.c.state == sa.bindparam("seen"))
)
_BY_ID = _ALL.where(charges.c.id == sa.bindparam("charge_id"))
_HAS_OPEN = sa.select(charges.c.id).where(_IS_UNSETTLED & _in_states(*_OPEN)).limit(1)
_OPEN_SEQS = sa.select(charges.c.seq).where(_IS_UNSETTLED & _in_states(*_OPEN)).order_by(charges.c.seq)
_STANDS_ON = sa.select(charges.c.id).where(_IS_STANDING & (charges.c.code_ref == sa.bindparam("code_ref")))
_OPEN_ON = sa.select(charges.c.id).where(
    _IS_UNSETTLED
    & _in_states(*_OPEN)
    & (charges.c.training == 0)
    & (charges.c.code_ref == sa.bindparam("code_ref"))
)
_SPENT_UNDER = (
    sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(charges.c.payable), 0))
    .select_from(entries.join(charges, entries.c.charge == charges.c.id))
    .where((entries.c.type == sa.literal_column("'advice'")) & (entries.c.contact == sa.bindparam("contact")))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One charge of this terminal; amounts in minor units.

    Attributes:
        approved_at: when it was first completed or advised here; a charge given up before has none.
        transaction: what the hub told of it; unsigned, so for people, while the state comes from decisions.
        refusal: why it was declined, rejected or given up by the terminal itself.
        papers: receipts printed so far.
    """

    id: str
    seq: int
    state: ChargeState
    amount: int
    payable: int
    claims: Claims
    cashier: str
    shift: str
    training: bool
    at: datetime
    short_hash: str
    approved_at: datetime | None = None
    transaction: HubTransaction | None = None
    refusal: Refusal | None = None
    papers: int = 0


def insert(tx: Transaction, charge: Charge) -> None:
    """A new charge beside its entry."""
    row = {
        "id": charge.id,
        "seq": charge.seq,
        "state": charge.state.value,
        "amount": charge.amount,
        "payable": charge.payable,
        "claims": _claims_text(charge.claims),
        "code_ref": charge.claims.code_ref,
        "cashier": charge.cashier,
        "shift": charge.shift,
        "training": int(charge.training),
        "at": to_wire(charge.at),
    }
    tx.execute(_INSERT, row)


def advance(
    tx: Transaction,
    charge_id: str,
    seen: ChargeState,
    to: ChargeState,
    *,
    at: datetime,
    transaction: HubTransaction | None = None,
    refusal: Refusal | None = None,
) -> bool:
    """The one setter of a charge's state: compare-and-set on the row.

    Returns False, and changes nothing, if the charge is not in `seen` any more.

    Raises:
        ValueError: the table has no way from `seen` to `to`.
    """
    if to not in TRANSITIONS[seen]:
        raise ValueError(f"no way from {seen.value} to {to.value}")
    values: dict[str, object] = {"state": to.value}
    if to in (ChargeState.COMPLETED, ChargeState.ADVISED):
        values["approved_at"] = to_wire(at)
    if transaction is not None:
        values["transaction_json"] = transaction.model_dump_json()
    if refusal is not None:
        values |= {"refusal_code": refusal.code.value, "refusal_detail": refusal.detail}
    return tx.execute(_ADVANCE, {"charge_id": charge_id, "seen": seen.value, **values}).rowcount == 1


def by_id(tx: Transaction, charge_id: str) -> Charge | None:
    """The charge whose entry has this id."""
    row = tx.execute(_BY_ID, {"charge_id": charge_id}).mappings().first()
    return _charge(row) if row is not None else None


def in_states(tx: Transaction, *states: ChargeState) -> list[Charge]:
    """All charges in these states, oldest first."""
    query = _ALL.where(_in_states(*states)).order_by(charges.c.seq)
    if set(states) <= set(_UNSETTLED):
        query = query.where(_IS_UNSETTLED)
    return _select(tx, query)


def recent(tx: Transaction, limit: int, before_seq: int | None = None) -> list[Charge]:
    """The newest charges first, from before `before_seq` on: one page of the history."""
    query = _ALL.order_by(charges.c.seq.desc()).limit(limit)
    if before_seq is not None:
        query = query.where(charges.c.seq < before_seq)
    return _select(tx, query)


def of_shift(tx: Transaction, shift: str) -> list[Charge]:
    """A shift's charges, training ones left out: they count nowhere."""
    query = _ALL.where((charges.c.shift == shift) & (charges.c.training == 0))
    return _select(tx, query.order_by(charges.c.seq))


def is_code_used(tx: Transaction, code_ref: str, *, besides: str | None = None) -> bool:
    """Whether a charge here stands on the code, or one that is still open may come to."""
    named = {"code_ref": code_ref}
    using = [*tx.execute(_STANDS_ON, named).scalars(), *tx.execute(_OPEN_ON, named).scalars()]
    return any(charge_id != besides for charge_id in using)


def has_open(tx: Transaction) -> bool:
    """Whether some charge has no decision, advice or reversal yet."""
    return tx.execute(_HAS_OPEN).first() is not None


def open_seqs(tx: Transaction) -> list[int]:
    """Numbers of the charges that have no decision, advice or reversal yet, in order."""
    return list(tx.execute(_OPEN_SEQS).scalars())


def offline_spending(tx: Transaction, contact: datetime) -> OfflineSpending:
    """Offline approvals under one contact: every advice counts, also one reversed or refused (protocol.md 5, rule 3)."""
    count, total = tx.execute(_SPENT_UNDER, {"contact": to_wire(contact)}).one()
    return OfflineSpending(count=count, total=total)


def count_paper(tx: Transaction, charge_id: str) -> int:
    """One more receipt of this charge goes to the printer; 1 is the first, 2 says COPY 2."""
    tx.execute(charges.update().where(charges.c.id == charge_id).values(papers=charges.c.papers + 1))
    papers: int = tx.execute(sa.select(charges.c.papers).where(charges.c.id == charge_id)).scalar_one()
    return papers


def _select(tx: Transaction, query: sa.Select[Any]) -> list[Charge]:
    return [_charge(row) for row in tx.execute(query).mappings()]


def _charge(row: sa.RowMapping) -> Charge:
    told, code = row["transaction_json"], row["refusal_code"]
    return Charge(
        id=row["id"],
        seq=row["seq"],
        state=ChargeState(row["state"]),
        amount=row["amount"],
        payable=row["payable"],
        claims=_claims(row["claims"]),
        cashier=row["cashier"],
        shift=row["shift"],
        training=bool(row["training"]),
        at=from_wire(row["at"]),
        short_hash=short_hash(row["hash"]),
        approved_at=from_wire(row["approved_at"]) if row["approved_at"] else None,
        transaction=HubTransaction.model_validate_json(told) if told else None,
        refusal=Refusal(Code(code), row["refusal_detail"] or "") if code else None,
        papers=row["papers"],
    )


def short_hash(entry_hash: str) -> str:
    """The first characters of an entry's hash, as a receipt shows them."""
    return entry_hash[:_HASH_SHOWN]


def _claims_text(claims: Claims) -> str:
    fields: Sequence[object] = (
        claims.iat,
        claims.exp,
        claims.code_key.hex(),
        claims.card_ref.hex(),
        int(claims.card_type),
        claims.tier,
        claims.rate,
        claims.offline_limit,
        claims.currency,
        claims.last4,
    )
    return json.dumps(fields)


def _claims(text: str) -> Claims:
    iat, exp, code_key, card_ref, card_type, tier, rate, offline_limit, currency, last4 = json.loads(text)
    return Claims(
        iat=iat,
        exp=exp,
        code_key=bytes.fromhex(code_key),
        card_ref=bytes.fromhex(card_ref),
        card_type=CardType(card_type),
        tier=tier,
        rate=rate,
        offline_limit=offline_limit,
        currency=currency,
        last4=last4,
    )
