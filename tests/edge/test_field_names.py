"""Fields have the names that a client wrote: swept over every field of every request of gRPC."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from google.protobuf.descriptor import Descriptor, FileDescriptor

import edge
from chassis.errors import Violation
from edge.clients import SERVICE_FILES
from edge.field_names import names_of, rest_name, rest_text, rest_violations
from tests.edge.openapi_fields import operations
from tests.edge.servers import running_edge

INTERNAL = {
    "update_mask",
    "paths",
    "client_address",
    "access_token",
    "delegation_secret",
    "actor",
    "scope",
}
INTERNAL |= {"account_id", "owner_id", "revision", "floor_date", "week_changes", "issuer"}
INTERNAL |= {"data"}  # a part of an uploaded file
INTERNAL |= {"checks", "state_version"}  # the edge keeps answers
INTERNAL |= {"cursor_only"}  # the edge asks where a stream begins
INTERNAL |= {"revisions", "habit_revision", "check_in_revision"}
"""What REST has no name for: the edge sets it, or services do among themselves."""
NAMES = names_of(None)


def inputs(descriptor: Descriptor, seen: Sequence[str] = ()) -> Iterator[str]:
    """Yield the path of every field of a request, `[0]` for items of lists."""
    for field in descriptor.fields:
        step = f"{field.name}[0]" if field.is_repeated else field.name
        inner = field.message_type
        if inner is not None and inner.name not in ("Timestamp", "Duration"):
            if inner.full_name not in seen:
                yield from (f"{step}.{it}" for it in inputs(inner, [*seen, inner.full_name]))
        else:
            yield step


def requests() -> Iterator[Descriptor]:
    """Yield the request of every rpc that the edge's code calls."""
    code = "".join(path.read_text() for path in Path(edge.__file__).parent.rglob("*.py"))
    files: list[FileDescriptor] = [file for files in SERVICE_FILES.values() for file in files]
    for file in files:
        for service in file.services_by_name.values():
            types = (method.input_type for method in service.methods)
            yield from (it for it in types if re.search(rf"\b{it.name}\b", code))


@pytest.fixture
async def rest_names() -> set[str]:
    """Return every name of a property, parameter or header that REST documents."""
    async with running_edge() as client:
        schema = (await client.get("/openapi.json")).json()
    names = {"User-Agent"}
    for component in schema["components"]["schemas"].values():
        names |= set(component.get("properties", ()))
    for operation in operations(schema):
        for place in ("query", "path"):
            names |= {name for name, _ in operation.parameters(place)}
        names |= {name.title() for name, _ in operation.parameters("header")}
    return names


async def test_every_field_of_a_request_has_a_name_of_rest(rest_names: set[str]) -> None:
    unknown = {
        (request.name, path)
        for request in requests()
        for path in inputs(request)
        for step in rest_name(path, NAMES).replace("[0]", "").split(".")
        if step not in rest_names | INTERNAL
    }
    assert unknown == set()


def api_routes(routes: Sequence[Any]) -> Iterator[APIRoute]:
    """Yield every route, those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from api_routes(route.original_router.routes)


async def test_parameters_with_another_name_are_known_in_their_routes() -> None:
    async with running_edge() as client:
        app = client._transport.app.app  # type: ignore[attr-defined]
    named = 0
    for route in api_routes(app.routes):
        names = names_of(route)
        for parameter in route.dependant.query_params:
            assert rest_name(parameter.name, names) == parameter.alias
            named += parameter.alias == "from"
    assert named >= 4


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("habit.reminders[0].local_time", "reminders[0].time"),
        ("changes[3].set.amount", "items[3].amount"),
        ("change.check_in_date", "date"),
        ("preferences.quiet_from", "quiet_hours.from"),
        ("habit.tags[1]", "tags[1]"),
        ("request_id", "Idempotency-Key"),
        ("set", "set"),
    ],
)
def test_a_path_is_written_as_rest_has_it(field: str, name: str) -> None:
    assert rest_name(field, NAMES) == name


def test_sentences_name_fields_as_rest_does() -> None:
    violations = [
        Violation("habit.reminders[0].local_time", "must look like 07:30"),
        Violation("to_date", "must not be before from_date"),
    ]
    names = NAMES | {"from_date": "from", "to_date": "to"}
    fields, translated = rest_violations(violations, names)
    assert [(it.field, it.message) for it in translated] == [
        ("reminders[0].time", "must look like 07:30"),
        ("to", "must not be before from"),
    ]
    sentence = "habit.reminders[0].local_time is wrong, and 'due_date' is what you wrote."
    assert rest_text(sentence, fields, names) == (
        "reminders[0].time is wrong, and 'due_date' is what you wrote."
    )
