"""What becomes of an alert."""

from enum import StrEnum


class AlertStatus(StrEnum):
    """domain.md, Cases that people handle."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
