"""Owns the audit log: who did what, when; one named event for every change, chained and signed afterwards."""

from hub_server.audit.actor import DEMO, SYSTEM, Actor
from hub_server.audit.heads_file import FILE_NAME, read_heads
from hub_server.audit.names import AuditName
from hub_server.audit.queries import EventFilter, count_by_code, list_events
from hub_server.audit.record import AuditEvent, record
from hub_server.audit.rules import Fault, KeptHead, StoredEvent
from hub_server.audit.verify_audit import AuditProof, verify_audit

__all__ = [
    "DEMO",
    "FILE_NAME",
    "SYSTEM",
    "Actor",
    "AuditEvent",
    "AuditName",
    "AuditProof",
    "EventFilter",
    "Fault",
    "KeptHead",
    "StoredEvent",
    "count_by_code",
    "list_events",
    "read_heads",
    "record",
    "verify_audit",
]
