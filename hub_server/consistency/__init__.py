"""Owns the consistency check: caches and states recomputed from what they are derived of, each bad row named."""

from hub_server.consistency.check import check
from hub_server.consistency.repair import Repair, repair
from hub_server.consistency.rules import Finding, Report
from hub_server.consistency.watch import CheckRun, ConsistencyWatch

__all__ = ["CheckRun", "ConsistencyWatch", "Finding", "Repair", "Report", "check", "repair"]
