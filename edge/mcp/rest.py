"""Requests of the REST API on behalf of a tool's caller."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx2
from mcp.server.mcpserver.exceptions import ToolError

Json = dict[str, Any]  # not a `type`: its name would be in every tool's schema


class RestClient:
    """Sends requests of the REST API with the token of whoever calls a tool.

    Args:
        client: Where the API is.
        headers: Returns the headers that authenticate a request.
    """

    def __init__(
        self, client: httpx2.AsyncClient, headers: Callable[[], Mapping[str, str]]
    ) -> None:
        self._client = client
        self._headers = headers

    async def get(self, path: str, **query: str) -> Json:
        """Read something below `/v1`; empty parameters are left out.

        Raises:
            ToolError: It was refused, with the reason and what would help, or nothing answers.
        """
        params = {name: value for name, value in query.items() if value}
        return await self._send("GET", path, headers=self._headers(), params=params)

    async def post(self, path: str, body: Json, *, key: str) -> Json:
        """Write something below `/v1`; members that are empty or None are left out.

        Args:
            path: The path below `/v1`.
            body: The request.
            key: The idempotency key; empty for a new one, which is in the result.

        Raises:
            ToolError: It was refused, with the reason and what would help, or nothing answers. The
                error has the key to repeat it with if it may have happened all the same.
        """
        key = key or str(uuid4())
        headers = {**self._headers(), "Idempotency-Key": key}
        wanted = {name: value for name, value in body.items() if value not in ("", None)}
        written = await self._send("POST", path, key=key, headers=headers, json=wanted)
        return written | {"idempotency_key": key}

    async def _send(self, method: str, path: str, *, key: str = "", **options: Any) -> Json:
        try:
            response = await self._client.request(method, f"/v1{path}", **options)
            result: Json = response.json()
        except (httpx2.HTTPError, ValueError) as error:
            sentence = f"The Habit Tracker does not answer ({type(error).__name__})."
            raise ToolError(sentence + _repeat_with(key)) from None
        if response.is_success:
            return result
        sentence = _sentence_of(result, response.headers.get("retry-after"))
        raise ToolError(sentence + (_repeat_with(key) if response.is_server_error else ""))


def _repeat_with(key: str) -> str:
    """Return what to do about a write that was not answered; nothing for a read."""
    return key and (
        " Whether it was done is unknown: call the tool again with everything as it was and "
        f"idempotency_key {key}, and it happens once."
    )


def _sentence_of(problem: Json, retry_after: str | None) -> str:
    """Return a refusal as an assistant reads it: reason, sentence, fields, how long to wait."""
    detail = problem.get("detail", "")
    sentence = f"{problem.get('reason', 'REFUSED')}: {detail}"
    errors = [f"{it['field']}: {it['message']}" for it in problem.get("errors", ())]
    if errors and problem["errors"][0]["message"] != detail:
        sentence += f" ({'; '.join(errors)})"
    return sentence + (f" Wait {retry_after} s." if retry_after else "")
