"""A REST client for tests, and checks of responses against their documented models."""

import asyncio
from typing import Any, get_args, get_origin

import httpx
from pydantic import BaseModel

from edge.habits.schemas.check_ins import CheckInWritten
from edge.habits.schemas.habits import Habit


class ApiClient:
    """A REST client that sends one person's token."""

    def __init__(self, edge: httpx.AsyncClient, token: str) -> None:
        self._edge = edge
        self._headers = {"Authorization": f"Bearer {token}"}

    async def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send a request to a path below `/v1`."""
        all_headers = self._headers | (headers or {})
        return await self._edge.request(method, "/v1" + path, json=body, headers=all_headers)

    async def get(self, path: str, model: Any) -> Any:
        """Get a path and return its JSON, validated against the model."""
        return expect_response(await self.request("GET", path), 200, model)

    async def nothing_new(self, cursor: str) -> str:
        """Return the cursor after which nothing comes again.

        What is new comes again for as long as a transaction is open that began before it, and
        another test may have one.
        """
        while True:
            page = (await self.request("GET", f"/changes?since={cursor}")).json()
            cursor = page["cursor"]
            if not (page["habits"] or page["days"] or page["pauses"]):
                return cursor
            await asyncio.sleep(0.05)

    async def create_habit(self, title: str = "Drink water", **fields: Any) -> dict[str, Any]:
        """Create a habit."""
        response = await self.request("POST", "/habits", {"title": title} | fields)
        made: dict[str, Any] = expect_response(response, 201, Habit)
        return made

    async def check_in(self, habit: dict[str, Any], **body: Any) -> httpx.Response:
        """Add to a day."""
        return await self.request("POST", f"/habits/{habit['id']}/check-ins", body)

    async def set_day(self, habit: dict[str, Any], day: str, **body: Any) -> dict[str, Any]:
        """Set a day."""
        response = await self.request("PUT", f"/habits/{habit['id']}/check-ins/{day}", body)
        kept: dict[str, Any] = expect_response(response, 200, CheckInWritten)
        return kept


def expect_response(response: httpx.Response, status: int, model: Any) -> Any:
    """Expect a response that matches its model exactly: no field missing, none undocumented."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    model.model_validate_json(response.content)
    _expect_known_fields(response.json(), model)
    return response.json()


def _expect_known_fields(found: Any, kind: Any) -> None:
    """Expect no undocumented field, at any depth."""
    if isinstance(found, list):
        for item in found:
            _expect_known_fields(item, get_args(kind)[0])
        return
    model = _model_in(kind)
    if not isinstance(found, dict) or model is None:
        return
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    assert found.keys() <= fields.keys(), found.keys() - fields.keys()
    for name, value in found.items():
        _expect_known_fields(value, fields[name].annotation)


def _model_in(kind: Any) -> type[BaseModel] | None:
    """Return the model of an annotation such as `Model` or `Model | None`."""
    if get_origin(kind) is not None:
        kind = next((it for it in get_args(kind) if it is not type(None)), None)
    is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
    return kind if is_model else None
