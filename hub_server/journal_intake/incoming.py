"""Entries as they come in: read and verified before any transaction is begun."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from shared.journal_entries import (
    AdviceData,
    ChargeData,
    Decision,
    Entry,
    EntryData,
    EntryType,
    InvalidEntry,
    RefundData,
    ReversalData,
    proof_holds,
    terminal_of,
    verify_decision_on,
    verify_entry,
)
from shared.jws import BadSignature, MalformedJws
from shared.payment_code import Claims, InvalidPaymentCode, verify_certificate
from shared.problems import Code
from shared.signing import HubKeys, Verifier, from_base64url

_log = logging.getLogger("mps.hub.journal")


@dataclass(frozen=True, slots=True)
class Brought:
    """A decision that came with its entry: what this hub signed about this very entry, and its text."""

    decision: Decision
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A verified entry.

    Attributes:
        data: None where type or fields are malformed; `flaw` says how.
        claims: of a charge whose certificate verifies and whose proof holds.
        brought: the hub's own decision on it, where the terminal has one; what proves to be none is not there.
    """

    entry: Entry
    data: EntryData | None
    flaw: str = ""
    claims: Claims | None = None
    brought: Brought | None = None

    @property
    def is_charge(self) -> bool:
        """Also one whose fields are malformed."""
        return self.entry.type_name == EntryType.CHARGE.value

    @property
    def is_advice(self) -> bool:
        """A well-formed advice."""
        return isinstance(self.data, AdviceData)

    @property
    def charge_id(self) -> str | None:
        """The charge that the entry is about; a charge's own id for itself. A refund's may be another terminal's."""
        if self.is_charge:
            return self.entry.id
        return self.data.charge if isinstance(self.data, AdviceData | ReversalData | RefundData) else None

    @property
    def approved_by(self) -> str | None:
        """Whom an advice, a reversal or a refund names as having approved it."""
        data = self.data
        return data.approved_by if isinstance(data, AdviceData | ReversalData | RefundData) else None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What cannot be read or is not signed by the terminal: it changes nothing."""

    code: Code
    detail: str


def read_incoming(
    jws: str, terminal_id: str, verifier: Verifier, keys: HubKeys, decision: str | None = None
) -> Incoming | Unreadable:
    """Verify one entry's signature and, in a charge, the certificate and the proof (protocol.md 4).

    `decision` is what the terminal says that the hub decided about it.
    """
    try:
        entry = verify_entry(jws, terminal_id, verifier)
    except BadSignature as error:
        return Unreadable(Code.INVALID_SIGNATURE, str(error))
    except MalformedJws as error:
        return Unreadable(_code_of_malformed(jws), str(error))
    except (InvalidEntry, UnicodeError) as error:
        return Unreadable(Code.INVALID_ENTRY, str(error))
    try:
        data = entry.data
    except InvalidEntry as error:
        return Incoming(entry=entry, data=None, flaw=str(error), brought=_brought(entry, decision, keys))
    claims = _claims(entry, data, keys) if isinstance(data, ChargeData) else None
    return Incoming(entry=entry, data=data, claims=claims, brought=_brought(entry, decision, keys))


def read_all(
    texts: Sequence[str],
    terminal_id: str,
    verifier: Verifier,
    keys: HubKeys,
    decisions: Sequence[str | None] = (),
) -> list[Incoming | Unreadable]:
    """Each of them, in order; `decisions` belong to them in the same order, as far as there are any."""
    return [
        read_incoming(jws, terminal_id, verifier, keys, decision)
        for jws, decision in zip_longest(texts, decisions[: len(texts)])
    ]


def _brought(entry: Entry, decision: str | None, keys: HubKeys) -> Brought | None:
    """Only what this hub signed about this very entry counts; an entry is never refused for what it came with."""
    if decision is None:
        return None
    try:
        return Brought(verify_decision_on(decision, entry, keys), decision)
    except (BadSignature, MalformedJws, UnicodeError) as error:
        _log.warning(
            "an entry came with a decision that is not this hub's on it",
            extra={"terminal": entry.terminal_id, "seq": entry.seq, "reason": str(error)},
        )
        return None


def _code_of_malformed(jws: str) -> Code:
    """An entry in good form that names another terminal is not signed by this one."""
    try:
        terminal_of(jws)
    except (MalformedJws, UnicodeError):
        return Code.INVALID_ENTRY
    return Code.INVALID_SIGNATURE


def _claims(entry: Entry, data: ChargeData, keys: HubKeys) -> Claims | None:
    try:
        claims = verify_certificate(from_base64url(data.certificate), keys).claims
    except (InvalidPaymentCode, ValueError):
        return None
    proven = proof_holds(
        data.proof,
        claims,
        terminal_id=entry.terminal_id,
        entry_id=entry.id,
        at=entry.at,
        amount=data.amount,
        currency=data.currency,
    )
    return claims if proven else None
