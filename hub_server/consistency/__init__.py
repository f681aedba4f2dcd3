"""Owns the consistency check: caches and states recomputed from what they are derived of, each bad row named."""

from hub_server.consistency.check import check
from hub_server.consistency.rules import Finding, Report

__all__ = ["Finding", "Report", "check"]
