"""What a terminal may be."""

from enum import StrEnum


class TerminalStatus(StrEnum):
    """`created` until enrolled; a suspended or retired one may submit its journal and read the feed, nothing else.

    A retired one never goes on: another has its place, and what it still brings waits for a person.
    """

    CREATED = "created"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    RETIRED = "retired"


TRANSITIONS: dict[TerminalStatus, frozenset[TerminalStatus]] = {
    TerminalStatus.CREATED: frozenset({TerminalStatus.ACTIVE, TerminalStatus.RETIRED}),
    TerminalStatus.ACTIVE: frozenset({TerminalStatus.SUSPENDED, TerminalStatus.RETIRED}),
    TerminalStatus.SUSPENDED: frozenset({TerminalStatus.ACTIVE, TerminalStatus.RETIRED}),
    TerminalStatus.RETIRED: frozenset(),
}

MAY_BRING = frozenset({TerminalStatus.ACTIVE, TerminalStatus.SUSPENDED, TerminalStatus.RETIRED})
"""Those that may bring in their journal: all that ever had one."""
