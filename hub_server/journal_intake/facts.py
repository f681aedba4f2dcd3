"""What the hub knows of a terminal when it judges its entries. Pure values, read once for a batch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub_server.merchants import PolicyRow
from hub_server.staff import PostClaim
from shared.api.policy import Policy
from shared.journal_entries import Status


@dataclass(frozen=True, slots=True)
class ChargeElsewhere:
    """A charge in the journal of another terminal of the merchant, and what it moved."""

    status: Status
    transaction_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCharges:
    """What refunds name besides the charges of the terminal's own journal.

    Attributes:
        by_number: ids of the merchant's transactions, by number.
        elsewhere: charges of the merchant's other terminals, by entry id.
        may_be_elsewhere: the merchant has other terminals, which may still bring a charge that nobody knows.
        shift_marks: `(seq, shift)` where a shift of this terminal began, `(seq, None)` where it ended.
    """

    by_number: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, ChargeElsewhere] = field(default_factory=dict)
    may_be_elsewhere: bool = False
    shift_marks: tuple[tuple[int, str | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalFacts:
    """The terminal and its shop.

    Attributes:
        plausible_contacts: those contacts of the entries at hand that lie in a recorded spell.
        policies: in the order of their versions; at least one.
        suspended_contacts: those contacts at which the terminal knew that it or its merchant was suspended.
        latest_stamp: the greatest `(contact, at)` of the entries before those at hand.
        manager_claims: which of the approvals in the entries at hand were a manager's.
    """

    terminal_id: str
    merchant_id: str
    store_id: str
    terminal_is_active: bool
    merchant_is_active: bool
    policies: tuple[PolicyRow, ...]
    manager_claims: frozenset[PostClaim] = frozenset()
    suspended_contacts: frozenset[datetime] = frozenset()
    latest_stamp: tuple[datetime, datetime] | None = None
    plausible_contacts: frozenset[datetime] = frozenset()

    @property
    def policy(self) -> Policy:
        """The newest."""
        return self.policies[-1].policy

    def policy_at(self, contact: datetime) -> Policy:
        """The newest that the terminal had been told at that contact; the first where it knew none."""
        told = [version.policy for version in self.policies if version.told_at and version.told_at <= contact]
        return told[-1] if told else self.policies[0].policy

    def was_manager(self, staff_id: str, at: datetime) -> bool:
        """Whether that person was a manager of the store then."""
        return PostClaim(staff_id, self.store_id, at) in self.manager_claims
