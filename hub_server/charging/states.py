"""Whether anybody may pay."""

from enum import StrEnum


class ServiceState(StrEnum):
    """Suspended: every live charge is answered SERVICE_SUSPENDED, which is no decision."""

    RUNNING = "running"
    SUSPENDED = "suspended"
