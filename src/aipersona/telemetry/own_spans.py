"""The spans that leave this process: those of aipersona. Those of libraries quote exceptions, paths and arguments."""

from __future__ import annotations

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from aipersona.telemetry.spans import SCOPE


class OwnSpans(BatchSpanProcessor):
    """Sends spans in batches, and drops those of other libraries."""

    def on_end(self, span: ReadableSpan) -> None:
        if span.instrumentation_scope is not None and span.instrumentation_scope.name == SCOPE:
            super().on_end(span)
