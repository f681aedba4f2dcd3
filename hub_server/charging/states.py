"""What may become of a payment code at the hand of a charge (domain.md, Payment code). Pure."""

from enum import StrEnum


class CodeState(StrEnum):
    """As the hub stores it."""

    LIVE = "live"
    CONSUMED = "consumed"
    REPLACED = "replaced"
    REVOKED = "revoked"
    EXPIRED = "expired"


_TRANSITIONS: dict[CodeState, frozenset[CodeState]] = {
    # A code that was used, replaced or swept can still be used by advice: the terminal could not know.
    CodeState.LIVE: frozenset({CodeState.CONSUMED}),
    CodeState.EXPIRED: frozenset({CodeState.CONSUMED}),
    # Once the last use is given back, the code stands where it would stand unused.
    CodeState.CONSUMED: frozenset(
        {CodeState.LIVE, CodeState.REPLACED, CodeState.REVOKED, CodeState.EXPIRED, CodeState.CONSUMED}
    ),
    # What was replaced or revoked stays so, whatever uses it or gives it back.
    CodeState.REPLACED: frozenset({CodeState.REPLACED}),
    CodeState.REVOKED: frozenset({CodeState.REVOKED}),
}


class ImpossibleTransition(Exception):
    """A fault in the rules: such a change of state does not exist."""


def advance(seen: CodeState, to: CodeState) -> CodeState:
    """The new state.

    Raises:
        ImpossibleTransition: the table has no such step.
    """
    if to not in _TRANSITIONS[seen]:
        raise ImpossibleTransition(f"a code that is {seen} does not become {to}")
    return to
