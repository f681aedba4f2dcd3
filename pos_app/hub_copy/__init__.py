"""What the hub last told this terminal: policy, people, keys, revoked codes; and the newest contact (protocol.md 6)."""

from pos_app.hub_copy.facts import HubFacts, TerminalStatus
from pos_app.hub_copy.hub_copy import HubCopy

__all__ = ["HubCopy", "HubFacts", "TerminalStatus"]
