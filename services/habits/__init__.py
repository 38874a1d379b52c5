"""Owns habits, pauses, check-ins, reminders, and every number about them.

Says `Habit…`, `PauseChanged`, `CheckInChanged`, `HabitCheckedIn` and `HabitReminderDue`; hears
`User…` and `PreferencesChanged`. Read `domain/`, then `use_cases/check_ins.py`, the hot path.
"""
