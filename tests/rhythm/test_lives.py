"""Lives lived forward: clocks run, people travel, check in, edit the past, change their minds."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from rhythm.boundaries import closing_date, facts_needed_from
from rhythm.checkpoint import Checkpoint, first_checkpoint, fits
from rhythm.days import today, zone_of
from rhythm.evaluate import advance, evaluate
from rhythm.goal import Goal, Measure
from rhythm.plan import DayFact, Mark, Pause, Plan, Version
from rhythm.schedule import ONE_DAY, Schedule
from tests.rhythm.agree import assert_numbers_agree
from tests.rhythm.histories import Life, any_schedules
from tests.rhythm.settings import many

ZONES = ["Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles", "Pacific/Kiritimati", "UTC"]
BEGIN = datetime(2026, 3, 20, 12, tzinfo=UTC)  # nine days before clocks change in Europe


@dataclass
class Person:
    """One habit and its keeper, with a checkpoint as a service would keep it."""

    plan: Plan
    now: datetime = BEGIN
    zone: str = "Europe/Berlin"
    day_start: time = time(0)
    floor: date | None = None
    facts: dict[date, DayFact] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    checkpoint: Checkpoint | None = None

    @property
    def today(self) -> date:
        return today(self.now, zone_of(self.zone), self.day_start, self.floor)

    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    def travel(self, zone: str, day_start: time) -> None:
        self.floor = self.today
        self.zone, self.day_start = zone, day_start

    def set_day(self, days_ago: int, fact: DayFact) -> None:
        day = max(self.today - timedelta(days=days_ago), self.plan.start_date)
        self.facts[day] = fact
        self.changed(day)

    def pause(self, days: int) -> None:
        self.pauses.append(Pause(self.today, self.today + timedelta(days=days)))
        self.changed(self.today)

    def change_schedule(self, schedule: Schedule, days_ago: int) -> None:
        day = max(self.today - timedelta(days=days_ago), self.plan.start_date)
        kept = tuple(it for it in self.plan.versions if it.effective_date < day)
        self.plan = replace(self.plan, versions=(*kept, Version(day, schedule)))
        self.changed(day)

    def changed(self, day: date) -> None:
        """Drop a checkpoint that a change has made worthless."""
        if self.checkpoint is None:
            return
        through = self.checkpoint.through
        if day <= through or not fits(self.checkpoint, self.plan):
            self.checkpoint = None

    def close(self) -> None:
        """Close what is over, as a nightly round would, from the facts that are needed only."""
        checkpoint = self.checkpoint or first_checkpoint(self.plan)
        through = closing_date(self.plan, self.today - ONE_DAY)
        if through > checkpoint.through:
            recent = self.facts_since(checkpoint)
            self.checkpoint = advance(self.plan, recent, self.pauses, through, checkpoint)

    def facts_since(self, checkpoint: Checkpoint) -> dict[date, DayFact]:
        needed = facts_needed_from(self.plan, checkpoint.through)
        return {day: fact for day, fact in self.facts.items() if day >= needed}


@st.composite
def steps(draw: DrawFn) -> tuple[str, tuple[Any, ...]]:
    kind = draw(
        st.sampled_from(
            ["wait", "wait", "set_day", "set_day", "travel", "pause", "change_schedule"]
        )
    )
    match kind:
        case "wait":
            return kind, (draw(st.sampled_from([9, 0.5, 15, 24, 47.5, 200])),)
        case "travel":
            hour = draw(st.sampled_from([0, 3, 12]))
            return kind, (draw(st.sampled_from(ZONES)), time(hour))
        case "set_day":
            marks = st.sampled_from([Mark.DONE, Mark.DONE, Mark.SKIP, Mark.MISSED, None])
            return kind, (draw(st.sampled_from([0, 0, 0, 1, 3, 20])), DayFact(draw(marks)))
        case "pause":
            return kind, (draw(st.sampled_from([0, 2, 10])),)
        case _:
            return kind, (draw(any_schedules), draw(st.sampled_from([0, 0, 5])))


@many
@given(any_schedules, st.lists(steps(), max_size=15))
def test_a_life_lived_forward(
    schedule: Schedule, what_happens: list[tuple[str, tuple[Any, ...]]]
) -> None:
    start = today(BEGIN, zone_of("Europe/Berlin"))
    person = Person(Plan(Measure.YES_NO, start, (Version(start, schedule, Goal()),)))
    seen = start
    for kind, details in what_happens:
        getattr(person, kind)(*details)
        assert person.today >= seen
        seen = person.today
        person.close()
    checkpoint = person.checkpoint or first_checkpoint(person.plan)
    found = evaluate(
        person.plan, person.facts_since(checkpoint), person.pauses, person.today, checkpoint
    )
    assert_numbers_agree(Life(person.plan, person.facts, person.pauses, person.today), found)
    done = [day for day, fact in person.facts.items() if fact.mark is Mark.DONE]
    assert found.total_check_ins == len(done)
