"""Other people's things are as if they were not there: a sweep of every request that has an id.

Requests come from the OpenAPI and from the protos, so a new route or rpc is swept as soon as it is
there; a new kind of id fails here until `belongings.py` has a thing of that kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import grpc
import httpx
import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.json_format import ParseDict
from google.protobuf.message_factory import GetMessageClass

from chassis.context import RequestContext, use_context
from chassis.rpc.peers import allowed_peers
from chassis.rpc.status import refusal_details
from edge.clients import SERVICE_FILES
from tests.edge.openapi_fields import Operation, Step, operations, replaced
from tests.journeys.belongings import CANARY, Belongings, create_belongings
from tests.journeys.grpc_methods import PUBLIC, channel_to
from tests.journeys.mesh import Mesh
from tests.journeys.people import Clients, Person

pytestmark = pytest.mark.timeout(300)

DAY = "2026-01-09"
BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/habits": {"title": "Mine", "reminders": [{"id": "", "time": "08:30"}]},
    "PATCH /v1/habits/{habit_id}": {"title": "Mine now"},
    "PUT /v1/habits/{habit_id}/check-ins/{date}": {"mark": "done"},
    "POST /v1/quick-links": {"habit_id": ""},
    "POST /v1/check-ins:batch": {"items": [{"habit_id": "", "date": DAY, "mark": "done"}]},
}
"""Bodies of requests whose fields cannot all be given at once."""
TAKES_NO_ID = {"POST /v1/habits"}
"""Requests that hold an id which the server gives anew: hers is not looked up."""
EXTRAS: dict[str, dict[str, Any]] = {
    "UpdateHabit": {"habit": {"title": "Mine now"}, "updateMask": "title"},
    "CreatePause": {"pause": {"fromDate": DAY}},
    "CreateCheckIn": {"change": {"add": {}}},
    "SetCheckIn": {"change": {"set": {"mark": "MARK_DONE"}, "checkInDate": DAY}},
    "ClearCheckIn": {"change": {"clear": {}, "checkInDate": DAY}},
    "UndoCheckIn": {"change": {"undo": {}}},
    "BatchWriteCheckIns": {"changes": [{"add": {}}]},
    "SnoozeReminder": {"dueDate": DAY, "snoozeMinutes": 60},
    "UploadImportPart": {"data": "eA=="},
}
"""What a request needs beside ids, so that the ids are looked at."""
OUTPUT_ONLY = {"UpdateAccount", "CreatePersonalToken", "CreateHabit", "CreateWebhook"}
"""Rpcs that take a resource whose id the server gives."""

ID_NAMES = {
    "personaltoken_id": "token_id",
    "quicklink_id": "quick_link_id",
    "owner_id": "account_id",
}
"""What `belongings.py` calls an id, where the rpcs have another name."""
REFUSED_ALIKE = {"ExportCheckIns": "SCOPE_MISSING", "WaitForRevisions": "CHANGES_NOT_COUNTED"}
"""Rpcs that refuse an id of hers, and one of nobody's, with another reason than NOT_FOUND."""


@pytest.fixture
async def ann(clients: Clients) -> Belongings:
    return await create_belongings(clients, "Ann")


def id_fields(operation: Operation) -> Iterator[list[Step]]:
    """Yield the path of every id in a body."""
    if operation.body_schema is None:
        return
    for path, _ in operation.fields():
        name = next(step for step in reversed(path) if isinstance(step, str))
        if name == "id" or name.endswith(("_id", "_ids")):
            yield path


def kind_of(path: list[Step]) -> str:
    """Return the name of an id: of `reminders[0].id` it is `reminder_id`."""
    names = [step for step in path if isinstance(step, str)]
    return f"{names[-2].removesuffix('s')}_id" if names[-1] == "id" else names[-1]


