"""One entry while a batch is being judged: what is stored of it, and what is to be stored."""

from dataclasses import dataclass
from datetime import datetime

from hub_server.journal_intake.incoming import Brought, Incoming
from hub_server.journal_intake.states import advance
from shared.journal_entries import ChargeData, RefundData, ReversalData, Status
from shared.problems import Code, Refusal


@dataclass(slots=True, kw_only=True)
class Track:
    """Mutable only inside the judging of one batch; `become` is the one setter of its status.

    Attributes:
        decision: the signed text, once there is one.
        transaction_id: the transaction that the result shows: the charge's, or a refund's own.
        reversal_id: the transaction that undid the charge, in a reversal that moved money.
        reversal_tx_no: its number as it was stored, also with a second reversal, which moved nothing itself.
        is_new: not stored yet.
        is_changed: to be written at the end.
        brought: what this hub had decided about it before it lost its newest data, until that holds again.
    """

    incoming: Incoming
    received_at: datetime
    status: Status | None = None
    refusal: Refusal | None = None
    decision: str | None = None
    decided_at: datetime | None = None
    transaction_id: str | None = None
    reversal_id: str | None = None
    reversal_tx_no: str | None = None
    is_new: bool = True
    is_changed: bool = False
    brought: Brought | None = None

    def become(
        self,
        status: Status,
        refusal: Refusal | None = None,
        *,
        transaction_id: str | None = None,
    ) -> None:
        """Move to a status, with the refusal that explains it."""
        self.status = advance(self.status, status)
        self.refusal = refusal
        self.transaction_id = transaction_id
        self.is_changed = True

    def reject(self, code: Code, detail: str = "") -> None:
        """Refuse for good."""
        self.become(Status.REJECTED, Refusal(code, detail))

    def keep(self, refusal: Refusal | None = None, *, transaction_id: str | None = None) -> None:
        """Become what the brought decision says, which stands as it is, byte for byte."""
        if self.brought is None:
            raise ValueError("no decision was brought")
        told = self.brought.decision
        self.become(told.status, refusal, transaction_id=transaction_id)
        self.decision, self.decided_at = self.brought.text, told.decided_at

    def follow(self, first: "Track") -> None:
        """Take the outcome of an entry that asked the same before (no effect of its own)."""
        if first.status is None:
            raise ValueError("the first has no outcome yet")
        self.become(first.status, first.refusal, transaction_id=first.transaction_id)
        self.reversal_id, self.reversal_tx_no = first.reversal_id, first.reversal_tx_no

    @property
    def id(self) -> str:
        """The entry's id."""
        return self.incoming.entry.id

    @property
    def seq(self) -> int:
        """The entry's place."""
        return self.incoming.entry.seq

    @property
    def charge_id(self) -> str | None:
        """The charge that the entry is about; a charge's own id for itself."""
        return self.incoming.charge_id

    @property
    def charge(self) -> ChargeData | None:
        """A well-formed charge's data."""
        data = self.incoming.data
        return data if isinstance(data, ChargeData) else None

    @property
    def is_training(self) -> bool:
        """Whether nothing is to move."""
        return self.charge is not None and bool(self.charge.training)

    @property
    def is_advice(self) -> bool:
        """A well-formed advice."""
        return self.incoming.is_advice

    @property
    def is_reversal(self) -> bool:
        """A well-formed reversal."""
        return isinstance(self.incoming.data, ReversalData)

    @property
    def is_refund(self) -> bool:
        """A well-formed refund."""
        return isinstance(self.incoming.data, RefundData)

    @property
    def is_settled(self) -> bool:
        """Whether it has an answer for ever."""
        return self.status is not None and self.status.is_signed

    @property
    def is_open(self) -> bool:
        """Stored or about to be, and without its answer."""
        return self.status in (Status.PENDING, Status.HELD, Status.UNCONFIRMED)
