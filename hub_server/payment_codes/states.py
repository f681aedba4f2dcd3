"""A payment code's states, and which may follow which."""

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
    # A reversal gives the use back; an offline use may come to light after the code was replaced or revoked.
    CodeState.CONSUMED: frozenset({CodeState.LIVE, CodeState.REPLACED, CodeState.REVOKED, CodeState.EXPIRED}),
    CodeState.REPLACED: frozenset({CodeState.CONSUMED}),
    CodeState.REVOKED: frozenset({CodeState.CONSUMED}),
    CodeState.EXPIRED: frozenset({CodeState.CONSUMED}),
}
