"""Exporting: where spans and metrics of this process go.

Metrics are kept for Prometheus, which asks for them. Metrics, and the spans of aipersona alone, are sent by OTLP over
HTTP where the standard variables name a collector (OTEL_EXPORTER_OTLP_ENDPOINT, or that of traces or metrics alone).
The SDK reads the rest of them itself: headers, sampling, resource attributes, OTEL_SDK_DISABLED.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from aipersona.errors import InvalidInput, ToolsUnavailable

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricReader
    from opentelemetry.sdk.resources import Resource

Signal = Literal["TRACES", "METRICS"]


def export(version: str, *, environment: Mapping[str, str] = os.environ) -> None:
    """Keep the metrics of this process for Prometheus, and send spans and metrics where the environment says; once.

    `version` is that of aipersona, which the metrics and spans name.

    Raises: InvalidInput for an exporter that is not known here; ToolsUnavailable where an extra is missing.
    """
    try:
        from opentelemetry.exporter.prometheus import PrometheusMetricReader
        from opentelemetry.metrics import set_meter_provider
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    except ModuleNotFoundError:
        raise ToolsUnavailable("metrics need the extra `server`: pip install 'aipersona[server]'") from None
    sent = {signal: is_sent(signal, environment) for signal in ("TRACES", "METRICS")}
    named = environment.get("OTEL_SERVICE_NAME") or "aipersona"
    resource = Resource.create({SERVICE_NAME: named, "service.version": version})
    readers: list[MetricReader] = [PrometheusMetricReader(scope_info_enabled=False)]
    try:
        if sent["METRICS"]:
            readers.append(_otlp_metrics())
        if sent["TRACES"]:
            _send_spans(resource)
    except ModuleNotFoundError:
        raise ToolsUnavailable(
            "OTEL_EXPORTER_OTLP_ENDPOINT needs the extra `tracing`: pip install 'aipersona[tracing]'"
        ) from None
    set_meter_provider(MeterProvider(readers, resource))


def is_sent(signal: Signal, environment: Mapping[str, str]) -> bool:
    """Whether the environment names somewhere to send spans (TRACES) or METRICS to.

    Raises: InvalidInput for an exporter other than `otlp`, `none` and, for metrics, `prometheus`.
    """
    name = f"OTEL_{signal}_EXPORTER"
    chosen = {part.strip() for part in environment.get(name, "").split(",") if part.strip()}
    known = {"otlp", "none"} | ({"prometheus"} if signal == "METRICS" else set[str]())
    if not chosen <= known:
        raise InvalidInput(f"{name} is one of {', '.join(sorted(known))}")
    if chosen:
        return "otlp" in chosen
    return any(
        environment.get(variable)
        for variable in ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    )


def _otlp_metrics() -> MetricReader:
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    return PeriodicExportingMetricReader(OTLPMetricExporter())


def _send_spans(resource: Resource) -> None:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import set_tracer_provider

    from aipersona.telemetry.own_spans import OwnSpans

    provider = TracerProvider(resource=resource)
    provider.add_span_processor(OwnSpans(OTLPSpanExporter()))
    set_tracer_provider(provider)
