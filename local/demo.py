"""`./habits up --demo`: a person with half a year behind them, told over REST like any other."""

from __future__ import annotations

import asyncio
import json
import os
import random
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from local.errors import Trouble

EMAIL, PASSWORD, NAME = "demo@example.com", "half a year of habits", "Demo"
DAYS = 182
LARGEST_BATCH = 500
REQUEST_SECONDS = 30
LINK_SECONDS = 20
REMIND_IN = timedelta(minutes=2)

Json = dict[str, Any]
Day = tuple[date, float]  # a day, and how far along the half year it is, 0 to 1


@dataclass(frozen=True, slots=True)
class Story:
    """A habit and how a life with it went.

    Attributes:
        habit: The body that creates it.
        day: What one day held: a mark, an amount, or None for silence.
    """

    habit: Json
    day: Callable[[Day, random.Random], Json | None]


def stories(remind_at: str) -> list[Story]:
    """Return the demo's habits: some go well, some get better, one is given up on weekends."""
    return [
        Story(
            {"title": "Drink water", "icon": "💧", "tags": ["health"]}
            | {"reminders": [{"time": remind_at}]},
            lambda day, dice: _done(dice, 0.8 + 0.15 * day[1]),
        ),
        Story(
            {"title": "Meditate", "icon": "🧘", "tags": ["mind"]}
            | {"schedule": {"frequency": "weekly", "weekdays": ["mon", "tue", "wed", "thu", "fri"]}}
            | {"reminders": [{"time": "07:30", "text": "Ten quiet minutes"}]},
            lambda day, dice: _done(dice, (0.5 + 0.4 * day[1]) if day[0].weekday() < 5 else 0.05),
        ),
        Story(
            {"title": "Read", "icon": "📚", "measure": "quantity", "unit": "pages"}
            | {"tags": ["mind"], "goal": {"direction": "at_least", "amount": "20"}},
            lambda day, dice: _amount(dice, 0.85, [8, 15, 20, 22, 25, 30, 45]),
        ),
        Story(
            {"title": "Run", "icon": "🏃", "measure": "quantity", "unit": "km", "tags": ["health"]}
            | {"goal": {"direction": "at_least", "amount": "15"}}
            | {"schedule": {"frequency": "weekly"}},
            lambda day, dice: _amount(dice, 0.3 + 0.15 * day[1], [4, 5, 5.5, 7, 10]),
        ),
        Story(
            {"title": "Gym", "icon": "🏋️", "tags": ["health"]}
            | {"schedule": {"frequency": "weekly", "times": 3}},
            lambda day, dice: _done(dice, 0.5 if day[0].weekday() in (0, 2, 4, 5) else 0.1),
        ),
        Story(
            {"title": "Coffee", "icon": "☕", "measure": "quantity", "unit": "cups"}
            | {"goal": {"direction": "at_most", "amount": "3", "no_answer": "neutral"}},
            lambda day, dice: _amount(dice, 0.9, [1, 2, 2, 3, 3, 4] if day[1] > 0.3 else [3, 4, 5]),
        ),
        Story(
            {"title": "Pay the bills", "icon": "🧾", "tags": ["home"]}
            | {"schedule": {"frequency": "monthly", "month_days": [1]}},
            lambda day, dice: _done(dice, 1.0 if day[0].day == 1 else 0.0),
        ),
    ]


def _done(dice: random.Random, likely: float) -> Json | None:
    roll = dice.random()
    if roll < likely:
        return {"mark": "done"}
    return {"mark": "skip", "note": "not my day"} if roll > 0.98 else None


def _amount(dice: random.Random, likely: float, usual: list[float]) -> Json | None:
    return {"amount": str(dice.choice(usual))} if dice.random() < likely else None


async def fill_in(api: str, chat: str | None, tell: Callable[[str], None]) -> None:
    """Make the demo person, unless they are there already, and link their chat.

    Args:
        api: Where the edge serves.
        chat: Where the chat page is, if it plays Telegram here.
        tell: Told what happens.
    """
    account = {"email": EMAIL, "password": PASSWORD}
    try:
        await _ask(f"{api}/v1/auth/login", account)
    except Refused as refused:
        if refused.status != 401:
            raise
        await _live(api, chat, account, tell)
    tell(f"the demo person signs in as {EMAIL}, password: {PASSWORD}")


