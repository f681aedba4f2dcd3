"""Owns alerts and metrics that people act on."""

from hub_server.monitoring.attend_alert import acknowledge_alert, list_alerts, resolve_alert
from hub_server.monitoring.list_sync import SyncState, list_sync
from hub_server.monitoring.queries import AlertRow, open_alerts
from hub_server.monitoring.raise_alerts import alert_handler
from hub_server.monitoring.states import AlertStatus
from hub_server.monitoring.watch_gaps import GAP, watch_gaps
from hub_server.monitoring.watch_refusals import watch_refusals

__all__ = [
    "GAP",
    "AlertRow",
    "AlertStatus",
    "SyncState",
    "acknowledge_alert",
    "alert_handler",
    "list_alerts",
    "list_sync",
    "open_alerts",
    "resolve_alert",
    "watch_gaps",
    "watch_refusals",
]
