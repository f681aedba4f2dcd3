"""How each terminal's journal stands at the hub."""

from hub_server.monitoring.journals.list_sync import SyncState, list_sync
from hub_server.monitoring.journals.watch_gaps import GAP, watch_gaps

__all__ = ["GAP", "SyncState", "list_sync", "watch_gaps"]
