"""The telemetry of this process in tests: spans in memory, metrics in the registry that /metrics shows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import set_meter_provider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import set_tracer_provider
from prometheus_client import REGISTRY


@cache
def _spans() -> InMemorySpanExporter:
    """OpenTelemetry takes its providers once in a process."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    set_tracer_provider(provider)
    set_meter_provider(MeterProvider([PrometheusMetricReader(scope_info_enabled=False)]))
    return kept


class Watch:
    """What is told from now on."""

    def __init__(self) -> None:
        self._spans = _spans()
        self._spans.clear()
        self._before = _samples()

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._spans.get_finished_spans())

    def span(self, name: str) -> ReadableSpan:
        """The one span of a name."""
        (found,) = (one for one in self.spans if one.name == name)
        return found

    def names(self) -> list[str]:
        return [span.name for span in self.spans]

    def counted(self, name: str, **labels: str) -> float:
        """By how much the samples of a metric grew that have these labels."""
        now = _samples()
        return sum(
            value - self._before.get((sample, told), 0)
            for (sample, told), value in now.items()
            if sample == name and labels.items() <= dict(told).items()
        )


Sample = tuple[str, frozenset[tuple[str, str]]]


def _samples() -> Mapping[Sample, float]:
    """Without empty labels: every sample gets one for each label that any of its metric has."""
    return {
        (sample.name, frozenset((name, value) for name, value in sample.labels.items() if value)): sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
    }
