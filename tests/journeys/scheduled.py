"""Reminders and reports that are scheduled as soon as the mesh is up.

Rather than have each test wait for its minute, messages are scheduled here, and have mostly
arrived when the test about them runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tests.journeys.people import Clients, Person, a_zone_at_daytime, next_minute

MOST_SECONDS = 150
"""A minute at most until it is due, the beats of two ticks, and a slow machine."""


@dataclass(frozen=True, slots=True)
class ScheduledMessages:
    """Users who wait for a scheduled message.

    Attributes:
        bea: Has three habits that remind her in the same minute: "Stretch", "Journal" and
            "Walk", of which she wants 5 km.
        cleo: Has done one of her two habits and gets a daily report about it.
        report_time: When, `HH:MM`.
    """

    bea: Person
    cleo: Person
    report_time: str


async def schedule_messages(clients: Clients) -> ScheduledMessages:
    """Have a minute near enough bring reminders to Bea and a report to Cleo."""
    bea = await clients.register("Bea", timezone=a_zone_at_daytime())
    cleo = await clients.register("Cleo", timezone=a_zone_at_daytime())
    await bea.link_chat()
    await cleo.link_chat()

    reminders = [{"time": next_minute(bea, at_least=timedelta(seconds=5))}]
    await bea.new_habit("Stretch", reminders=reminders)
    await bea.new_habit("Journal", reminders=reminders)
    await bea.new_habit(
        "Walk",
        measure="quantity",
        unit="km",
        goal={"direction": "at_least", "amount": 5},
        reminders=reminders,
    )

    read = await cleo.new_habit("Read")
    await cleo.new_habit("Swim")
    await cleo.post(f"habits/{read}/check-ins", status=201)
    # The wish has to reach analytics before the minute does.
    report_time = next_minute(cleo, at_least=timedelta(seconds=20))
    await cleo.patch("notifications/preferences", daily_report_time=report_time)
    return ScheduledMessages(bea, cleo, report_time)
