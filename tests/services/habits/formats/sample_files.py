"""A file of each kind that can be imported, built from what is known of the formats."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tests.services.habits.formats.loop_files import a_loop_csv, a_loop_database, a_zip, stamp


def a_beaverhabits(**more: Any) -> dict[str, Any]:
    return {
        "user_email": "ann@example.org",
        "exported_at": "2026-01-14 12:00:00",
        "habits": [
            {
                "name": "Read",
                "id": "abc123",
                "tags": ["evening"],
                "star": True,
                "period": {"period_type": "W", "period_count": 1, "target_count": 3},
                "records": [
                    {"day": "2026-01-01", "done": True, "text": "a book"},
                    {"day": "2026-01-02", "done": False, "text": "too tired"},
                    {"day": "2026-01-03", "done": False, "text": "#skip ill"},
                ],
            },
            {"name": "Old", "status": "archive", "records": []},
            {"name": "Gone", "status": "soft_delete", "records": []},
            {
                "name": "Every two weeks",
                "period": {"period_type": "W", "period_count": 2, "target_count": 1},
                "records": [],
            },
        ],
        **more,
    }


def a_habittrove() -> bytes:
    habits = [
        {
            "id": "h1",
            "name": "Stretch",
            "description": "slowly",
            "frequency": "FREQ=WEEKLY;BYDAY=MO,WE",
            "coinReward": 5,
            "completions": ["2026-01-05T23:30:00.000Z", "2026-01-07T10:00:00.000Z"],
        },
        {
            "id": "h2",
            "name": "Glasses",
            "frequency": "FREQ=DAILY;INTERVAL=2",
            "targetCompletions": 3,
            "archived": True,
            "completions": ["2026-01-05T08:00:00Z", "2026-01-05T09:00:00Z"],
        },
        {"id": "t1", "name": "Taxes", "isTask": True, "frequency": "2026-03-01", "completions": []},
    ]
    return a_zip(
        {
            "habits.json": json.dumps({"habits": habits}),
            "settings.json": json.dumps({"system": {"timezone": "Europe/Berlin"}}),
            "coins.json": json.dumps({"balance": 5, "transactions": []}),
            "auth.json": json.dumps({"users": [{"username": "ann", "password": "salt:hash"}]}),
        }
    )


def a_habo() -> dict[str, Any]:
    habit = {
        "id": 1,
        "uuid": "5f6f",
        "title": "Meditate",
        "position": 1,
        "cue": "after tea",
        "twoDayRule": 1,
        "notification": 1,
        "notTime": "7:5",
        "archived": 0,
        "events": {
            "2026-01-01 00:00:00.000Z": ["DayType.check", "calm"],
            "2026-01-02 00:00:00.000Z": ["DayType.Fail", ""],
            "2026-01-03 00:00:00.000Z": ["DayType.skip", ""],
            "2026-01-04 00:00:00.000Z": ["DayType.clear", ""],
        },
    }
    numeric = {
        "id": 2,
        "title": "Pages",
        "position": 0,
        "habitType": 1,
        "targetValue": 20.5,
        "unit": "pages",
        "events": {"2026-01-01 00:00:00.000Z": ["DayType.progress", "", 12.25, 20.5]},
    }
    return {
        "habits": [habit, numeric],
        "categories": [{"id": 7, "title": "Mind"}],
        "habit_categories": [{"habit_id": 1, "category_id": 7}],
        "metadata": {"version": "1.0", "total_habits": 2},
    }


def a_habitbull() -> bytes:
    return (
        b"HabitName,HabitDescription,HabitCategory,CalendarDate,Value,CommentText\n"
        b'Run,,Health,2026-01-01,1,"far, and wide"\nRun,,Health,01/02/2026,0,\n'
        b"Push-ups,many,,2026-01-01,30,\n"
    )


def a_habitica() -> dict[str, Any]:
    return {
        "id": "u",
        "tasks": {
            "dailys": [
                {
                    "id": "d1",
                    "text": "Floss",
                    "frequency": "weekly",
                    "everyX": 1,
                    "repeat": {"m": True, "w": True},
                    "history": [
                        {"date": stamp(date(2026, 1, 5)), "value": 1},
                        {"date": stamp(date(2026, 1, 7)), "value": 0.5},
                        {"date": "2026-01-12T09:00:00Z", "value": 0.9},
                    ],
                }
            ],
            "habits": [{"id": "h1", "text": "Stairs", "history": []}],
            "todos": [{"id": "t1", "text": "Taxes"}],
        },
    }


def an_own_json() -> dict[str, Any]:
    schedule = {"frequency": "weekly", "weekdays": ["mon", "fri"], "interval": 2}
    version = {
        "effective_date": "2025-01-01",
        "goal": {"direction": "at_least", "amount": 2.5},
        "schedule": schedule,
    }
    return {
        "format": "habit-tracker",
        "version": 1,
        "export_time": "2026-01-14T12:00:00Z",
        "pauses": [{"habit_id": None, "from_date": "2025-02-01", "to_date": None}],
        "habits": [
            {
                "id": "019b0000-0000-7000-8000-000000000000",
                "title": "Walk",
                "state": "active",
                "start_date": "2025-01-01",
                "measure": "quantity",
                "unit": "km",
                "versions": [version],
                "reminders": [{"time": "08:30", "weekdays": ["mon"], "text": "Go"}],
                "days": [
                    {"date": "2025-01-01", "amount": 1.125, "note": "cold"},
                    {"date": "2025-01-02", "mark": "skip"},
                ],
            }
        ],
    }


def as_bytes(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


SAMPLES: Mapping[str, Callable[[], bytes]] = {
    "habit_tracker": lambda: as_bytes(an_own_json()),
    "loop": a_loop_database,
    "loop_csv": a_loop_csv,
    "beaverhabits": lambda: as_bytes(a_beaverhabits()),
    "habittrove": a_habittrove,
    "habo": lambda: as_bytes(a_habo()),
    "habitbull": a_habitbull,
    "habitica": lambda: as_bytes(a_habitica()),
}
"""A file of each source."""
