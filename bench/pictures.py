"""`python -m bench pictures --folder FOLDER`: what each picture costs, and the files to look at.

Every picture is drawn of nobody's, one, seven and forty habits, in both themes, by the drawing
process of analytics. The first one includes what only a first one needs, and is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

from rhythm.goal import Goal, Measure
from rhythm.history import list_history
from rhythm.plan import DayFact, Mark, Pause, Version
from rhythm.schedule import Frequency, Schedule, Weekday
from services.analytics.domain import picture_contents
from services.analytics.domain.habit import Habit, HabitRecord
from services.analytics.domain.heatmap import day_totals
from services.analytics.domain.person import Person
from services.analytics.domain.picture import (
    PictureContent,
    PictureFormat,
    PictureStyle,
    PictureTheme,
)
from services.analytics.domain.picture_texts import ENGLISH, RUSSIAN, Texts
from services.analytics.domain.report import Report, ReportKind, period_of
from services.analytics.domain.summary import summarize
from services.analytics.domain.window import Window
from services.analytics.pictures.renderer import PictureRenderer

TODAY = date(2026, 11, 23)
COUNTS = (0, 1, 7, 40)
GOAL_SECONDS = 1.0
ANN = Person(id=UUID(int=1))
TITLES = (
    "Drink water 💧",
    "Бегать по утрам 🏃",
    "Read twenty pages",
    "Медитация 🧘",
    "Call mother",
)
SCHEDULES = (
    Schedule(Frequency.DAILY),
    Schedule(Frequency.WEEKLY, times=3),
    Schedule(Frequency.WEEKLY, weekdays=(Weekday.MON, Weekday.WED, Weekday.FRI)),
    Schedule(Frequency.ROLLING, times=3, days=7),
    Schedule(Frequency.MONTHLY, times=10),
)


def a_record(number: int) -> HabitRecord:
    """Return a habit with a year and a half of its days; each has its ups and downs."""
    start = TODAY - timedelta(days=300 + number % 5 * 60)
    chance = random.Random(number)
    habit = Habit(
        id=UUID(int=number + 1),
        owner_id=ANN.id,
        revision=1,
        title=TITLES[number % len(TITLES)] + (f" {number}" if number >= len(TITLES) else ""),
        measure=Measure.YES_NO,
        start_date=start,
        versions=(Version(start, SCHEDULES[number % len(SCHEDULES)], Goal()),),
        position=number,
        create_time=datetime(2025, 1, 1, tzinfo=UTC),
    )
    facts: dict[date, DayFact] = {}
    often = 0.6
    for n in range((TODAY - start).days + 1):
        often = min(max(often + chance.uniform(-0.06, 0.065), 0.15), 0.98)
        if chance.random() < often:
            facts[start + timedelta(days=n)] = DayFact(Mark.DONE)
    pause = Pause(TODAY - timedelta(days=80), TODAY - timedelta(days=68))
    plan = habit.plan(ANN.week_start)
    return HabitRecord(habit=habit, plan=plan, facts=facts, moments={}, pauses=(pause,))


def contents(records: Sequence[HabitRecord], texts: Texts) -> Iterator[tuple[str, PictureContent]]:
    """Yield every kind of picture, with its name."""
    year, month = (Window(TODAY - timedelta(days=n - 1), TODAY) for n in (365, 30))
    summary, week_start = summarize(ANN, records, month, TODAY), ANN.week_start
    days = day_totals(records, month, TODAY)
    yield "stats", picture_contents.stats_of_all(summary, days, texts, week_start=week_start)
    days = day_totals(records, year, TODAY)
    yield (
        "heatmap",
        picture_contents.heatmap_content(texts.all_habits, days, texts, week_start=week_start),
    )
    for kind in ReportKind:
        numbers = summarize(ANN, records, period_of(kind, TODAY, ANN), TODAY)
        report = Report(
            id=UUID(int=1),
            owner_id=ANN.id,
            kind=kind,
            summary=numbers,
            completed_habit_count=0,
            recommendation_text="",
            create_time=datetime(2026, 11, 23, 21, tzinfo=UTC),
        )
        yield f"report-{kind.value}", picture_contents.report_content(report, texts)
    for record in records if len(records) == 1 else ():  # more have the same picture
        strength = strength_of(record, year)
        yield "strength", picture_contents.strength_content(record.habit.title, strength, texts)
        alone = summarize(ANN, [record], month, TODAY)
        yield (
            "habit",
            picture_contents.stats_of_habit(
                alone,
                alone.habits[0],
                day_totals([record], month, TODAY),
                strength_of(record, month),
                texts,
                week_start=week_start,
            ),
        )


def strength_of(record: HabitRecord, window: Window) -> list[tuple[date, float]]:
    """Return a habit's strength on the days of a window on which it existed."""
    first = max(window.first, record.plan.start_date)
    args = record.plan, record.facts, record.pauses
    rows = list_history(*args, from_date=first, to_date=window.last, today=TODAY)
    return [(row.date, row.strength) for row in rows]


async def draw(folder: Path, width_px: int) -> dict[str, list[float]]:
    """Draw all pictures into a folder; return by name how long each took."""
    renderer = PictureRenderer()
    await renderer.warm()
    took: dict[str, list[float]] = {}
    try:
        for count in COUNTS:
            records = [a_record(number) for number in range(count)]
            for theme in PictureTheme:
                texts = RUSSIAN if theme is PictureTheme.DARK else ENGLISH
                for name, content in contents(records, texts):
                    for form in PictureFormat:
                        style = PictureStyle(theme=theme, width_px=width_px, format=form)
                        begun = time.perf_counter()
                        picture = await renderer.render(content, style)
                        took.setdefault(f"{name}.{form.value}", []).append(
                            time.perf_counter() - begun
                        )
                        file = folder / f"{name}-{count}-{theme.value}.{form.value}"
                        file.write_bytes(picture.data)
    finally:
        await renderer.close()
    return took


def main(arguments: list[str]) -> None:
    """Draw, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench pictures")
    parser.add_argument("--folder", type=Path, help="a new one if left out")
    parser.add_argument("--width", type=int, default=720)
    options = parser.parse_args(arguments)
    folder = options.folder or Path(mkdtemp(prefix="habits-pictures-"))
    folder.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    took = asyncio.run(draw(folder, options.width))
    print(f"load {load:.1f}; the files are in {folder}; goal ≤ {GOAL_SECONDS} s each")
    for name, seconds in took.items():
        middle = sorted(seconds)[len(seconds) // 2]
        print(f"  {name:20} median {middle:5.2f} s   longest {max(seconds):5.2f} s")
