"""Speaking to the hub over HTTP: typed answers and typed errors, every wait bounded (protocol.md 3, 5, 6)."""

from pos_app.hub_client.errors import HubRefused, HubUnreachable, InsecureAddress, Unreachable
from pos_app.hub_client.port import Feed, FeedComment, FeedEvent, FeedItem, HubPort, TerminalIdentity

__all__ = [
    "Feed",
    "FeedComment",
    "FeedEvent",
    "FeedItem",
    "HubPort",
    "HubRefused",
    "HubUnreachable",
    "InsecureAddress",
    "TerminalIdentity",
    "Unreachable",
]
