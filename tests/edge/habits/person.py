"""Somebody who speaks REST, and how their answers are held against what `/docs` promises."""

from typing import Any, get_args, get_origin

import httpx
from pydantic import BaseModel

from edge.habits.schemas.check_ins import CheckInWritten
from edge.habits.schemas.habits import Habit


class Person:
    """A client that sends one person's token."""

    def __init__(self, edge: httpx.AsyncClient, token: str) -> None:
        self._edge = edge
        self._headers = {"Authorization": f"Bearer {token}"}

    async def asks(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Ask for a path below `/v1`."""
        all_headers = self._headers | (headers or {})
        return await self._edge.request(method, "/v1" + path, json=body, headers=all_headers)

    async def gets(self, path: str, model: Any) -> Any:
        """Get a path, and return its JSON once it fits the model."""
        return told(await self.asks("GET", path), 200, model)

    async def makes(self, title: str = "Drink water", **fields: Any) -> dict[str, Any]:
        """Make a habit."""
        response = await self.asks("POST", "/habits", {"title": title} | fields)
        made: dict[str, Any] = told(response, 201, Habit)
        return made

    async def checks_in(self, habit: dict[str, Any], **body: Any) -> httpx.Response:
        """Add to a day."""
        return await self.asks("POST", f"/habits/{habit['id']}/check-ins", body)

    async def sets(self, habit: dict[str, Any], day: str, **body: Any) -> dict[str, Any]:
        """Set a day."""
        response = await self.asks("PUT", f"/habits/{habit['id']}/check-ins/{day}", body)
        kept: dict[str, Any] = told(response, 200, CheckInWritten)
        return kept


def told(response: httpx.Response, status: int, model: Any) -> Any:
    """Expect an answer that fits its model: every field there, and none that is not promised."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    model.model_validate_json(response.content)
    _no_strangers(response.json(), model)
    return response.json()


def _no_strangers(found: Any, kind: Any) -> None:
    """Expect that an answer has no field its model does not know, all the way down."""
    if isinstance(found, list):
        for item in found:
            _no_strangers(item, get_args(kind)[0])
        return
    model = _model_in(kind)
    if not isinstance(found, dict) or model is None:
        return
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    assert found.keys() <= fields.keys(), found.keys() - fields.keys()
    for name, value in found.items():
        _no_strangers(value, fields[name].annotation)


def _model_in(kind: Any) -> type[BaseModel] | None:
    """Return the model of an annotation such as `Model` or `Model | None`."""
    if get_origin(kind) is not None:
        kind = next((it for it in get_args(kind) if it is not type(None)), None)
    is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
    return kind if is_model else None
