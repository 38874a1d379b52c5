"""OpenTelemetry spans of calls, events and statements; almost free where none are collected.

The SDK is imported when `OTEL_EXPORTER_OTLP_ENDPOINT` is set and not before. How many traces are
sampled is set by OpenTelemetry's own variables (`OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`).
"""

import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from chassis.context import current_context, use_context

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.trace import Tracer

_LONGEST_STATEMENT = 2_000
_NO_SPAN: AbstractContextManager[None] = nullcontext()
_log = logging.getLogger(__name__)

_provider: "TracerProvider | None" = None
_tracer: "Tracer | None" = None


class Statement(Protocol):
    """A finished statement, as asyncpg passes it to query loggers."""

    query: str
    elapsed: float
    """Seconds."""
    exception: BaseException | None


def start(service: str, endpoint: str | None, *, processor: "SpanProcessor | None" = None) -> None:
    """Start to collect spans, if an endpoint is set and the SDK is installed."""
    global _provider, _tracer
    if endpoint is None and processor is None:
        return
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        _log.warning("no traces: the OpenTelemetry SDK is not installed (extra `tracing`)")
        return
    _provider = TracerProvider(resource=Resource.create({"service.name": service}))
    if processor is None:
        insecure = not str(endpoint).startswith("https://")
        processor = BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, insecure=insecure))
    _provider.add_span_processor(processor)
    _tracer = _provider.get_tracer("chassis")


def stop() -> None:
    """Send what has been collected, and stop collecting. Takes a while; call it in a thread."""
    global _provider, _tracer
    provider, _provider, _tracer = _provider, None, None
    if provider is not None:
        provider.shutdown()


def active() -> bool:
    """Return whether spans are collected."""
    return _tracer is not None


def span(name: str, kind: Literal["server", "consumer"]) -> AbstractContextManager[None]:
    """Collect a span around the block, as a child of the span named by the request context.

    Inside, the context's `traceparent` names this span, so that calls and events from there become
    its children.
    """
    return _NO_SPAN if _tracer is None else _span(_tracer, name, kind)


def statement_ran(query: Statement) -> None:
    """Collect a span of a finished statement. A query logger for asyncpg."""
    if _tracer is None:
        return
    from opentelemetry.trace import SpanKind, Status, StatusCode

    end = time.time_ns()
    words = query.query.split(None, 1)
    statement_span = _tracer.start_span(
        words[0].upper() if words else "SQL",
        context=_context(current_context().traceparent),
        kind=SpanKind.CLIENT,
        attributes={"db.system": "postgresql", "db.query.text": query.query[:_LONGEST_STATEMENT]},
        start_time=end - int(query.elapsed * 1e9),
    )
    if query.exception is not None:
        statement_span.set_status(Status(StatusCode.ERROR, type(query.exception).__name__))
    statement_span.end(end)


@contextmanager
def _span(tracer: "Tracer", name: str, kind: str) -> Iterator[None]:
    from opentelemetry.trace import SpanKind

    context = current_context()
    with tracer.start_as_current_span(
        name, context=_context(context.traceparent), kind=SpanKind[kind.upper()]
    ) as started:
        if context.request_id:
            started.set_attribute("request_id", context.request_id)
        it = started.get_span_context()
        traceparent = f"00-{it.trace_id:032x}-{it.span_id:016x}-{it.trace_flags:02x}"
        with use_context(replace(context, traceparent=traceparent)):
            yield


def _context(traceparent: str) -> Any:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent})
