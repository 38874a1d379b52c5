import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from chassis import tracing
from chassis.context import RequestContext, current_context, use_context
from chassis.database import Database

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def collected() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.start("sample", None, processor=SimpleSpanProcessor(exporter))
    yield exporter
    tracing.stop()


def by_name(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def test_a_span_belongs_to_the_trace_of_its_work(collected: InMemorySpanExporter) -> None:
    with use_context(RequestContext(request_id="r1", traceparent=TRACEPARENT)):
        with tracing.span("outer", "server"), tracing.span("inner", "consumer"):
            carried = current_context().traceparent
        assert current_context().traceparent == TRACEPARENT
    outer, inner = by_name(collected)["outer"], by_name(collected)["inner"]
    assert outer.context
    assert outer.parent
    assert inner.context
    assert inner.parent
    assert f"{outer.context.trace_id:032x}" == TRACE
    assert f"{outer.parent.span_id:016x}" == "b7ad6b7169203331"
    assert inner.parent.span_id == outer.context.span_id
    assert carried == f"00-{TRACE}-{inner.context.span_id:016x}-01"
    assert outer.attributes == {"request_id": "r1"}


async def test_statements_leave_spans_without_their_values(
    collected: InMemorySpanExporter, database_url: str
) -> None:
    database = Database(database_url)
    with use_context(RequestContext(traceparent=TRACEPARENT)), tracing.span("call", "server"):
        async with database.connection() as connection:
            await connection.fetchval("SELECT $1::text", "a person's words")
            with pytest.raises(Exception, match="division by zero"):
                await connection.fetchval("UPDATE pg_class SET oid = 1 / 0")
        async with database.transaction() as session:
            await session.connection()
    await asyncio.sleep(0)
    await database.close()
    spans = by_name(collected)
    call, select, update = spans["call"], spans["SELECT"], spans["UPDATE"]
    assert select.attributes
    assert select.attributes["db.query.text"] == "SELECT $1::text"
    assert select.parent
    assert call.context
    assert select.parent.span_id == call.context.span_id
    assert update.status.status_code is StatusCode.ERROR
    assert "a person's words" not in "".join(span.to_json() for span in spans.values())


def test_without_a_collector_nothing_is_made_and_the_sdk_stays_out() -> None:
    """In a process of its own, because this one has imported the SDK."""
    program = (
        "import sys; from chassis import tracing, telemetry\n"
        "tracing.start('sample', None)\n"
        "with tracing.span('x', 'server'): assert not tracing.active()\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_an_empty_work_starts_a_trace_of_its_own(collected: InMemorySpanExporter) -> None:
    with tracing.span("alone", "server"):
        assert current_context().traceparent.startswith("00-")
    assert by_name(collected)["alone"].parent is None
