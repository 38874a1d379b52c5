"""The next due days of a schedule that no habit has yet."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from rhythm.schedule import Schedule
from services.habits.domain.people import Person
from services.habits.domain.schedule_preview import next_due_dates
from services.habits.use_cases.habits import resolve_person


async def preview_schedule(
    session: AsyncSession,
    person: Person,
    schedule: Schedule,
    *,
    start_date: date | None,
    from_date: date | None,
    now: datetime,
) -> list[date]:
    """Return the next due days of a schedule; both dates are the person's today where not given."""
    person = await resolve_person(session, person)
    today = person.today(now)
    return next_due_dates(
        schedule, person, start_date=start_date or today, from_date=from_date or today
    )
