"""Owns the audit log: who did what, when; one named event for every change."""

from hub_server.audit.names import AuditName
from hub_server.audit.record import SYSTEM, Actor, AuditEvent, record

__all__ = ["SYSTEM", "Actor", "AuditEvent", "AuditName", "record"]
