"""Who acts, from the edge down to the audit event."""

from dataclasses import dataclass
from typing import Any

from hub_server.audit.names import AuditName
from hub_server.audit.record import AuditEvent


@dataclass(frozen=True, slots=True)
class Actor:
    """A member, an admin, a terminal, or a part of the hub itself."""

    kind: str
    id: str

    def did(self, name: AuditName, subject_kind: str, subject_id: str, /, **data: Any) -> AuditEvent:
        """The event of this actor's deed; `data` is JSON without secrets."""
        return AuditEvent(
            name=name,
            actor_kind=self.kind,
            actor_id=self.id,
            subject_kind=subject_kind,
            subject_id=subject_id,
            data=data,
        )


SYSTEM = Actor("system", "hub")
"""Nobody in person: a job, or a rule."""
DEMO = Actor("system", "demo-data")
"""What made the demo's people and cards, and gave them their first value."""
