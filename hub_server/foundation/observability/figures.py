"""Figures for Prometheus. Labels come from closed sets, so that nobody can fill the memory with names."""

import threading

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from shared.problems import Code

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_MOVEMENTS = frozenset({"charge", "refund", "reversal", "top_up", "adjustment"})
_CAUSES = frozenset({"deadlock", "serialization"})
UNKNOWN_ROUTE = "unknown"


class Figures:
    """The figures of one process, in a registry of its own."""

    def __init__(self) -> None:
        """An empty registry with the hub's figures."""
        self.registry = CollectorRegistry()
        labels = ("method", "route")
        self._requests = Counter(
            "mps_hub_requests", "Requests answered", (*labels, "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "mps_hub_request_seconds",
            "Time to the beginning of the answer",
            labels,
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.streams = Gauge("mps_hub_feed_streams", "Open change-feed streams", registry=self.registry)
        self.set_aside = Counter(
            "mps_hub_outbox_set_aside", "Outbox rows set aside", ("topic",), registry=self.registry
        )

        self._refusals = Counter(
            "mps_hub_refusals", "Refusals of charges, refunds and entries", ("code",), registry=self.registry
        )
        self._moved = Counter(
            "mps_hub_moved",
            "Charges, refunds and reversals that moved money",
            ("kind", "line"),
            registry=self.registry,
        )
        self._busy = Counter("mps_hub_busy", "Requests answered SYSTEM_BUSY", registry=self.registry)
        self._retries = Counter(
            "mps_hub_transaction_retries", "Transactions run again", ("cause",), registry=self.registry
        )
        self.audit_lag = Gauge(
            "mps_hub_audit_lag_seconds",
            "How long the oldest event waited for the chain",
            registry=self.registry,
        )
        self.inconsistent = Gauge(
            "mps_hub_inconsistent_rows", "What the last check of this process found", registry=self.registry
        )
        self._busy_count = 0
        self._lock = threading.Lock()

    def refused(self, code: Code) -> None:
        """Count a refusal of a charge, refund or entry, once it is committed."""
        self._refusals.labels(code.value).inc()

    def moved(self, kind: str, *, is_offline: bool = False) -> None:
        """Count a movement of money, once it is committed; `kind` as transactions have it."""
        known = kind if kind in _MOVEMENTS else "other"
        self._moved.labels(known, "offline" if is_offline else "online").inc()

    def told_busy(self) -> None:
        """Count a request that was told SYSTEM_BUSY."""
        with self._lock:
            self._busy_count += 1
        self._busy.inc()

    def busy_count(self) -> int:
        """How many were told SYSTEM_BUSY since the process began."""
        return self._busy_count

    def retried(self, cause: str) -> None:
        """Count a transaction that is run again: for a deadlock, or a serialization failure."""
        self._retries.labels(cause if cause in _CAUSES else "other").inc()

    def answered(self, method: str, route: str, status: int, duration_ms: int) -> None:
        """Count an answer; `route` is the template of the path, never the path itself."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(duration_ms / 1000)

    def text(self) -> bytes:
        """Prometheus' text format."""
        return generate_latest(self.registry)
