"""Use case verify_audit: `mps-hub verify-audit`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from hub_server.audit.queries import count_links, count_unlinked, kept_heads, links_in_order, unlinked_up_to
from hub_server.audit.rules import Fault, KeptHead, newest, prove_chain
from hub_server.foundation.storage import Connection
from shared.signing import HubKeys


@dataclass(frozen=True, slots=True)
class AuditProof:
    """What was found, how many events are linked, how many wait for the chain, and how many heads were read."""

    faults: tuple[Fault, ...]
    linked: int
    waiting: int
    heads: int

    @property
    def is_clean(self) -> bool:
        """Whether everything is as it was written."""
        return not self.faults

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "clean": self.is_clean,
            "linked": self.linked,
            "waiting": self.waiting,
            "heads": self.heads,
            "faults": [asdict(fault) for fault in self.faults],
        }


def verify_audit(connection: Connection, keys: HubKeys, copies: Sequence[KeptHead] = ()) -> AuditProof:
    """Prove the whole chain on one snapshot; changes nothing.

    Args:
        keys: the hub's keys that verify, old ones too.
        copies: heads that were kept elsewhere.
    """
    heads = [*kept_heads(connection), *copies]
    faults = list(prove_chain(links_in_order(connection), heads, keys))
    head = newest(heads, keys)
    through = 0 if head is None else head.through_id
    faults += [
        Fault(
            "audit_event_unlinked",
            f"audit event {event.id}",
            "stands before the chain's end and is in no link",
        )
        for event in unlinked_up_to(connection, through)
    ]
    return AuditProof(
        tuple(faults),
        count_links(connection),
        count_unlinked(connection, through),
        len({h.jws for h in heads}),
    )
