"""Headers with which an enrolled terminal asks."""

from hub_server.bootstrap import Hub
from hub_server.terminals.access_tokens import make_access_token


def terminal_headers(hub: Hub, terminal_id: str) -> dict[str, str]:
    """An access token as the hub gives it."""
    token = make_access_token(
        hub.keys,
        hub=hub.context.settings.base_url,
        terminal_id=terminal_id,
        token_id=hub.context.ids.new(),
        at=hub.context.clock.now(),
        ttl_s=600,
    )
    return {"Authorization": f"Bearer {token}"}
