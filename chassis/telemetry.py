"""Log lines as JSON, metrics, and traces of a process."""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIServer

import grpc
from prometheus_client import Counter, Gauge, Histogram, start_http_server

from chassis import redaction, tracing
from chassis.context import current_context
from chassis.settings import ProcessSettings

_RPC_SECONDS = Histogram(
    "rpc_server_seconds",
    "Time from a call's arrival to its answer.",
    ["method", "code"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
OUTBOX_WAITING = Gauge("outbox_waiting", "Events written and not yet published.", ["service"])
EVENTS_PUBLISHED = Counter("events_published", "Events the broker confirmed.", ["service"])
EVENTS_UNROUTABLE = Counter(
    "events_unroutable", "Publishes that no queue is bound for; they are retried.", ["service"]
)
EVENTS_HANDLED = Counter(
    "events_handled", "Events received, by outcome.", ["service", "type", "outcome"]
)

_STANDARD_ATTRIBUTES = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure_logs(service: str, level: str = "INFO") -> None:
    """Write every log record as one JSON line on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines(service))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for verbose in ("aiormq", "aio_pika", "alembic.runtime.plugins"):
        logging.getLogger(verbose).setLevel(logging.WARNING)


def rpc_served(method: str) -> Callable[[grpc.StatusCode, float], None]:
    """Return the function that records a finished call of this method: (code, seconds)."""
    observers: dict[grpc.StatusCode, Callable[[float], None]] = {}

    def finished(code: grpc.StatusCode, seconds: float) -> None:
        observe = observers.get(code)
        if observe is None:
            observe = observers[code] = _RPC_SECONDS.labels(method, code.name).observe
        observe(seconds)

    return finished


class _JsonLines(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        if isinstance(record.args, tuple):
            record.args = tuple(map(_loggable, record.args))
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current_context().request_id:
            line["request_id"] = request_id
        line |= {
            name: _loggable(value)
            for name, value in vars(record).items()
            if name not in _STANDARD_ATTRIBUTES
        }
        if record.exc_info:
            line["exception"] = redaction.format_exception(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def _loggable(value: object) -> object:
    """Return a value of a log record; an exception without the values that it quotes."""
    return redaction.describe(value) if isinstance(value, BaseException) else value


@asynccontextmanager
async def reporting(service: str, settings: ProcessSettings) -> AsyncIterator[None]:
    """Collect traces and serve `/metrics` inside the block, where the settings say so."""
    tracing.start(service, settings.otel_exporter_otlp_endpoint)
    metrics = _serve_metrics(settings.metrics_listen) if settings.metrics_listen else None
    try:
        yield
    finally:
        if metrics:
            server, thread = metrics
            server.shutdown()
            await asyncio.to_thread(thread.join, 1.0)
            server.server_close()
        await asyncio.to_thread(tracing.stop)


def _serve_metrics(listen: str) -> tuple[WSGIServer, Thread]:
    host, _, port = listen.rpartition(":")
    return start_http_server(int(port), addr=host or "0.0.0.0")
