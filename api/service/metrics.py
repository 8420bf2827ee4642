"""What Prometheus is told: requests by route and how long they took, jobs by state. No tenant, no name, no figure."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from api.release import release


class Metrics:
    """The counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("wardwright_requests", "Requests answered", labels, registry=self._registry)
        self._seconds = Histogram(
            "wardwright_request_seconds", "Seconds until a request was answered", ("route",), registry=self._registry
        )
        self._jobs = Gauge(
            "wardwright_jobs", "Jobs kept, by kind and state", ("kind", "state"), registry=self._registry
        )
        about = Gauge("wardwright_release", "The release that runs", ("version",), registry=self._registry)
        about.labels(release()).set(1)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self, jobs: Mapping[tuple[str, str], int]) -> bytes:
        """All of it as Prometheus reads it, with the jobs there are now by kind and state."""
        self._jobs.clear()
        for (kind, state), count in jobs.items():
            self._jobs.labels(kind, state).set(count)
        return generate_latest(self._registry)
