"""`./habits up --demo`: creates an account with half a year of check-ins, over REST."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from local.demo.api import Api, Json, RequestRefused
from local.demo.sample_habits import DAYS, HOLIDAY, SampleHabit, days_of, sample_habits
from local.errors import UserError

EMAIL, PASSWORD, NAME = "demo@example.com", "half a year of habits", "Robin"
LARGEST_BATCH = 500
LINK_SECONDS = 20
REMIND_IN = timedelta(minutes=2)
UNAUTHENTICATED, ALREADY_EXISTS = 401, 409

Progress = Callable[[str], None]


async def create_demo(url: str, chat: str | None, report: Progress) -> None:
    """Create the demo account with half a year of check-ins, unless it is there already.

    A first try that was stopped half-way is completed: every request is idempotent, and the
    display name, set last, marks a complete account.

    Args:
        url: Where the edge serves.
        chat: Where the chat page is, if it plays Telegram here.
        report: Gets a line for each step.
    """
    api = await _sign_in(Api(url), report)
    if api is None:
        return
    me = await api.get("/v1/me")
    if me["display_name"]:
        report(f"the demo person is here already: {EMAIL}, password: {PASSWORD}")
        await _report_sign_in_link(api, report)
        return
    now = datetime.now(UTC).astimezone(ZoneInfo(me["timezone"]))
    remind_at = (now + REMIND_IN).strftime("%H:%M")
    count = await _create_habits(api, remind_at, today=now.date())
    report(f"half a year is filled in: {len(sample_habits(remind_at))} habits, {count} days")
    if chat:
        await _wait_for_deliveries(api)
        await _link_chat(api, Api(chat))
        report(f"the chat is linked; a reminder comes at {remind_at}")
    await api.patch("/v1/me", {"display_name": NAME})
    report(f"the demo person signs in as {EMAIL}, password: {PASSWORD}")
    await _report_sign_in_link(api, report)


async def _report_sign_in_link(api: Api, report: Progress) -> None:
    """Report an address that signs a browser in once, within ten minutes."""
    code = (await api.post("/v1/me/sign-in-codes", {}))["code"]
    report(f"open the demo in a browser: {api.url}/#/sign-in/{code}")


async def _sign_in(anonymous: Api, report: Progress) -> Api | None:
    """Sign the demo account in, registering it first; None if its password was changed."""
    account = {"email": EMAIL, "password": PASSWORD}
    try:
        answer = await anonymous.post(
            "/v1/auth/register", account | {"timezone": _zone_of_this_machine()}
        )
    except RequestRefused as refused:
        if refused.status != ALREADY_EXISTS:
            raise
        try:
            answer = await anonymous.post("/v1/auth/login", account)
        except RequestRefused as wrong:
            if wrong.status != UNAUTHENTICATED:
                raise
            report(f"{EMAIL} has a password of its own by now, and was left as it is")
            return None
    return Api(anonymous.url, answer["access_token"])


async def _create_habits(api: Api, remind_at: str, *, today: date) -> int:
    """Create the habits, pauses and check-ins; return how many check-ins were written."""
    there = (await api.get("/v1/habits?state=all&page_size=200"))["items"]
    known = {habit["title"]: habit for habit in there}
    paused = {(one["habit_id"], one["from_date"]) for one in (await api.get("/v1/pauses"))["items"]}
    items: list[Json] = []
    for habit in sample_habits(remind_at):
        kept = known.get(habit.title) or await api.post("/v1/habits", _habit_body(habit, today))
        habit_id = kept["id"]
        if habit.change and len(kept["versions"]) == 1:
            ago, change = habit.change
            change = change | {"effective_date": _ago(today, ago)}
            await api.patch(f"/v1/habits/{habit_id}", change)
        items += [{"habit_id": habit_id} | day for day in days_of(habit, today=today)]
        if habit.pause and (habit_id, _ago(today, habit.pause[0])) not in paused:
            await api.post(f"/v1/habits/{habit_id}/pauses", _pause(today, habit.pause, "My knee"))
    if (None, _ago(today, HOLIDAY[0])) not in paused:
        await api.post("/v1/pauses", _pause(today, HOLIDAY, "Holiday"))
    for first in range(0, len(items), LARGEST_BATCH):
        batch = items[first : first + LARGEST_BATCH]
        answer = await api.post("/v1/check-ins:batch", {"items": batch})
        for one in answer["items"]:
            if one.get("problem"):
                raise UserError(f"The demo was refused: {one['problem']['detail']}")
    return len(items)


def _habit_body(habit: SampleHabit, today: date) -> Json:
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


async def _wait_for_deliveries(api: Api) -> None:
    """Wait until the check-ins' events were handled, so that none is sent to the chat.

    The newest delivery changes while events are handled and stays the same afterwards.
    """
    path, end, before = "/v1/notifications/deliveries?page_size=1", time.monotonic() + 15, None
    while time.monotonic() < end:
        newest = (await api.get(path))["items"]
        if newest and newest == before:
            return
        before = newest
        await asyncio.sleep(1)


async def _link_chat(api: Api, chat: Api) -> None:
    """Follow the deep link, as the person would on their phone."""
    url = (await api.post("/v1/telegram/link", {}))["url"]
    code = parse_qs(urlsplit(url).query)["start"][0]
    number = (await chat.post("/control/chats", {"first_name": NAME}))["id"]
    await chat.post(f"/control/chats/{number}/messages", {"text": f"/start {code}"})
    path, end, pressed = f"/control/chats/{number}/messages", time.monotonic() + LINK_SECONDS, False
    while time.monotonic() < end:
        for message in (await chat.get(path))["items"]:
            if message["from"] != "bot":
                continue
            if not message["buttons"]:
                return  # confirmed: the question has become a welcome
            if not pressed:
                confirm = message["buttons"][0][0]["text"]
                await chat.post(f"{path}/{message['message_id']}/press", {"text": confirm})
                pressed = True
        await asyncio.sleep(0.2)
    raise UserError(f"The bot did not answer /start within {LINK_SECONDS} s.")


def _zone_of_this_machine() -> str:
    """Return the machine's time zone where it is known, else UTC."""
    link = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    name = os.environ.get("TZ") or link
    try:
        return ZoneInfo(name or "UTC").key
    except (OSError, ValueError):
        return "UTC"
