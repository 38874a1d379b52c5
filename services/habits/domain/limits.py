"""How much of everything a person may have. Generous for people, a wall for accidents."""

from datetime import date

ACTIVE_HABITS_PER_PERSON = 500  # unless the settings say otherwise
MAX_HABITS = 5_000  # archived ones included
MAX_PAUSES = 500
MAX_QUICK_LINKS = 100
MAX_PAUSED_RANGES = 10_000  # pauses that came of archiving included
MAX_VERSIONS = 200
MAX_REMINDERS = 8
MAX_TAGS = 20
MAX_BATCH_CHANGES = 500
MAX_HISTORY_DAYS = 3660
MAX_UNITS_EXPLAINED = 400

MAX_TITLE_LENGTH = 120
MAX_DESCRIPTION_LENGTH = 2000
MAX_ICON_LENGTH = 40
MAX_TAG_LENGTH = 40
MAX_UNIT_LENGTH = 20
MAX_NOTE_LENGTH = 2000
MAX_REASON_LENGTH = 200
MAX_REMINDER_TEXT_LENGTH = 200

MIN_NAG_MINUTES = 5
MAX_NAG_MINUTES = 720

FIRST_DATE = date(1900, 1, 1)
LAST_DATE = date(2199, 12, 31)

MAX_THOUSANDTHS = 1_000_000_000_000
"""Of one amount and of a day's sum: a thousand million."""
