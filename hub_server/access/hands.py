"""In whose hands a login may be: four eyes count people, not logins (docs/decisions/0008-four-eyes.md)."""

from hub_server.access.queries import knowers_of
from hub_server.foundation.storage import Connection


def hands_on(connection: Connection, login_id: str) -> frozenset[str]:
    """Logins whose holders can sign in with this one: itself, who was shown its password, who was shown theirs."""
    hands: set[str] = set()
    newly = {login_id}
    while newly:
        hands |= newly
        newly = knowers_of(connection, sorted(newly)) - hands
    return frozenset(hands)
