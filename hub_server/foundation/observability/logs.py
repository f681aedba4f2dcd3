"""Logging: the standard library's loggers, written as one JSON object a line."""

import logging
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any, TextIO

import structlog

from hub_server.foundation.observability.redaction import redact

request_id_variable: ContextVar[str] = ContextVar("mps_request_id", default="")
"""The id of the request being answered; empty outside one."""


def configure_logging(level: str = "INFO", stream: TextIO | None = None) -> logging.Handler:
    """Let every logger write JSON lines to a stream (standard error by default); returns the handler set."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(json_formatter())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    # Its access lines hold whole addresses with their queries; ours hold the route.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    return handler


def json_formatter() -> logging.Formatter:
    """One JSON object a record: time, level, logger, event, request id, what `extra` brought; redacted."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _add_request_id,
            structlog.processors.format_exc_info,
            _redact_event,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
        ],
    )


def _add_request_id(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    request_id = request_id_variable.get()
    if request_id:
        event["request_id"] = request_id
    return event


def _redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: redact(name, value) for name, value in event.items() if name != "color_message"}
