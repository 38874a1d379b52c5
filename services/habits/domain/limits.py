"""How much of everything a person may have. Generous for people, a wall for accidents."""

from datetime import date

MOST_HABITS = 500
MOST_PAUSES = 500
MOST_RESTS = 10_000  # pauses that came of archiving included
MOST_VERSIONS = 200
MOST_REMINDERS = 8
MOST_TAGS = 20
MOST_CHANGES_A_BATCH = 500
MOST_HISTORY_DAYS = 3660
MOST_UNITS_EXPLAINED = 400

LONGEST_TITLE = 120
LONGEST_DESCRIPTION = 2000
LONGEST_ICON = 40
LONGEST_TAG = 40
LONGEST_UNIT = 20
LONGEST_NOTE = 2000
LONGEST_REASON = 200
LONGEST_REMINDER_TEXT = 200

LEAST_NAG_MINUTES = 5
MOST_NAG_MINUTES = 720

FIRST_DATE = date(1900, 1, 1)
LAST_DATE = date(2199, 12, 31)

MOST_THOUSANDTHS = 1_000_000_000_000
"""Of one amount and of a day's sum: a thousand million."""
