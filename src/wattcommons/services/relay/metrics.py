"""The relay's metrics in Prometheus' words, taken whenever they are asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from wattcommons.services.relay.worker import Worker
from wattcommons.services.store.run_queue import RunQueue


class RelayMetrics(Collector):
    """Collects on demand from the queue and the worker."""

    def __init__(self, queue: RunQueue, worker: Worker) -> None:
        self._queue, self._worker = queue, worker
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> bytes:
        """The metrics as they are scraped. Raises StoreError."""
        return generate_latest(self._registry)

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing in advance, so that registering asks nobody."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """See prometheus_client.registry.Collector."""
        counts, worker = self._queue.counts(), self._worker
        runs = GaugeMetricFamily("watt_relay_runs", "Runs in the queue's file by fate", labels=["fate"])
        for fate, count in sorted(counts.by_fate.items()):
            runs.add_metric([fate], count)
        yield runs
        yield GaugeMetricFamily("watt_relay_open", "Runs that are not done", value=counts.open)
        age = 0.0 if counts.oldest is None else max(0.0, time.time() - counts.oldest / 1_000)
        yield GaugeMetricFamily("watt_relay_age_seconds", "Age of the oldest run that is not done", value=age)
        done = CounterMetricFamily("watt_relay_done", "Runs done since the start", labels=["fate"])
        for fate, number in sorted(worker.fates.items()):
            done.add_metric([fate], number)
        yield done
        batches = CounterMetricFamily("watt_relay_batches", "Handovers of the queue to the carrier", labels=["outcome"])
        batches.add_metric(["done"], worker.batches)
        batches.add_metric(["failed"], worker.failures)
        yield batches
        yield GaugeMetricFamily(
            "watt_relay_failing", "1 while the last round failed", value=float(bool(worker.failure))
        )
        yield GaugeMetricFamily("watt_relay_block", "Newest block seen", value=worker.head[0])
        yield GaugeMetricFamily("watt_relay_block_time_seconds", "Its unix time", value=worker.head[1])