def request_for(operation: Operation, ids: dict[str, str]) -> dict[str, Any] | None:
    """Return a request with these ids wherever it takes one; None where it takes none."""
    key = f"{operation.method} {operation.path}"
    values = {name: "x" for name, _ in operation.parameters("path")} | {"date": DAY}
    values["extension"] = "png"
    found, query, body = False, {}, None
    for name, _ in operation.parameters("path"):
        if name.endswith("_id"):
            values[name], found = ids[name], True
    for name, _ in operation.parameters("query"):
        if name.endswith("_id"):
            query[name], found = ids[name], True
    if operation.body_schema is not None:
        body = BODIES.get(key, operation.body())
        for path in id_fields(operation):
            if key in BODIES and path[0] not in BODIES[key]:
                continue
            body, found = replaced(body, path, ids[kind_of(path)]), True
    if not found:
        return None
    return {
        "method": operation.method,
        "url": operation.path.format(**values),
        "params": query,
        "json": body,
    }


async def send(clients: Clients, person: Person, request: dict[str, Any]) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {person.access_token}"}
    return await clients.rest.request(**request, headers=bearer)


def anonymous(text: str, ids: dict[str, str], response: httpx.Response) -> str:
    """Return a response's text without the ids that were sent and that of the request."""
    for sent in ids.values():
        text = text.replace(sent, "ID")
    return text.replace(response.headers["x-request-id"], "REQUEST")


async def snapshot(person: Person, habit_id: str) -> Any:
    """Return what would show that somebody has changed her things."""
    paths = (f"habits/{habit_id}", f"habits/{habit_id}/changes", "pauses", "me", "me/tokens")
    return [await person.get(path) for path in paths]


async def test_another_persons_ids_are_not_found_on_every_route(
    mesh: Mesh, clients: Clients, ann: Belongings
) -> None:
    """The response is that for an id which nobody has, word for word, and hold nothing of hers."""
    mallory = await clients.register("Mallory", timezone="UTC")
    before = await snapshot(ann.person, ann.ids["habit_id"])
    every = operations((await clients.rest.get("/openapi.json")).json())
    absent = {name: str(uuid4()) for name in ann.ids}
    wrong: list[tuple[object, ...]] = []
    swept: list[str] = []
    for operation in every:
        request = request_for(operation, ann.ids)
        if request is None:
            continue
        key = f"{operation.method} {operation.path}"
        swept.append(key)
        response = await send(clients, mallory, request)
        nobodys = await send(clients, mallory, request_for(operation, absent) or {})
        text = anonymous(response.text, ann.ids, response)
        if CANARY in response.text:
            wrong.append((key, "leak", response.text))
        elif key in TAKES_NO_ID:
            continue
        elif "batch" in key:
            (item,) = response.json()["items"]
            if item["problem"]["status"] != 404:
                wrong.append((key, item, ""))
        elif response.status_code != 404 and not is_empty(response):
            wrong.append((key, response.status_code, response.text))
        elif text != anonymous(nobodys.text, absent, nobodys):
            wrong.append((key, text, nobodys.text))
    assert wrong == []
    assert len(swept) >= 30
    assert await snapshot(ann.person, ann.ids["habit_id"]) == before
    await expect_found(clients, ann, every)


def is_empty(response: httpx.Response) -> bool:
    """Return whether a list came back with nothing in it."""
    return response.status_code == 200 and response.json().get("items") == []


async def expect_found(clients: Clients, ann: Belongings, every: list[Operation]) -> None:
    """Expect that the same requests find her things when she sends them herself."""
    order = ("GET", "POST", "PUT", "PATCH", "DELETE")
    missed = []
    for operation in sorted(every, key=lambda it: (order.index(it.method), "habit" in it.path)):
        request = request_for(operation, ann.ids)
        if request is not None:
            response = await send(clients, ann.person, request)
            is_gone = operation.method == "DELETE" and operation.path.startswith("/v1/habits/{")
            if response.status_code in (403, 404, 422) and not is_gone:
                missed.append((operation.method, operation.path, response.text))
    assert missed == []


