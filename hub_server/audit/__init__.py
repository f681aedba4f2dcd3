"""Owns the audit log: who did what, when; one named event for every change."""

from hub_server.audit.actor import SYSTEM, Actor
from hub_server.audit.names import AuditName
from hub_server.audit.record import AuditEvent, record

__all__ = ["SYSTEM", "Actor", "AuditEvent", "AuditName", "record"]
