"""Spans: an operation of an engine, with its tenant and how long it took. A failure is told by its type alone."""

from __future__ import annotations

import functools
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from types import CoroutineType
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, get_current_span, get_tracer

from aipersona.telemetry.meters import OPERATION_SECONDS

P = ParamSpec("P")
R = TypeVar("R")

Attributes = dict[str, str | int | float | bool]

TENANT = "aipersona.tenant"

SCOPE = "aipersona"
"""What spans and metrics of this project are told apart by."""

tracer = get_tracer(SCOPE)

_TENANT: ContextVar[str | None] = ContextVar("aipersona_tenant", default=None)


class OfTenant(Protocol):
    @property
    def tenant(self) -> str: ...


OfTenantT = TypeVar("OfTenantT", bound=OfTenant)


def of_tenant() -> Attributes:
    """The attribute that names the tenant for whom something is done, if that is known."""
    tenant = _TENANT.get()
    return {} if tenant is None else {TENANT: tenant}


@contextmanager
def on_behalf_of(tenant: str) -> Generator[None]:
    """What is measured in here is done for a tenant."""
    token = _TENANT.set(tenant)
    try:
        yield
    finally:
        _TENANT.reset(token)


def error_type(error: BaseException) -> str:
    """What may be told of a failure: its messages may hold what was said."""
    return type(error).__qualname__


def mark_failed(span: Span, kind: str) -> None:
    """Say that what a span tells of failed, and how."""
    span.set_attribute("error.type", kind)
    span.set_status(Status(StatusCode.ERROR))


@contextmanager
def span(
    name: str, attributes: Attributes, *, kind: SpanKind = SpanKind.INTERNAL, parent: Context | None = None
) -> Generator[Span]:
    """A span around what is done; its exceptions are neither recorded nor quoted."""
    with tracer.start_as_current_span(
        name, parent, kind, attributes, record_exception=False, set_status_on_exception=False
    ) as made:
        try:
            yield made
        except Exception as error:
            mark_failed(made, error_type(error))
            raise


def note(**counts: int) -> None:
    """Add figures of what was done to the span of the running operation, as `aipersona.<name>`."""
    get_current_span().set_attributes({f"aipersona.{name}": count for name, count in counts.items()})


def operation(
    name: str,
) -> Callable[
    [Callable[Concatenate[OfTenantT, P], Awaitable[R]]], Callable[Concatenate[OfTenantT, P], CoroutineType[Any, Any, R]]
]:
    """A method of an engine as a span `aipersona.<name>`, and its time in `aipersona.operation.duration`."""

    def measured(
        method: Callable[Concatenate[OfTenantT, P], Awaitable[R]],
    ) -> Callable[Concatenate[OfTenantT, P], CoroutineType[Any, Any, R]]:
        @functools.wraps(method)
        async def run(self: OfTenantT, /, *args: P.args, **kwargs: P.kwargs) -> R:
            told: Attributes = {"aipersona.operation": name, TENANT: self.tenant}
            started = time.perf_counter()
            with on_behalf_of(self.tenant):
                try:
                    with span(f"aipersona.{name}", told):
                        return await method(self, *args, **kwargs)
                except Exception as error:
                    told = {**told, "error.type": error_type(error)}
                    raise
                finally:
                    OPERATION_SECONDS.record(time.perf_counter() - started, told)

        return run

    return measured
