"""Talks to people in their chat: reminders, cheers, reports, and a bot that takes answers.

Owns chat links, preferences and messages with what became of them. Says `PreferencesChanged`.
Handles `HabitReminderDue`, `HabitCheckedIn`, `ReportReady`, the end of habits, and people.
"""
