"""Builds what pictures show from summaries, day totals and reports. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from rhythm.schedule import Weekday
from services.analytics.domain.heatmap import DayTotals
from services.analytics.domain.picture import Bar, CalendarDay, Figure, PictureContent
from services.analytics.domain.picture_texts import Texts
from services.analytics.domain.report import Report, ReportKind
from services.analytics.domain.summary import HabitNumbers, Summary
from services.analytics.domain.tally import rate_of

MAX_HABITS = 40
"""Of more, the first are drawn, and the rest is counted in a line."""

type Strength = Sequence[tuple[date, float]]


def stats_of_all(
    summary: Summary, days: Sequence[DayTotals], texts: Texts, *, week_start: Weekday
) -> PictureContent:
    """Return the picture of all habits in a window."""
    return PictureContent(
        title=texts.all_habits,
        subtitle=_subtitle(summary, texts),
        figures=_figures(summary, texts),
        **(
            _calendar(days, texts, week_start) | _weekdays(summary, texts) | _habits(summary, texts)
        ),
        alt_text=alt_text(texts.all_habits, summary, texts),
    )


def stats_of_habit(
    summary: Summary,
    habit: HabitNumbers,
    days: Sequence[DayTotals],
    strength: Strength,
    texts: Texts,
    *,
    week_start: Weekday,
) -> PictureContent:
    """Return the picture of one habit in a window; the summary is of this habit alone."""
    now = _percent(strength[-1][1]) if strength else "–"
    alt = [alt_text(habit.title, summary, texts)]
    if strength:
        alt.append(texts.alt_strength.format(percent=now))
    return PictureContent(
        title=habit.title,
        subtitle=_subtitle(summary, texts),
        figures=(
            Figure(texts.completion, _rate(summary.completion_rate)),
            Figure(texts.check_ins, str(summary.check_in_count)),
            Figure(texts.current_streak, texts.counted(habit.streak_count, habit.streak_unit)),
            Figure(texts.strength.lower(), f"{now} %" if strength else now),
        ),
        **(_calendar(days, texts, week_start) | _weekdays(summary, texts)),
        curve=tuple(strength),
        curve_title=texts.strength,
        alt_text=" ".join(alt),
    )


def report_content(report: Report, texts: Texts) -> PictureContent:
    """Return the picture of a stored report; its numbers are the report's own."""
    summary, title = report.summary, texts.report_titles[report.kind.value]
    weekdays = {} if report.kind is ReportKind.DAILY else _weekdays(summary, texts)
    return PictureContent(
        title=title,
        subtitle=texts.shown_span(summary.from_date, summary.to_date),
        figures=_figures(summary, texts),
        **(weekdays | _habits(summary, texts)),
        alt_text=alt_text(title, summary, texts),
    )


def heatmap_content(
    title: str, days: Sequence[DayTotals], texts: Texts, *, week_start: Weekday
) -> PictureContent:
    """Return the picture of a heatmap alone."""
    span = texts.shown_span(days[0].day, days[-1].day)
    met, due = sum(day.met_count for day in days), sum(day.due_count for day in days)
    return PictureContent(
        title=title,
        subtitle=span,
        **_calendar(days, texts, week_start, title=False),
        alt_text=_alt(title, span, met, due, texts),
    )


def strength_content(title: str, strength: Strength, texts: Texts) -> PictureContent:
    """Return the picture of a habit's strength alone."""
    span = texts.shown_span(strength[0][0], strength[-1][0]) if strength else ""
    now = _percent(strength[-1][1]) if strength else "0"
    return PictureContent(
        title=title,
        subtitle=span,
        curve=tuple(strength),
        curve_title=texts.strength,
        calendar_months=texts.months,
        note="" if strength else texts.no_data,
        alt_text=f"{title}, {span}. {texts.alt_strength.format(percent=now)}",
    )


def alt_text(title: str, summary: Summary, texts: Texts) -> str:
    """Return what a picture of a summary shows, in a sentence or two."""
    span = texts.shown_span(summary.from_date, summary.to_date)
    sentences = [_alt(title, span, summary.met_count, summary.due_count, texts)]
    unit = summary.longest_streak_unit
    if unit is not None and summary.longest_streak_count:
        streak = texts.counted(summary.longest_streak_count, unit)
        sentences.append(texts.alt_streak.format(streak=streak))
    return " ".join(sentences)


def report_alt_text(report: Report, texts: Texts) -> str:
    """Return what the picture of a report shows."""
    return alt_text(texts.report_titles[report.kind.value], report.summary, texts)


def _alt(title: str, span: str, met: int, due: int, texts: Texts) -> str:
    rate = rate_of(met, due)
    if rate is None:
        return texts.alt_nothing.format(title=title, span=span)
    return texts.alt_totals.format(title=title, span=span, met=met, due=due, percent=_percent(rate))


def _subtitle(summary: Summary, texts: Texts) -> str:
    span = texts.shown_span(summary.from_date, summary.to_date)
    count = (summary.to_date - summary.from_date).days + 1
    return f"{span} · {texts.last_days.format(count=count)}"


def _figures(summary: Summary, texts: Texts) -> tuple[Figure, ...]:
    unit = summary.longest_streak_unit
    streak = texts.counted(summary.longest_streak_count, unit) if unit else "–"
    return (
        Figure(texts.completion, _rate(summary.completion_rate)),
        Figure(texts.check_ins, str(summary.check_in_count)),
        Figure(texts.perfect_days, str(summary.perfect_day_count)),
        Figure(texts.longest_streak, streak),
    )


def _calendar(
    days: Sequence[DayTotals], texts: Texts, week_start: Weekday, *, title: bool = True
) -> dict[str, Any]:
    nothing = not any(day.due_count for day in days)
    return {
        "calendar": tuple(CalendarDay(day.day, day.completion_rate) for day in days),
        "calendar_weekdays": texts.weekdays,
        "calendar_months": texts.months,
        "calendar_legend": texts.legend,
        "week_start": week_start,
        "note": texts.no_data if nothing else "",
    }


def _weekdays(summary: Summary, texts: Texts) -> dict[str, Any]:
    if not any(it.due_count for it in summary.weekdays):
        return {}
    bars = (
        Bar(texts.weekdays[it.weekday], it.completion_rate, _done(it.met_count, it.due_count))
        for it in summary.weekdays
    )
    return {"weekdays": tuple(bars), "weekdays_title": texts.by_weekday}


def _habits(summary: Summary, texts: Texts) -> dict[str, Any]:
    if not summary.habits:
        return {"note": texts.no_data}
    more = len(summary.habits) - MAX_HABITS
    bars = (
        Bar(it.title, it.completion_rate, _habit_value(it, texts))
        for it in summary.habits[:MAX_HABITS]
    )
    note = {"note": texts.more_habits.format(count=more)} if more > 0 else {}
    return {"habits": tuple(bars), "habits_title": texts.by_habit, **note}


def _habit_value(habit: HabitNumbers, texts: Texts) -> str:
    done = texts.done.format(met=habit.met_count, due=habit.due_count) if habit.due_count else "–"
    if not habit.streak_count:
        return done
    return f"{done} · 🔥 {texts.counted(habit.streak_count, habit.streak_unit)}"


def _done(met: int, due: int) -> str:
    return f"{met}/{due}" if due else "–"


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{_percent(rate)} %"


def _percent(rate: float) -> str:
    return f"{rate * 100:.0f}"