def ids_of(descriptor: Descriptor, ids: dict[str, str], known: Any) -> dict[str, Any]:
    """Return a message as JSON with an id in each field that takes one, and what else is known."""
    filled: dict[str, Any] = dict(known or {})
    for field in descriptor.fields:
        inside = filled.get(field.json_name)
        if field.message_type is not None and has_id(field.message_type):
            first = inside[0] if field.is_repeated and inside else inside
            inner = ids_of(field.message_type, ids, first)
            filled[field.json_name] = [inner] if field.is_repeated else inner
        elif is_id(field):
            name = f"{descriptor.name.lower()}_id" if field.name == "id" else field.name
            name = ID_NAMES.get(name, name)
            filled[field.json_name] = [ids[name]] if field.is_repeated else ids[name]
    return filled


def is_id(field: FieldDescriptor) -> bool:
    is_text = field.type == FieldDescriptor.TYPE_STRING and field.name != "request_id"
    return is_text and (field.name == "id" or field.name.endswith(("_id", "_ids")))


def has_id(descriptor: Descriptor, depth: int = 0) -> bool:
    return depth < 3 and any(
        is_id(field) or (field.message_type is not None and has_id(field.message_type, depth + 1))
        for field in descriptor.fields
    )


def methods_with_ids(service: str) -> Iterator[MethodDescriptor]:
    for file in SERVICE_FILES[service]:
        for described in file.services_by_name.values():
            for method in described.methods:
                is_swept = method.name not in PUBLIC or method.name == "BatchWriteCheckIns"
                if is_swept and has_id(method.input_type):
                    yield method


async def answer_of(
    channel: grpc.aio.Channel, method: MethodDescriptor, token: str, ids: dict[str, str]
) -> tuple[str, str]:
    """Call a method with these ids; return a status code and what it said, without the ids."""
    message: Any = GetMessageClass(method.input_type)()
    ParseDict(ids_of(method.input_type, ids, EXTRAS.get(method.name)), message)
    path = f"/{method.containing_service.full_name}/{method.name}"
    output: Any = GetMessageClass(method.output_type)
    parts = []
    code, text = "OK", ""
    with use_context(RequestContext(token=token)):
        try:
            if method.server_streaming:
                stream: Any = channel.unary_stream(path)
                parts = [it async for it in stream(message.SerializeToString(), timeout=20)]
            else:
                unary: Any = channel.unary_unary(path)
                parts = [await unary(message.SerializeToString(), timeout=20)]
            text = "".join(str(output.FromString(part)) for part in parts)
        except grpc.aio.AioRpcError as error:
            details = refusal_details(error)
            code, text = error.code().name, f"{details.reason} {details.message}"
    for sent in ids.values():
        text = text.replace(sent, "ID")
    return code, text


async def test_another_persons_ids_are_not_found_by_every_rpc(
    mesh: Mesh, clients: Clients, ann: Belongings
) -> None:
    mallory = await clients.register("Mallory", timezone="UTC")
    before = await snapshot(ann.person, ann.ids["habit_id"])
    absent = {name: str(uuid4()) for name in ann.ids}
    wrong: list[tuple[object, ...]] = []
    swept: list[str] = []
    for service in SERVICE_FILES:
        for method in methods_with_ids(service):
            swept.append(method.name)
            path = f"/{method.containing_service.full_name}/{method.name}"
            async with channel_to(mesh, service, min(allowed_peers(path))) as channel:
                code, text = await answer_of(channel, method, mallory.access_token, ann.ids)
                nobodys = await answer_of(channel, method, mallory.access_token, absent)
            if CANARY in text:
                wrong.append((method.name, "leak", text))
            elif method.name in OUTPUT_ONLY:
                continue
            elif method.name == "BatchWriteCheckIns":
                if "HABIT_NOT_FOUND" not in text:
                    wrong.append((method.name, code, text))
            elif text.split(" ")[0] == REFUSED_ALIKE.get(method.name) and (code, text) == nobodys:
                continue
            elif (code, text) != nobodys or code not in ("OK", "NOT_FOUND"):
                wrong.append((method.name, code, f"{text} / {nobodys}"))
            elif code == "OK" and "ID" in text:
                wrong.append((method.name, "found", text))
    assert wrong == []
    assert len(swept) >= 30
    assert await snapshot(ann.person, ann.ids["habit_id"]) == before
