"""Owns habits, pauses, check-ins and reminders, and every number about them.

Publishes `Habit…`, `PauseChanged`, `CheckInChanged`, `HabitCheckedIn` and `HabitReminderDue`;
handles `User…` and `PreferencesChanged`.

A check-in passes through, from top to bottom:

- `servicer/check_ins.py`: the rpc; `translate/check_ins.py` makes its message a `CheckInCommand`.
- `use_cases/check_ins.py`: the use case, one command or a batch.
- `use_cases/habit_days.py` with `dao/snapshots.py`: reads what the commands need, one statement.
- `domain/habit_days.py`: applies each command to the days of its habit, in memory.
- `domain/snapshot.py`: evaluates streak and strength, and shortens the derived state to store.
- `events/check_ins.py`: the events, as outbox rows.
- `dao/check_in_writes.py`: writes days, audit, derived state, events and responses, one statement.
"""