async def _live(api: str, chat: str | None, account: Json, tell: Callable[[str], None]) -> None:
    zone = _zone_of_this_machine()
    now = datetime.now(UTC).astimezone(zone)
    whole = account | {"display_name": NAME, "timezone": zone.key}
    token = (await _ask(f"{api}/v1/auth/register", whole))["access_token"]
    if chat:
        await _link(api, chat, token)
    start = now.date() - timedelta(days=DAYS)
    dice = random.Random(2026)  # noqa: S311  the same half year for everybody
    items: list[Json] = []
    remind_at = (now + REMIND_IN).strftime("%H:%M")
    for story in stories(remind_at):
        asked = story.habit | {"start_date": start.isoformat()}
        habit = await _ask(f"{api}/v1/habits", asked, token=token)
        items += _life(story, habit["id"], start, dice)
    await _ask(f"{api}/v1/pauses", _holiday(start), token=token)
    for first in range(0, len(items), LARGEST_BATCH):
        batch = items[first : first + LARGEST_BATCH]
        answer = await _ask(f"{api}/v1/check-ins:batch", {"items": batch}, token=token)
        refused = [one["problem"] for one in answer["items"] if one.get("problem")]
        if refused:
            raise Trouble(f"The demo was refused: {refused[0]['detail']}")
    tell(f"half a year is filled in: {len(items)} check-ins; a reminder comes at {remind_at}")


def _life(story: Story, habit_id: str, start: date, dice: random.Random) -> Iterator[Json]:
    """Yield the days that were not silent; today stays open."""
    for number in range(DAYS):
        day = start + timedelta(days=number)
        held = story.day((day, number / DAYS), dice)
        if held:
            yield {"habit_id": habit_id, "date": day.isoformat(), **held}


def _holiday(start: date) -> Json:
    first = start + timedelta(days=95)
    return {
        "from_date": first.isoformat(),
        "to_date": (first + timedelta(days=9)).isoformat(),
        "reason": "Holiday",
    }


async def _link(api: str, chat: str, token: str) -> None:
    """Follow the deep link, as the person would on their phone."""
    url = (await _ask(f"{api}/v1/telegram/link", {}, token=token))["url"]
    code = parse_qs(urlsplit(url).query)["start"][0]
    number = (await _ask(f"{chat}/control/chats", {"first_name": NAME}))["id"]
    await _ask(f"{chat}/control/chats/{number}/messages", {"text": f"/start {code}"})
    async with asyncio.timeout(LINK_SECONDS):
        messages: list[Json] = []
        while not any(one["from"] == "bot" for one in messages):
            await asyncio.sleep(0.2)
            messages = (await _ask(f"{chat}/control/chats/{number}/messages"))["items"]


class Refused(Trouble):
    """The API said no."""

    def __init__(self, url: str, status: int, answer: str) -> None:
        super().__init__(f"{url} answered {status}: {answer[:300]}")
        self.status = status


async def _ask(url: str, body: Json | None = None, *, token: str | None = None) -> Json:
    """POST a body, or GET without one, and return the JSON of the answer."""
    return await asyncio.to_thread(_ask_now, url, body, token)


def _ask_now(url: str, body: Json | None, token: str | None) -> Json:
    request = urllib.request.Request(url)  # noqa: S310  our own edge
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, data, REQUEST_SECONDS) as answer:  # noqa: S310
            return cast(Json, json.load(answer))
    except urllib.error.HTTPError as error:
        raise Refused(url, error.code, error.read().decode(errors="replace")) from None


def _zone_of_this_machine() -> ZoneInfo:
    """Return the machine's zone where it tells one, else UTC."""
    link = Path("/etc/localtime")
    told = os.environ.get("TZ") or str(link.resolve()).partition("zoneinfo/")[2]
    try:
        return ZoneInfo(told or "UTC")
    except (OSError, ValueError):
        return ZoneInfo("UTC")
