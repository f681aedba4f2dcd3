"""A terminal's journal as a terminal writes it: chained, signed, with proofs by real payment codes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.ids import IdSource
from shared.journal_entries import (
    AdviceData,
    AdviceReason,
    ChargeData,
    Entry,
    EntryData,
    GenesisData,
    RefundData,
    ReversalData,
    ReversalReason,
    first_prev,
    make_proof,
    sign_entry,
)
from shared.payment_code import PaymentCode
from shared.rates import payable
from shared.signing import Ed25519Signer, to_base64url

CASHIER = "cashier-1"
REFUNDER = "cashier-2"
SHIFT = "shift-1"


@dataclass(slots=True, kw_only=True)
class TerminalJournal:
    """Writes entries at the clock's time; `contact` is the newest time of the hub that it was told.

    Attributes:
        lag: how far behind the clock entries are dated: long enough, and they come too late to be decided live.
    """

    terminal_id: str
    signer: Ed25519Signer
    clock: Clock
    ids: IdSource
    contact: datetime
    lag: timedelta = timedelta(0)
    entries: list[Entry] = field(default_factory=list)

    @property
    def _prev(self) -> str:
        return self.entries[-1].hash if self.entries else first_prev(self.terminal_id)

    def at(self) -> datetime:
        """The time that the next entry bears."""
        return self.clock.now() - self.lag

    def add(
        self,
        data: EntryData,
        *,
        entry_id: str | None = None,
        at: datetime | None = None,
        contact: datetime | None = None,
    ) -> Entry:
        """The next entry."""
        entry = sign_entry(
            terminal_id=self.terminal_id,
            seq=len(self.entries),
            prev=self._prev,
            entry_id=entry_id or self.ids.new(),
            at=at or self.at(),
            contact=contact or self.contact,
            data=data,
            signer=self.signer,
        )
        self.entries.append(entry)
        return entry

    def genesis(self) -> Entry:
        """Entry 0."""
        return self.add(GenesisData(terminal_id=self.terminal_id, app_version="1.0.0"))

    def charge(
        self,
        code: PaymentCode,
        amount: int = 10_000,
        *,
        at: datetime | None = None,
        currency: str = "TWD",
        cashier: str = CASHIER,
        shift: str = SHIFT,
        order_ref: str | None = None,
        training: bool | None = None,
        certificate: bytes | None = None,
        proof: str | None = None,
    ) -> Entry:
        """A charge with its proof."""
        entry_id, at = self.ids.new(), at or self.at()
        proven = proof or make_proof(
            code,
            terminal_id=self.terminal_id,
            entry_id=entry_id,
            at=at,
            amount=amount,
            currency=currency,
        )
        data = ChargeData(
            amount=amount,
            currency=currency,
            certificate=to_base64url(certificate or code.certificate.raw),
            proof=proven,
            cashier=cashier,
            shift=shift,
            order_ref=order_ref,
            training=training,
        )
        return self.add(data, entry_id=entry_id, at=at)

    def malformed_charge(self) -> Entry:
        """A charge of nothing, signed all the same."""
        data = ChargeData.model_construct(
            amount=0, currency="TWD", certificate="AA", proof="AA", cashier=CASHIER, shift=SHIFT
        )
        return self.add(data)

    def advice(
        self,
        charge: Entry,
        *,
        pays: int | None = None,
        reason: AdviceReason = AdviceReason.OFFLINE,
        approved_by: str | None = None,
        rate: int = 10_000,
        at: datetime | None = None,
        contact: datetime | None = None,
    ) -> Entry:
        """The terminal approved that charge, under the charge's own contact."""
        pays = _payable(charge, rate) if pays is None else pays
        data = AdviceData(
            charge=charge.id,
            payable=pays,
            reason=reason,
            policy=1,
            approved_by=approved_by,
        )
        return self.add(data, at=at, contact=contact or charge.contact)

    def reversal(
        self,
        charge: Entry,
        reason: ReversalReason = ReversalReason.TIMEOUT,
        *,
        approved_by: str | None = None,
        at: datetime | None = None,
    ) -> Entry:
        """That charge must not stand."""
        data = ReversalData(charge=charge.id, reason=reason, approved_by=approved_by)
        return self.add(data, at=at)

    def refund(
        self,
        charge: Entry | str,
        amount: int,
        *,
        approved_by: str,
        cashier: str = REFUNDER,
        reason: str = "退貨",
        contact: datetime | None = None,
    ) -> Entry:
        """A part of a charge is to go back: of an entry of any terminal of the merchant, or of a number."""
        named = {"tx_no": charge} if isinstance(charge, str) else {"charge": charge.id}
        data = RefundData(**named, amount=amount, reason=reason, cashier=cashier, approved_by=approved_by)
        return self.add(data, contact=contact)


def _payable(charge: Entry, rate: int) -> int:
    asked = charge.data
    assert isinstance(asked, ChargeData)
    return payable(asked.amount, rate)
