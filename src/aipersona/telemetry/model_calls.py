"""Calls of models as spans and metrics, after the gen_ai conventions; no prompt, no answer, no schema of a tool."""

from __future__ import annotations

import re
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

from opentelemetry.trace import SpanKind, use_span

from aipersona.telemetry.meters import MODEL_SECONDS, MODEL_TOKENS
from aipersona.telemetry.spans import Attributes, error_type, mark_failed, of_tenant, tracer

Operation = Literal["chat", "embeddings"]

OTHER = "_OTHER"
MOST_NAMES = 200
"""How many names of models are told apart: through a proxy, clients choose them, and each is a time series."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}")
_names: set[str] = set()


def told_name(model: object) -> str:
    """The name of a model as it is told: anything that is not made like one, or one too many, is `_OTHER`."""
    if not isinstance(model, str) or _NAME.fullmatch(model) is None:
        return OTHER
    if model not in _names:
        if len(_names) >= MOST_NAMES:
            return OTHER
        _names.add(model)
    return model


class ModelCalled:
    """A call that has begun; `used` may be told before its end, and the end, once, by `finish`."""

    def __init__(self, operation: Operation, provider: str, model: object, *, server: str | None = None) -> None:
        name = told_name(model)
        self._told: Attributes = {
            "gen_ai.operation.name": operation,
            "gen_ai.provider.name": provider,
            "gen_ai.request.model": name,
            **({"server.address": server} if server is not None else {}),
            **of_tenant(),
        }
        self.span = tracer.start_span(f"{operation} {name}", kind=SpanKind.CLIENT, attributes=self._told)
        self._started = time.perf_counter()
        self._tokens: dict[str, int] = {}
        self._seconds: float | None = None
        self._ended_at: int | None = None

    def used(self, input_tokens: int, output_tokens: int) -> None:
        """How many tokens it took, by the model's own count; 0 is not told."""
        self._tokens = {"input": input_tokens, "output": output_tokens}

    def over(self) -> None:
        """The answer has come: what is counted until `finish` is no longer the model's time."""
        if self._seconds is None:
            self._seconds, self._ended_at = time.perf_counter() - self._started, time.time_ns()

    def finish(self, failure: str | None = None) -> None:
        """The end; `failure` is the type of what it failed with."""
        self.over()
        told = self._told if failure is None else {**self._told, "error.type": failure}
        for kind, count in self._tokens.items():
            if count > 0:
                self.span.set_attribute(f"gen_ai.usage.{kind}_tokens", count)
                MODEL_TOKENS.record(count, {**self._told, "gen_ai.token.type": kind})
        if failure is not None:
            mark_failed(self.span, failure)
        MODEL_SECONDS.record(self._seconds or 0.0, told)
        self.span.end(self._ended_at)


@contextmanager
def model_call(operation: Operation, provider: str, model: object) -> Generator[ModelCalled]:
    """A call that is made in here."""
    called = ModelCalled(operation, provider, model)
    failure = None
    try:
        with use_span(called.span, record_exception=False, set_status_on_exception=False):
            yield called
    except BaseException as error:
        failure = error_type(error)
        raise
    finally:
        called.finish(failure)
