"""What is counted and timed; /metrics shows it."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = Counter("footnote_requests", "Requests kept in the inbox.", ["kind"], registry=self.registry)
        self.duplicates = Counter("footnote_duplicates", "Requests that were there already.", registry=self.registry)
        self.ignored = Counter("footnote_ignored", "Deliveries nobody had to answer.", registry=self.registry)
        self.rejected = Counter(
            "footnote_rejected",
            "HTTP requests that are not Slack's or not readable.",
            ["reason"],
            registry=self.registry,
        )
        self.finished = Counter(
            "footnote_finished", "Requests ended, by what the person got.", ["kind", "outcome"], registry=self.registry
        )
        self.silent = Counter(
            "footnote_silent",
            "Questions that addressed nobody and were left alone.",
            ["reason"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "footnote_seconds",
            "From the inbox to the final message.",
            registry=self.registry,
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
        )
        self.waiting = Gauge("footnote_unfinished", "Requests in the inbox that are not ended.", registry=self.registry)

    def text(self) -> bytes:
        return generate_latest(self.registry)
