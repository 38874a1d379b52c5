"""The texts of pictures, in English and Russian."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rhythm.schedule import StreakUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts of pictures in one language."""

    weekdays: Sequence[str]
    months: Sequence[str]
    """In the form that stands alone."""
    months_in_dates: Sequence[str]
    streak_units: dict[StreakUnit, tuple[str, str, str]]
    """For 1, 2 and 5 of them."""
    all_habits: str
    last_days: str
    report_titles: dict[str, str]
    completion: str
    check_ins: str
    perfect_days: str
    longest_streak: str
    current_streak: str
    strength: str
    by_weekday: str
    by_habit: str
    done: str
    legend: tuple[str, str]
    no_data: str
    more_habits: str
    alt_totals: str
    alt_nothing: str
    alt_streak: str
    alt_strength: str
    calendar: str
    day_first: bool

    def shown_date(self, day: date) -> str:
        """Return a date in words, without the weekday."""
        month = self.months_in_dates[day.month - 1]
        return (
            f"{day.day} {month} {day.year}" if self.day_first else f"{month} {day.day}, {day.year}"
        )

    def shown_span(self, first: date, last: date) -> str:
        """Return a span of dates; a single day where both are one."""
        if first == last:
            return self.shown_date(first)
        return f"{self.shown_date(first)} – {self.shown_date(last)}"

    def counted(self, count: int, unit: StreakUnit) -> str:
        """Return a count of days, weeks or months."""
        one, few, many = self.streak_units[unit]
        if not self.day_first:
            return f"{count} {one if count == 1 else many}"
        tens, ones = count % 100, count % 10
        if ones == 1 and tens != 11:
            return f"{count} {one}"
        is_few = 2 <= ones <= 4 and not 12 <= tens <= 14
        return f"{count} {few if is_few else many}"


ENGLISH = Texts(
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    months_in_dates=(
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ),
    streak_units={
        StreakUnit.DAY: ("day", "days", "days"),
        StreakUnit.WEEK: ("week", "weeks", "weeks"),
        StreakUnit.MONTH: ("month", "months", "months"),
        StreakUnit.YEAR: ("year", "years", "years"),
        StreakUnit.YEAR: ("year", "years", "years"),
    },
    all_habits="All habits",
    last_days="last {count} days",
    report_titles={
        "daily": "Daily report",
        "weekly": "Weekly report",
        "monthly": "Monthly report",
    },
    completion="completed",
    check_ins="check-ins",
    perfect_days="perfect days",
    longest_streak="longest streak",
    current_streak="current streak",
    strength="Strength",
    by_weekday="By weekday",
    by_habit="By habit",
    done="{met} of {due}",
    legend=("none", "all"),
    no_data="Nothing was due in these days.",
    more_habits="and {count} more",
    alt_totals="{title}, {span}: {met} of {due} completed ({percent} %).",
    alt_nothing="{title}, {span}: nothing was due.",
    alt_streak="The longest streak is {streak}.",
    alt_strength="Strength is {percent} %.",
    calendar="Day by day",
    day_first=False,
)  # fmt: skip
RUSSIAN = Texts(
    weekdays=("Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"),
    months=("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    months_in_dates=(
        "янв.", "февр.", "марта", "апр.", "мая", "июня", "июля", "авг.", "сент.", "окт.", "нояб.",
        "дек.",
    ),
    streak_units={
        StreakUnit.DAY: ("день", "дня", "дней"),
        StreakUnit.WEEK: ("неделя", "недели", "недель"),
        StreakUnit.MONTH: ("месяц", "месяца", "месяцев"),
        StreakUnit.YEAR: ("год", "года", "лет"),
        StreakUnit.YEAR: ("год", "года", "лет"),
    },
    all_habits="Все привычки",
    last_days="дней: {count}",
    report_titles={
        "daily": "Отчёт за день",
        "weekly": "Отчёт за неделю",
        "monthly": "Отчёт за месяц",
    },
    completion="выполнено",
    check_ins="отметки",
    perfect_days="идеальные дни",
    longest_streak="лучшая серия сейчас",
    current_streak="текущая серия",
    strength="Сила привычки",
    by_weekday="По дням недели",
    by_habit="По привычкам",
    done="{met} из {due}",
    legend=("ничего", "всё"),
    no_data="В эти дни ничего не было запланировано.",
    more_habits="и ещё {count}",
    alt_totals="{title}, {span}: выполнено {met} из {due} ({percent} %).",
    alt_nothing="{title}, {span}: ничего не было запланировано.",
    alt_streak="Самая длинная серия: {streak}.",
    alt_strength="Сила привычки: {percent} %.",
    calendar="День за днём",
    day_first=True,
)  # fmt: skip
_LANGUAGES = {"en": ENGLISH, "ru": RUSSIAN}


def texts_of(locale: str) -> Texts:
    """Return the texts of a locale such as `ru` or `ru-RU`; English for others."""
    return _LANGUAGES.get(locale.replace("_", "-").split("-")[0].lower(), ENGLISH)
