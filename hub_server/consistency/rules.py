"""What a check says. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One row that is not as it must be.

    Attributes:
        check: which rule it breaks, such as `card_balance`.
        subject: the row, such as `card 0199…` or `entry 0199…/7`.
        detail: what is there and what should be; no secret.
    """

    check: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, in a stable order, and how much was looked at."""

    findings: tuple[Finding, ...]
    looked_at: dict[str, int]

    @property
    def is_clean(self) -> bool:
        """Whether nothing is off."""
        return not self.findings

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "clean": self.is_clean,
            "looked_at": self.looked_at,
            "findings": [
                {"check": found.check, "subject": found.subject, "detail": found.detail}
                for found in self.findings
            ],
        }
