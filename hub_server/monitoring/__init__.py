"""Owns alerts and metrics that people act on."""

from hub_server.monitoring.queries import AlertRow, open_alerts
from hub_server.monitoring.raise_alerts import alert_handler
from hub_server.monitoring.states import AlertStatus

__all__ = ["AlertRow", "AlertStatus", "alert_handler", "open_alerts"]
