"""What the hub says of itself: JSON log lines without secrets, and figures for Prometheus."""

from hub_server.foundation.observability.figures import Figures
from hub_server.foundation.observability.logs import configure_logging, request_id_variable
from hub_server.foundation.observability.redaction import redact, redact_text

__all__ = ["Figures", "configure_logging", "redact", "redact_text", "request_id_variable"]
