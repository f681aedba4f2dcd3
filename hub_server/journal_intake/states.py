"""What may become of an entry (protocol.md 5, the table of statuses). Pure."""

from shared.journal_entries import Status

_ENDS = frozenset({Status.COMPLETED, Status.REVERSED, Status.REJECTED})
TRANSITIONS: dict[Status | None, frozenset[Status]] = {
    None: frozenset(Status),
    Status.UNCONFIRMED: _ENDS,
    Status.PENDING: _ENDS | {Status.DECLINED, Status.PENDING, Status.HELD},
    Status.HELD: _ENDS | {Status.DECLINED},
}
"""From what is missing here nothing follows: an answer is for ever. Only a refund is declined after it waited."""


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
