"""Figures for Prometheus. Labels come from closed sets, so that nobody can fill the memory with names."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
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

    def answered(self, method: str, route: str, status: int, duration_ms: int) -> None:
        """Count an answer; `route` is the template of the path, never the path itself."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(duration_ms / 1000)

    def text(self) -> bytes:
        """Prometheus' text format."""
        return generate_latest(self.registry)
