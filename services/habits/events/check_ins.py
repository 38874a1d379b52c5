"""Events about check-ins, as outbox rows: the statement that writes the days writes them."""

from uuid import UUID

from chassis.events.outbox import OutboxRow, row
from contracts.habits.v1.habit_events_pb2 import CheckInChanged, HabitCheckedIn
from services.habits.domain.check_in import CheckIn
from services.habits.domain.habit import Habit
from services.habits.domain.snapshot import CurrentStreak
from services.habits.events.messages import check_in_to_wire, streak_to_wire


def check_in_changed(owner_id: UUID, check_in: CheckIn) -> OutboxRow:
    """Return the event that carries a day's new state."""
    return row(CheckInChanged(owner_id=str(owner_id), check_in=check_in_to_wire(check_in)))


def habit_checked_in(
    habit: Habit,
    check_in: CheckIn,
    current: CurrentStreak,
    *,
    batch_id: UUID | None,
    back_filled: bool,
) -> OutboxRow:
    """Return the event that a goal was reached; without `batch_id`, by a single command."""
    return row(
        HabitCheckedIn(
            owner_id=str(habit.owner_id),
            habit_id=str(habit.id),
            title=habit.title,
            check_in_date=check_in.day.isoformat(),
            current_streak=streak_to_wire(current),
            source=int(check_in.source),  # type: ignore[arg-type]  # the numbers are the wire's
            batch_id=str(batch_id) if batch_id else "",
            back_filled=back_filled,
            revision=check_in.revision,
        )
    )
