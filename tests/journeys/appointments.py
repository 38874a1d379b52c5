"""Things that will happen by themselves, arranged as soon as the mesh is up.

A reminder comes at its minute and a report at its own: rather than have each story wait for the
clock, what they wait for is set here, and has mostly come when they are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tests.journeys.people import Person, World, a_zone_at_daytime, next_minute

MOST_SECONDS = 150
"""A minute at most until it is due, the beats of two ticks, and a slow machine."""


@dataclass(frozen=True, slots=True)
class Appointments:
    """Who waits for what.

    Attributes:
        bea: Has three habits that remind her in the same minute: "Stretch", "Journal" and
            "Walk", of which she wants 5 km.
        cleo: Has done one of her two habits and is told so in a daily report.
        report_time: When, `HH:MM`.
    """

    bea: Person
    cleo: Person
    report_time: str


async def arrange(world: World) -> Appointments:
    """Have a minute near enough bring reminders to Bea and a report to Cleo."""
    bea = await world.register("Bea", timezone=a_zone_at_daytime())
    cleo = await world.register("Cleo", timezone=a_zone_at_daytime())
    await bea.link_chat()
    await cleo.link_chat()

    reminders = [{"time": next_minute(bea, at_least=timedelta(seconds=5))}]
    await bea.new_habit("VersionSpan", reminders=reminders)
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
    return Appointments(bea, cleo, report_time)
