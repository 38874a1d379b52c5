"""Creates a habit over REST, checks in twice, and prints the streak.

    python examples/rest_client.py http://localhost:8000 habit_pat_…

The token is an access token, or a personal access token with `habits:write` and `habits:read`.
"""

import sys
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx


def do_a_habit(http: httpx.Client) -> str:
    """Create a habit that began yesterday, do it on both days, and say how it stands.

    Raises:
        SystemExit: The server refuses something; its `detail` says why.
    """
    today = date.fromisoformat(_json(http.get("/v1/today"))["date"])
    yesterday = str(today - timedelta(days=1))
    schedule = {"frequency": "daily"}
    new = {"title": "Drink water", "schedule": schedule, "start_date": yesterday}
    habit = _json(http.post("/v1/habits", json=new, headers={"Idempotency-Key": str(uuid4())}))
    path = f"/v1/habits/{habit['id']}"
    _json(http.put(f"{path}/check-ins/{yesterday}", json={"mark": "done", "note": "from a script"}))
    _json(http.post(f"{path}/check-ins", json={}, headers={"Idempotency-Key": str(uuid4())}))
    streak = _json(http.get(f"{path}/progress"))["current_streak"]
    return f"{habit['title']}: {streak['length']} {streak['unit']}s in a row"


def _json(response: httpx.Response) -> dict[str, Any]:
    """Return the body of a response; for a problem, print it and end."""
    body: dict[str, Any] = response.json()
    if response.is_error:
        raise SystemExit(f"{body['reason']}: {body['detail']}")
    return body


if __name__ == "__main__":
    address, token = sys.argv[1:]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=headers, timeout=10) as client:
        sys.stdout.write(do_a_habit(client) + "\n")
