"""What may become of an entry (protocol.md 5, the table of statuses). Pure."""

from enum import StrEnum

from shared.journal_entries import Status

_ENDS = frozenset({Status.COMPLETED, Status.REVERSED, Status.REJECTED})
TRANSITIONS: dict[Status | None, frozenset[Status]] = {
    None: frozenset(Status),
    Status.UNCONFIRMED: _ENDS,
    Status.PENDING: _ENDS | {Status.DECLINED, Status.PENDING, Status.HELD},
    Status.HELD: _ENDS | {Status.DECLINED, Status.ACCEPTED, Status.UNCONFIRMED, Status.HELD},
}
"""From what is missing here nothing follows: an answer is for ever. Only a refund is declined after it waited. What was
held goes where a person sends it: a charge without an advice to wait for one, what the hub could not judge anywhere."""


class Verdict(StrEnum):
    """What a person says of an entry that waits for one."""

    HONOUR = "honour"
    REFUSE = "refuse"


class ImpossibleTransition(Exception):
    """A fault in the rules: such a change of status does not exist."""


def advance(seen: Status | None, to: Status) -> Status:
    """The new status.

    Raises:
        ImpossibleTransition: the table has no such step.
    """
    if to not in TRANSITIONS.get(seen, frozenset()):
        raise ImpossibleTransition(f"an entry that is {seen} does not become {to}")
    return to
