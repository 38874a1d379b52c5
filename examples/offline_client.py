"""A client that works without a network, and agrees with every other client once it has one.

It keeps what the server has sent, and beside it the writes that the server has not taken yet, in
their order. What it shows is the one with the other on top. Both fit into a JSON file.

    python examples/offline_client.py http://localhost:8000 habit_pat_… habits.json
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

type Json = dict[str, Any]

REFUSED = range(400, 500)
LATER = (401, 408, 429)
"""Statuses of 4xx that say nothing about the write: it is sent again."""


class OfflineClient:
    """Days of habits, read and written with or without a network.

    Args:
        http: A client with the address of the server and a token, as `connect` returns.
        state: What `state` was before; empty at first.
    """

    def __init__(self, http: httpx.AsyncClient, state: Json | None = None) -> None:
        empty = {"cursor": "", "habits": {}, "days": {}, "pauses": {}, "waiting": []}
        self.state: Json = state or empty
        self._http = http

    def day(self, habit_id: str, date: str) -> Json:
        """Return mark, amount and note of a day, as they are or will be."""
        shown: Json = dict(self.state["days"].get(f"{habit_id} {date}", {}))
        for write in self.state["waiting"]:
            if (write["habit_id"], write["date"]) == (habit_id, date):
                shown = dict(write["record"])
        return {name: shown.get(name) or None for name in ("mark", "amount", "note")}

    def set_day(self, habit_id: str, date: str, **record: Any) -> None:
        """Set a day to `mark` or `amount`, and `note`; with none of them it is cleared."""
        write = {"key": str(uuid4()), "habit_id": habit_id, "date": date, "record": record}
        self.state["waiting"].append(write)

    async def sync(self, wait: int = 0) -> list[str]:
        """Send what waits, then get what has changed; return why writes were refused.

        Raises:
            httpx.TransportError: There is no network. Nothing is lost: sync again later.
            httpx.HTTPStatusError: The server cannot at the moment, or the token is over.
        """
        refused = await self._push()
        more = True
        while more:
            query = {"since": self.state["cursor"], "wait": wait}
            response = await self._http.get("/v1/changes", params=query)
            response.raise_for_status()
            more = self._take(response.json())
        return refused

    async def _push(self) -> list[str]:
        """Send writes in their order; each stays until the server has answered it."""
        refused, waiting = [], self.state["waiting"]
        while waiting:
            path = f"/v1/habits/{waiting[0]['habit_id']}/check-ins/{waiting[0]['date']}"
            headers = {"Idempotency-Key": waiting[0]["key"]}
            body = waiting[0]["record"] or None
            response = await self._http.request(
                "PUT" if body else "DELETE", path, json=body, headers=headers
            )
            if response.status_code in REFUSED and response.status_code not in LATER:
                refused.append(response.json()["detail"])  # the day stays as the server has it
            else:
                response.raise_for_status()
            del waiting[0]
        return refused

    def _take(self, page: Json) -> bool:
        """Take in what has changed; return whether there is more."""
        if page["full"]:
            self.state |= {"habits": {}, "days": {}, "pauses": {}}
        habits, days, pauses = (self.state[name] for name in ("habits", "days", "pauses"))
        habits.update((habit["id"], habit) for habit in page["habits"])
        days.update((f"{day['habit_id']} {day['date']}", day) for day in page["days"])
        pauses.update((pause["id"], pause) for pause in page["pauses"])
        for pause_id in page["deleted"]["pause_ids"]:
            pauses.pop(pause_id, None)
        for habit_id in page["deleted"]["habit_ids"]:
            habits.pop(habit_id, None)
            for kept in (days, pauses):
                gone = [key for key, it in kept.items() if it["habit_id"] == habit_id]
                for key in gone:
                    del kept[key]
        self.state["cursor"] = page["cursor"]
        return bool(page["has_more"])


def connect(address: str, token: str) -> httpx.AsyncClient:
    """Return an HTTP client of a server, with an access token or a personal access token."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=address, headers=headers, timeout=40)


def load(file: Path) -> Json | None:
    """Return the stored state; None when there is none yet."""
    stored: Json | None = json.loads(file.read_text()) if file.exists() else None
    return stored


def save(file: Path, state: Json) -> None:
    """Store the state, all of it or nothing."""
    new = file.with_suffix(".new")
    new.write_text(json.dumps(state))
    new.replace(file)


async def main(address: str, token: str, file: Path) -> None:
    """Follow what changes, and keep it in a file."""
    async with connect(address, token) as http:
        client = OfflineClient(http, load(file))
        while True:
            for reason in await client.sync(wait=25 if client.state["cursor"] else 0):
                sys.stderr.write(f"refused: {reason}\n")
            save(file, client.state)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
