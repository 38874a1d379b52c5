"""A habit that is being made in the chat: its fields, its card, and the one-line form."""

import re
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from services.notifications.domain.buttons import Measure
from services.notifications.domain.i18n import gettext
from services.notifications.domain.messages import amount_text
from services.notifications.domain.schedules import ScheduleChoice, parse_schedule, schedule_text
from services.notifications.domain.titles import isolated

LONGEST_TITLE = 120
MOST_REMINDERS = 8

_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:.]([0-5]\d)(?!\d)")
_AMOUNT = re.compile(r"(?<!\S)(\d{1,10}(?:[.,]\d{1,3})?)\s*([^\W\d]{0,20})(?!\S)")
_TIME_WORDS = re.compile(rf"(?i)(?:\b(?:at|and|в|и)\s+)?{_TIME.pattern}")
_LIMIT = re.compile(r"(?i)\b(?:at most|max|no more than|не больше|не более)\s*$")
_LEAST = re.compile(r"(?i)\b(?:at least|не меньше|не менее)\s*$")
_QUIT = re.compile(r"(?i)^(?:no|quit|без|не)\s+(?=\S)")
_WEEKDAYS = (
    ("mon", "monday", "пн", "понедельник"),
    ("tue", "tuesday", "вт", "вторник"),
    ("wed", "wednesday", "ср", "среда"),
    ("thu", "thursday", "чт", "четверг"),
    ("fri", "friday", "пт", "пятница"),
    ("sat", "saturday", "сб", "суббота"),
    ("sun", "sunday", "вс", "воскресенье"),
)
_DAY_NUMBERS = {name: number for number, names in enumerate(_WEEKDAYS, 1) for name in names}
_DAY_WORD = "|".join(sorted(_DAY_NUMBERS, key=len, reverse=True))
_DAYS = re.compile(
    rf"(?i)(?:\bon\s+|\bпо\s+)?\b((?:{_DAY_WORD})(?:(?:\s*,\s*|\s+)(?:{_DAY_WORD}))*)\b"
)
_DAY_GROUPS = (
    (re.compile(r"(?i)\b(?:on\s+)?(?:every weekday|weekdays)\b|\bпо\s+будням\b"), "w1111100/1"),
    (re.compile(r"(?i)\b(?:on\s+)?weekends\b|\bпо\s+выходным\b"), "w0000011/1"),
)
_TIMES = re.compile(
    r"(?i)(\d{1,3})\s*(?:times|x|раза?)\s+(?:a|per|в)\s+(week|month|year|неделю|месяц|год)"
)
_EVERY = re.compile(r"(?i)\b(?:every|кажды[ей])\s+(\d{1,3})\s+(?:days|дн\w+)")
_PHRASES = (
    (re.compile(r"(?i)\b(?:daily|every day|a day|per day|каждый день|ежедневно|в день)\b"), "d1"),
    (re.compile(r"(?i)\b(?:weekly|every week|a week|per week|в неделю|еженедельно)\b"), "w"),
    (re.compile(r"(?i)\b(?:monthly|every month|a month|per month|в месяц|ежемесячно)\b"), "m"),
    (re.compile(r"(?i)\b(?:yearly|every year|a year|per year|в год|ежегодно)\b"), "y"),
)
_UNIT_CODES = {"week": "w", "неделю": "w", "month": "m", "месяц": "m", "year": "y", "год": "y"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitForm:
    """What is known of a habit that is being made."""

    title: str = ""
    measure: Measure = Measure.YES_NO
    amount: str = ""
    """A decimal; empty for yes-or-no habits."""
    unit: str = ""
    schedule: str = "d1"
    """A code of `domain.schedules`."""
    times: tuple[str, ...] = field(default=())
    """When to remind, `HH:MM`."""

    def to_data(self) -> dict[str, Any]:
        """Return the draft as it is stored in the conversation."""
        return asdict(self) | {"measure": self.measure.value, "times": list(self.times)}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "HabitForm":
        """Read what `to_data` wrote; an empty draft from nothing."""
        if not data:
            return cls()
        values = data | {"measure": Measure(data["measure"]), "times": tuple(data["times"])}
        return cls(**values)

    @property
    def schedule_value(self) -> ScheduleChoice:
        """The schedule; every day where the code cannot be read."""
        return parse_schedule(self.schedule) or ScheduleChoice()

    def card(self) -> str:
        """Return the habit in words."""
        schedule = schedule_text(self.schedule_value, total=self.measure is not Measure.YES_NO)
        lines = [f"✨ {isolated(self.title)}", goal_text(self.measure, self.amount, self.unit)]
        lines.append(f"🗓 {schedule}")
        reminders = ", ".join(self.times) if self.times else gettext("no reminder")
        lines.append(f"⏰ {reminders}")
        return "\n".join(lines)


def goal_text(measure: Measure, amount: str, unit: str) -> str:
    """Return a goal in words."""
    if measure is Measure.YES_NO:
        return gettext("🎯 done or not")
    words = amount_text(Decimal(amount or 0), unit, genitive=True)
    if measure is Measure.LIMIT:
        return gettext("🎯 at most {amount}").format(amount=words)
    return gettext("🎯 at least {amount}").format(amount=words)


def parse_goal(text: str) -> tuple[str, str] | None:
    """Read `20 pages` as an amount and a unit; None when there is no number."""
    found = re.fullmatch(r"(\d{1,10}(?:[.,]\d{1,3})?)\s*(\D{0,20})", text.strip())
    return (found[1].replace(",", "."), found[2].strip()) if found else None


def parse_times(text: str) -> tuple[str, ...]:
    """Read the wall times in a text, each once, at most `MOST_REMINDERS`."""
    times = [f"{int(hour):02}:{minute}" for hour, minute in _TIME.findall(text)]
    return tuple(dict.fromkeys(times))[:MOST_REMINDERS]


def parse_one_line(text: str) -> HabitForm | None:
    """Read `Read 20 pages daily 21:00`, `Run 20 km a week`, `No sugar`; None without a title."""
    times = parse_times(text)
    rest = _TIME_WORDS.sub(" ", text)
    schedule, rest = _take_schedule(rest)
    rest = re.sub(r"\s+", " ", rest).strip(" ,")
    measure, amount, unit, title = Measure.YES_NO, "", "", rest
    found = _AMOUNT.search(rest)
    if _QUIT.match(rest) and found is None:
        measure, amount = Measure.LIMIT, "0"
    elif found is not None:
        before, after = rest[: found.start()].rstrip(), rest[found.end() :]
        measure = Measure.LIMIT if _LIMIT.search(before) else Measure.QUANTITY
        amount, unit = found[1].replace(",", "."), found[2]
        title = _LEAST.sub("", _LIMIT.sub("", before)) + " " + after
        title = re.sub(r"\s+", " ", title).strip(" ,")
    if not title or len(title) > LONGEST_TITLE:
        return None
    if schedule in ("w", "m", "y"):
        schedule += "t1" if measure is Measure.YES_NO else "T"
    draft = HabitForm(title=title[0].upper() + title[1:], schedule=schedule, times=times)
    return replace(draft, measure=measure, amount=amount, unit=unit)


def _take_schedule(text: str) -> tuple[str, str]:
    """Return the code of the schedule that a text names, every day else, and what is left."""
    if found := _TIMES.search(text):
        code = f"{_UNIT_CODES[found[2].lower()]}t{int(found[1]) or 1}"
        return code, _TIMES.sub(" ", text, count=1)
    if found := _EVERY.search(text):
        return f"d{int(found[1]) or 1}", _EVERY.sub(" ", text, count=1)
    for pattern, code in _DAY_GROUPS:
        if pattern.search(text):
            return code, pattern.sub(" ", text, count=1)
    if found := _DAYS.search(text):
        days = {_DAY_NUMBERS[name] for name in re.findall(r"\w+", found[1].lower())}
        bits = "".join("1" if day in days else "0" for day in range(1, 8))
        return f"w{bits}/1", _DAYS.sub(" ", text, count=1)
    for pattern, code in _PHRASES:
        if pattern.search(text):
            return code, pattern.sub(" ", text, count=1)
    return "d1", text
