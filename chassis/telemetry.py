"""What a process says about itself: JSON log lines, metrics, traces where they are collected."""

import json
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

import grpc
from prometheus_client import Counter, Gauge, Histogram, start_http_server

from chassis.context import Work, current
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
    "events_unroutable", "Publishes that no queue wanted; they are tried again.", ["service"]
)
EVENTS_HANDLED = Counter(
    "events_handled", "Events taken in, by outcome.", ["service", "type", "outcome"]
)

_ORDINARY = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_NOT_TRACED: AbstractContextManager[None] = nullcontext()


def configure_logs(service: str, level: str = "INFO") -> None:
    """Write every log record as one JSON line on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines(service))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for talkative in ("aiormq", "aio_pika", "alembic.runtime.plugins"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def rpc_served(method: str) -> Callable[[grpc.StatusCode, float], None]:
    """Return what a server calls when a call of this method is over: (code, seconds)."""
    observers: dict[grpc.StatusCode, Callable[[float], None]] = {}

    def finished(code: grpc.StatusCode, seconds: float) -> None:
        observe = observers.get(code)
        if observe is None:
            observe = observers[code] = _RPC_SECONDS.labels(method, code.name).observe
        observe(seconds)

    return finished


def serving(method: str, work: Work) -> AbstractContextManager[None]:
    """Trace the serving of a call, where traces are collected."""
    return _NOT_TRACED


def calling(method: str, work: Work) -> Work:
    """Return the work an outgoing call carries: within its own span, where traces are collected."""
    return work


class _JsonLines(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current().request_id:
            line["request_id"] = request_id
        line |= {k: v for k, v in vars(record).items() if k not in _ORDINARY}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


@asynccontextmanager
async def reporting(service: str, settings: ProcessSettings) -> AsyncIterator[None]:
    """Show `/metrics` inside the block, where the settings say so."""
    if settings.metrics_listen is None:
        yield
        return
    host, _, port = settings.metrics_listen.rpartition(":")
    server, thread = start_http_server(int(port), addr=host or "0.0.0.0")
    try:
        yield
    finally:
        server.shutdown()
        thread.join(1.0)
