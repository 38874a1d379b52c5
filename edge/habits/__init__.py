"""Habits, pauses, check-ins, progress and today, over REST."""
