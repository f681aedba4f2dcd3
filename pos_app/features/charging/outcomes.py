"""What can become of a charge at the counter, and the port through which the screen asks for it.

design.md, rule 2: paid is only a stored, signed `completed` or a durable advice; not paid is only a
signed `declined`, a durable reversal, or a refusal before the entry was written. Anything else is in
doubt, and these types leave no other way to say it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.api.transactions import Transaction
from shared.payment_code import Claims
from shared.problems import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRef:
    """The charge's entry: its id, its number in the journal, when, and the first characters of its hash."""

    entry_id: str
    seq: int
    at: datetime
    short_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """The hub completed the charge and the terminal stored the signed decision."""

    entry: EntryRef
    raw_amount: int
    claims: Claims
    transaction: Transaction
    settled_offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidOffline:
    """The terminal approved by itself; the advice is durable. `offline_no` is what the receipt shows."""

    entry: EntryRef
    raw_amount: int
    payable: int
    claims: Claims
    offline_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPaid:
    """Declined by the hub (`entry` given) or refused before an entry was written (`entry` is None)."""

    refusal: Refusal
    raw_amount: int
    entry: EntryRef | None
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A durable reversal: the charge will not stand; what was taken goes back by itself.

    `because` is set when the terminal gave up by itself (service suspended, terminal stopped, …).
    """

    entry: EntryRef
    raw_amount: int
    payable: int
    because: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineOption:
    """Whether an in-doubt charge may be approved offline: refused with a reason, or with a manager's PIN."""

    refusal: Refusal | None
    needs_manager: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt:
    """Nobody knows yet; the terminal goes on asking with the same entry."""

    entry: EntryRef
    raw_amount: int
    payable: int
    claims: Claims
    offline: OfflineOption
    because: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagerNeeded:
    """The line is down and the soft limit is reached: nothing was written; ask for a manager's PIN."""

    raw_amount: int
    payable: int
    claims: Claims


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWritten:
    """The journal took nothing, which is known: nothing was approved or sent. The code is still in hand."""

    raw_amount: int
    is_damaged: bool


Outcome = Paid | PaidOffline | NotPaid | GivenUp | InDoubt | ManagerNeeded


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSeen:
    """A code that was read and verified; the desk holds its secret under `code_ref` until used or forgotten."""

    claims: Claims

    @property
    def code_ref(self) -> str:
        """The code's public name."""
        return self.claims.code_ref


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRequest:
    """What the cashier confirmed. `approver`: a manager's staff id whose PIN was just checked; `offline` False leaves
    the charge in doubt where the terminal might have approved it by itself (`--offline never`)."""

    amount: int
    code_ref: str
    cashier: str
    shift: str
    order_ref: str | None = None
    training: bool = False
    approver: str | None = None
    offline: bool = True


class ChargingDesk(Protocol):
    """The use cases behind the charge screen. All but `read_code` and `forget_code` block: call them off
    the window's thread. None raises for a decline or a line that is down; those are outcomes."""

    def read_code(self, text: str) -> CodeSeen | Refusal:
        """Verify a scanned or typed text; keep the code until it is used, forgotten or replaced."""
        ...

    def forget_code(self) -> None:
        """Wipe the secret of the code that was read, if any."""
        ...

    def charge(self, request: ChargeRequest) -> Outcome:
        """Write the charge, then ask the hub for at most `response_timeout`; offline at once if the line is down."""
        ...

    def approve_offline(self, entry_id: str, approver: str | None) -> Outcome:
        """Write the advice of an in-doubt charge, if the rules still hold."""
        ...

    def give_up(self, entry_id: str) -> Outcome:
        """Write the reversal; if a signed answer came first, that answer."""
        ...

    def on_late_outcome(self, listener: Callable[[Outcome], None]) -> None:
        """Tell the listener (from any thread) when an in-doubt charge gets its answer."""
        ...
