"""The states of a payment code at the hub, and which may follow which (domain.md, Payment code). Pure.

They stand here since both the capability that keeps codes and the rules that decide on charges go by them.
"""

from enum import StrEnum


class CodeState(StrEnum):
    """`live` until used, replaced, revoked or swept after expiry."""

    LIVE = "live"
    CONSUMED = "consumed"
    REPLACED = "replaced"
    REVOKED = "revoked"
    EXPIRED = "expired"


TRANSITIONS: dict[CodeState, frozenset[CodeState]] = {
    CodeState.LIVE: frozenset({CodeState.CONSUMED, CodeState.REPLACED, CodeState.REVOKED, CodeState.EXPIRED}),
    # Once the last use is given back, the code stands where it would stand unused.
    CodeState.CONSUMED: frozenset({CodeState.LIVE, CodeState.REPLACED, CodeState.REVOKED, CodeState.EXPIRED}),
    # An expired code can still be used by advice: the terminal had no line.
    CodeState.EXPIRED: frozenset({CodeState.CONSUMED}),
    # What was replaced or revoked stays so, whatever uses it or gives it back: its uses are counted beside.
    CodeState.REPLACED: frozenset(),
    CodeState.REVOKED: frozenset(),
}


class ImpossibleTransition(Exception):
    """A fault in the rules: such a change of state does not exist."""


def advance(seen: CodeState, to: CodeState) -> CodeState:
    """The new state.

    Raises:
        ImpossibleTransition: the table has no such step.
    """
    if to not in TRANSITIONS[seen]:
        raise ImpossibleTransition(f"a code that is {seen} does not become {to}")
    return to
