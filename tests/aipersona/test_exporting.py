"""Log lines, and where telemetry goes: what the environment names, and no span of a library."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Generator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from aipersona.errors import InvalidInput
from aipersona.telemetry.exporting import Signal, is_sent
from aipersona.telemetry.lines import JsonLines, TextLines, log_lines
from aipersona.telemetry.own_spans import OwnSpans

ENDPOINT = "http://127.0.0.1:4318"


def record(name: str, message: str, *given: object, failure: BaseException | None = None) -> logging.LogRecord:
    told = (type(failure), failure, failure.__traceback__) if failure is not None else None
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, given, told)


def failed() -> ValueError:
    try:
        raise ValueError("I live in Lisbon")
    except ValueError as error:
        return error


def test_a_line_of_json_says_when_how_bad_and_what() -> None:
    one = record("aipersona.access", "%s %s", "GET", "/healthz")
    one.aipersona = {"status": 200, "ms": 1.5, "tenant": None}
    line = json.loads(JsonLines().format(one))
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "error",
        "logger": "aipersona.access",
        "message": "GET /healthz",
        "status": 200,
        "ms": 1.5,
    }


@pytest.mark.parametrize("form", [JsonLines(), TextLines()], ids=["json", "text"])
def test_a_failure_is_a_type_and_a_place(form: logging.Formatter) -> None:
    for name in ("uvicorn.error", "asyncio"):
        line = form.format(record(name, "Task exception was never retrieved", failure=failed()))
        assert "Lisbon" not in line
        assert "ValueError" in line
        assert f"{__name__}:" in line
        assert "\n" not in line


@pytest.mark.parametrize("form", [JsonLines(), TextLines()], ids=["json", "text"])
def test_of_other_libraries_only_the_template_is_told(form: logging.Formatter) -> None:
    line = form.format(record("some.client", "sent %s\nto Lisbon", "I live in Lisbon"))
    assert "sent %s" in line
    assert "Lisbon" not in line
    assert "for alice-key" in form.format(record("aipersona.server", "for %s", "alice-key"))


@pytest.fixture
def loggers() -> Generator[None]:
    kept = [(logger, logger.level, list(logger.handlers)) for logger in map(logging.getLogger, ("", "aipersona"))]
    yield
    for logger, level, handlers in kept:
        logger.setLevel(level)
        logger.handlers = handlers


@pytest.mark.usefixtures("loggers")
@pytest.mark.parametrize(("as_json", "lines"), [(True, 3), (False, 2)])
def test_requests_are_logged_as_json_and_trouble_in_both_forms(as_json: bool, lines: int) -> None:
    text = io.StringIO()
    log_lines(as_json=as_json, stream=text)
    logging.getLogger("aipersona.access").info("GET /healthz 200")
    logging.getLogger("aipersona.server").warning("a call was not recorded: X")
    logging.getLogger("some.library").info("chatter")
    logging.getLogger("some.library").warning("trouble")
    assert len(text.getvalue().splitlines()) == lines


@pytest.mark.parametrize(
    ("signal", "environment", "sent"),
    [
        ("TRACES", {}, False),
        ("TRACES", {"OTEL_EXPORTER_OTLP_ENDPOINT": ENDPOINT}, True),
        ("METRICS", {"OTEL_EXPORTER_OTLP_ENDPOINT": ENDPOINT}, True),
        ("METRICS", {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": ENDPOINT}, False),
        ("TRACES", {"OTEL_EXPORTER_OTLP_ENDPOINT": ENDPOINT, "OTEL_TRACES_EXPORTER": "none"}, False),
        ("METRICS", {"OTEL_EXPORTER_OTLP_ENDPOINT": ENDPOINT, "OTEL_METRICS_EXPORTER": "prometheus"}, False),
        ("METRICS", {"OTEL_METRICS_EXPORTER": "prometheus, otlp"}, True),
        ("TRACES", {"OTEL_TRACES_EXPORTER": "otlp"}, True),
    ],
)
def test_telemetry_is_sent_where_the_standard_variables_say(
    signal: Signal, environment: dict[str, str], sent: bool
) -> None:
    assert is_sent(signal, environment) == sent


@pytest.mark.parametrize("signal", ["TRACES", "METRICS"])
def test_an_exporter_that_is_not_known_is_refused(signal: Signal) -> None:
    with pytest.raises(InvalidInput, match=f"OTEL_{signal}_EXPORTER is one of"):
        is_sent(signal, {f"OTEL_{signal}_EXPORTER": "zipkin"})


def test_spans_of_libraries_do_not_leave_the_process() -> None:
    sent, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(OwnSpans(sent))
    make: Callable[[str], None] = lambda scope: provider.get_tracer(scope).start_span("one").end()  # noqa: E731
    for scope in ("mcp-python-sdk", "aipersona", "fastapi"):
        make(scope)
    provider.shutdown()
    assert [span.instrumentation_scope.name for span in sent.get_finished_spans() if span.instrumentation_scope] == [
        "aipersona"
    ]
