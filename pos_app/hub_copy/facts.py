"""One frozen picture of all that the hub told, as the use cases read it."""

from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from shared.api.policy import Policy
from shared.api.terminals import MerchantProfile, StaffMember, StoreProfile
from shared.clock import WireInstant
from shared.problems import Language
from shared.signing import HubKeys, Jwks, PublicJwk, Verifier


class TerminalStatus(StrEnum):
    """Whether the hub lets this terminal charge."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class HubFacts(BaseModel):
    """The hub's word as of `contact`.

    Attributes:
        hub: the base URL, as it stands in `aud`.
        certificate: the hub's JWS over this terminal's registration.
        public_key: the terminal's own key, so that a reader without the private one can prove the journal.
        policy: the newest version; what was in force at a contact is `HubCopy.policy_at`.
        contact: the newest hub time read from the feed with all before it stored.
        cursor: where the feed goes on.
        verified_through: end of the chain that the hub has verified; −1 before entry 0.
        covered_through: end of the chain that a backup covers; −1 for nothing.
        clock_locked: the clock went below the journal or jumped: no offline approval until the next contact.
        revoked: names of codes that must not be taken.
    """

    model_config = ConfigDict(frozen=True)

    terminal_id: str
    terminal_no: str
    hub: str
    certificate: str
    public_key: PublicJwk
    merchant: MerchantProfile
    store: StoreProfile
    staff: tuple[StaffMember, ...]
    jwks: Jwks
    policy: Policy
    contact: WireInstant
    cursor: str
    incarnation: str
    terminal_status: TerminalStatus = TerminalStatus.ACTIVE
    verified_through: int = -1
    covered_through: int = -1
    clock_locked: bool = False
    notice: dict[Language, str] = {}
    revoked: frozenset[str] = frozenset()

    @property
    def shop_name(self) -> str:
        """Merchant and store, as the screen and the paper head say it."""
        return f"{self.merchant.name} {self.store.name}"

    @cached_property
    def keys(self) -> HubKeys:
        """The hub's verification keys."""
        return self.jwks.hub_keys()

    @property
    def own_verifier(self) -> Verifier:
        """Checks what this terminal signed."""
        return self.public_key.verifier()

    @property
    def is_suspended(self) -> bool:
        """Whether the merchant or this terminal may not charge."""
        return self.terminal_status is TerminalStatus.SUSPENDED or self.merchant.status == "suspended"

    def member_of_staff(self, staff_id: str) -> StaffMember | None:
        """The active person with this id."""
        return next((person for person in self.staff if person.id == staff_id and person.active), None)
