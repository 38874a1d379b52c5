"""The tools: what an assistant can do, each one request of the REST API."""

from typing import Annotated, Literal

from mcp.server import MCPServer
from mcp.types import ToolAnnotations
from pydantic import Field

from edge.mcp.rest import Json, RestClient

_INSTRUCTIONS = (
    "Keeps a person's habits and the days they were done. Begin with `today`: it has the ids of "
    "the habits. Dates are YYYY-MM-DD in the person's time zone; leave a date out for today. "
    "`undo` takes a mistaken check-in back. The result of a write has its idempotency_key: a call "
    "that is repeated with the same key happens once, and gets the same result."
)
_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_ADDS = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
)
_TAKES_BACK = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=False
)
_GOAL = (
    'For `quantity`: {"direction": "at_least", "amount": 2000}. To stay below or to quit: '
    '{"direction": "at_most", "amount": 0}.'
)
_SCHEDULE = (
    'Daily when left out. Others: {"frequency": "daily", "interval": 3}, {"frequency": "weekly", '
    '"weekdays": ["mon", "wed"]}, {"frequency": "weekly", "times": 3}, {"frequency": "monthly", '
    '"month_days": [1, -1]}, {"frequency": "rolling", "times": 3, "days": 7}.'
)

HabitId = Annotated[
    str,
    Field(
        description="The habit's `id`, as `today` and `list_habits` give it.",
        pattern="^[0-9A-Za-z-]{1,64}$",  # it becomes a part of a path
    ),
]
Day = Annotated[str, Field(description="YYYY-MM-DD; empty for today.", max_length=10)]
WindowDay = Annotated[
    str, Field(description="YYYY-MM-DD; both empty for the last 30 days.", max_length=10)
]
Key = Annotated[
    str,
    Field(
        description="Leave empty, but to repeat a call that was not answered: its key, so that it "
        "happens once.",
        max_length=255,
    ),
]


def create_server(rest: RestClient) -> MCPServer:
    """Return a server whose tools send requests of the REST API."""
    server = MCPServer(
        "habit-tracker", title="Habit Tracker", instructions=_INSTRUCTIONS, subscriptions=False
    )
    _add_reading_tools(server, rest)
    _add_check_in_tools(server, rest)
    _add_creating_tool(server, rest)
    return server


def _add_reading_tools(server: MCPServer, rest: RestClient) -> None:
    @server.tool(title="List habits", annotations=_READS)
    async def list_habits(
        state: Literal["active", "archived", "all"] = "active",
        page_token: Annotated[str, Field(description="`next_page_token` of the page before.")] = "",
    ) -> Json:
        """List habits with their goals and schedules, 50 on a page."""
        return await rest.get("/habits", state=state, page_token=page_token)

    @server.tool(title="Today", annotations=_READS)
    async def today(date: Day = "") -> Json:
        """Show every habit that is due or open on a day, with its id, state and progress."""
        return await rest.get("/today", date=date)

    @server.tool(title="Progress of a habit", annotations=_READS)
    async def progress(habit_id: HabitId) -> Json:
        """Show a habit's streaks, completion rates, strength and current unit."""
        return await rest.get(f"/habits/{habit_id}/progress")

    @server.tool(title="Summary", annotations=_READS)
    async def summary(from_date: WindowDay = "", to_date: WindowDay = "") -> Json:
        """Sum up all habits over a range of days: rates, best day, weekdays, hours, trend."""
        return await rest.get("/analytics/summary", **{"from": from_date, "to": to_date})


def _add_check_in_tools(server: MCPServer, rest: RestClient) -> None:
    @server.tool(title="Check in", annotations=_ADDS)
    async def check_in(
        habit_id: HabitId,
        date: Day = "",
        amount: Annotated[
            float | None, Field(description="How much to add; for `quantity` habits only.")
        ] = None,
        note: str = "",
        idempotency_key: Key = "",
    ) -> Json:
        """Record that a habit was done on a day, or add an amount to the day."""
        path = f"/habits/{habit_id}/check-ins"
        body = {"date": date, "amount": amount, "note": note}
        return await rest.post(path, body, key=idempotency_key)

    @server.tool(title="Undo", annotations=_TAKES_BACK)
    async def undo(habit_id: HabitId, idempotency_key: Key = "") -> Json:
        """Take back the last change of a habit's days, whichever day it was."""
        path = f"/habits/{habit_id}/undo"
        return await rest.post(path, {}, key=idempotency_key)


def _add_creating_tool(server: MCPServer, rest: RestClient) -> None:
    @server.tool(title="Create a habit", annotations=_ADDS)
    async def create_habit(
        title: str,
        description: str = "",
        measure: Literal["yes_no", "quantity"] = "yes_no",
        unit: Annotated[str, Field(description="Such as `ml`; for `quantity` only.")] = "",
        goal: Annotated[Json | None, Field(description=_GOAL)] = None,
        schedule: Annotated[Json | None, Field(description=_SCHEDULE)] = None,
        idempotency_key: Key = "",
    ) -> Json:
        """Create a habit, which starts today."""
        body = {
            "title": title,
            "description": description,
            "measure": measure,
            "unit": unit,
            "goal": goal,
            "schedule": schedule,
        }
        return await rest.post("/habits", body, key=idempotency_key)
