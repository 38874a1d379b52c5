"""`./habits up --demo`: a person with half a year behind them, told over REST like any other."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from local.demo.api import Api, Json, Refused
from local.demo.story import DAYS, HOLIDAY, Habit, habits, life
from local.errors import Trouble

EMAIL, PASSWORD, NAME = "demo@example.com", "half a year of habits", "Robin"
LARGEST_BATCH = 500
LINK_SECONDS = 20
REMIND_IN = timedelta(minutes=2)
UNAUTHENTICATED, ALREADY_EXISTS = 401, 409

Tell = Callable[[str], None]


async def fill_in(url: str, chat: str | None, tell: Tell) -> None:
    """Make the demo person and their half year, unless they are there already.

    A first try that was stopped half-way is completed: everything is told in a form that has the
    same effect once or twice, and the person's name is told last.

    Args:
        url: Where the edge serves.
        chat: Where the chat page is, if it plays Telegram here.
        tell: Told what happens.
    """
    api = await _sign_in(Api(url), tell)
    if api is None:
        return
    me = await api.get("/v1/me")
    if me["display_name"]:
        tell(f"the demo person is here already: {EMAIL}, password: {PASSWORD}")
        return
    now = datetime.now(UTC).astimezone(ZoneInfo(me["timezone"]))
    remind_at = (now + REMIND_IN).strftime("%H:%M")
    count = await _live(api, remind_at, today=now.date())
    tell(f"half a year is filled in: {len(habits(remind_at))} habits, {count} days")
    if chat:
        await _until_heard(api)
        await _link(api, Api(chat))
        tell(f"the chat is linked; a reminder comes at {remind_at}")
    await api.patch("/v1/me", {"display_name": NAME})
    tell(f"the demo person signs in as {EMAIL}, password: {PASSWORD}")


async def _sign_in(stranger: Api, tell: Tell) -> Api | None:
    """Return the demo person's way to the API; None if their password is not ours to know."""
    account = {"email": EMAIL, "password": PASSWORD}
    try:
        answer = await stranger.post(
            "/v1/auth/register", account | {"timezone": _zone_of_this_machine()}
        )
    except Refused as refused:
        if refused.status != ALREADY_EXISTS:
            raise
        try:
            answer = await stranger.post("/v1/auth/login", account)
        except Refused as wrong:
            if wrong.status != UNAUTHENTICATED:
                raise
            tell(f"{EMAIL} has a password of its own by now, and was left as it is")
            return None
    return Api(stranger.url, answer["access_token"])


async def _live(api: Api, remind_at: str, *, today: date) -> int:
    """Live the half year; return how many days were written."""
    there = (await api.get("/v1/habits?state=all&page_size=200"))["items"]
    known = {habit["title"]: habit for habit in there}
    paused = {(one["habit_id"], one["from_date"]) for one in (await api.get("/v1/pauses"))["items"]}
    items: list[Json] = []
    for habit in habits(remind_at):
        kept = known.get(habit.title) or await api.post("/v1/habits", _begun(habit, today))
        habit_id = kept["id"]
        if habit.change and len(kept["versions"]) == 1:
            ago, change = habit.change
            change = change | {"effective_date": _ago(today, ago)}
            await api.patch(f"/v1/habits/{habit_id}", change)
        items += [{"habit_id": habit_id} | day for day in life(habit, today=today)]
        if habit.pause and (habit_id, _ago(today, habit.pause[0])) not in paused:
            await api.post(f"/v1/habits/{habit_id}/pauses", _pause(today, habit.pause, "My knee"))
    if (None, _ago(today, HOLIDAY[0])) not in paused:
        await api.post("/v1/pauses", _pause(today, HOLIDAY, "Holiday"))
    for first in range(0, len(items), LARGEST_BATCH):
        batch = items[first : first + LARGEST_BATCH]
        answer = await api.post("/v1/check-ins:batch", {"items": batch})
        for one in answer["items"]:
            if one.get("problem"):
                raise Trouble(f"The demo was refused: {one['problem']['detail']}")
    return len(items)


def _begun(habit: Habit, today: date) -> Json:
    """Return the body of a habit that began half a year ago."""
    return habit.body | {"start_date": _ago(today, DAYS)}


def _pause(today: date, span: tuple[int, int], reason: str) -> Json:
    return {
        "from_date": _ago(today, span[0]),
        "to_date": _ago(today, span[1]),
        "reason": reason,
    }


def _ago(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


async def _until_heard(api: Api) -> None:
    """Wait until what was done has been heard of, so that no cheer for last spring is sent.

    Deliveries grow while the check-ins are heard and stay as they are afterwards.
    """
    path, end, before = "/v1/notifications/deliveries?page_size=1", time.monotonic() + 15, None
    while time.monotonic() < end:
        newest = (await api.get(path))["items"]
        if newest and newest == before:
            return
        before = newest
        await asyncio.sleep(1)


async def _link(api: Api, chat: Api) -> None:
    """Follow the deep link, as the person would on their phone."""
    url = (await api.post("/v1/telegram/link", {}))["url"]
    code = parse_qs(urlsplit(url).query)["start"][0]
    number = (await chat.post("/control/chats", {"first_name": NAME}))["id"]
    await chat.post(f"/control/chats/{number}/messages", {"text": f"/start {code}"})
    end = time.monotonic() + LINK_SECONDS
    while time.monotonic() < end:
        messages = (await chat.get(f"/control/chats/{number}/messages"))["items"]
        if any(one["from"] == "bot" for one in messages):
            return
        await asyncio.sleep(0.2)
    raise Trouble(f"The bot did not answer /start within {LINK_SECONDS} s.")


def _zone_of_this_machine() -> str:
    """Return the machine's zone where it tells one, else UTC."""
    link = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    told = os.environ.get("TZ") or link
    try:
        return ZoneInfo(told or "UTC").key
    except (OSError, ValueError):
        return "UTC"
