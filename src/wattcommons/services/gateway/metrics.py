"""A gateway's metrics in Prometheus' words, taken from one look at the facts whenever they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from wattcommons.services.gateway.facts import GatewayFacts

_MS = 1_000


class GatewayMetrics(Collector):
    """Collects on demand: nothing is counted twice, and nothing is kept between two questions."""

    def __init__(self, look: Callable[[], GatewayFacts]) -> None:
        self._look = look
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> bytes:
        """The metrics as they are scraped."""
        return generate_latest(self._registry)

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing in advance, so that registering asks nobody."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """See prometheus_client.registry.Collector."""
        facts = self._look()
        seen = GaugeMetricFamily(
            "watt_source_last_seen_seconds", "Unix time at which a source last handed in", labels=["source"]
        )
        samples = CounterMetricFamily("watt_source_samples", "Samples and rows handed in", labels=["source"])
        problems = CounterMetricFamily("watt_source_problems", "What could not be used", labels=["source", "kind"])
        held = GaugeMetricFamily(
            "watt_source_held", "Samples held back while the clock cannot be believed", labels=["source"]
        )
        for name, source in facts.sources.items():
            if source.last_seen is not None:
                seen.add_metric([name], source.last_seen / _MS)
            samples.add_metric([name], source.samples)
            held.add_metric([name], source.held)
            for kind, count in sorted(source.problems.items()):
                problems.add_metric([name, kind], count)
        yield from (seen, samples, problems, held)
        outbox = GaugeMetricFamily("watt_outbox_readings", "Readings in the journal by state", labels=["state"])
        for state in ("queued", "submitted", "final", "parked"):
            outbox.add_metric([state], getattr(facts.outbox, state))
        yield outbox
        oldest = facts.outbox.oldest
        age = 0.0 if oldest is None else max(0, facts.now - oldest) / _MS
        yield GaugeMetricFamily("watt_outbox_age_seconds", "Age of the oldest reading on its way", value=age)
        outcomes = CounterMetricFamily("watt_submissions", "Readings by what became of them", labels=["outcome"])
        for outcome, count in sorted(facts.delivery.outcomes.items()):
            outcomes.add_metric([outcome], count)
        outcomes.add_metric(["failed_round"], facts.delivery.failures)
        yield outcomes
        yield GaugeMetricFamily("watt_clock_offset_seconds", "Clock offset", value=facts.clock.offset_us / 1e6)
        yield GaugeMetricFamily("watt_clock_synchronised", "1 when believed", value=float(facts.trusted))
