"""The calendar of a picture: weeks as rows with day numbers, or as columns where there are many."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from services.analytics.domain.picture import CalendarDay, PictureContent
from services.analytics.pictures.canvas import Canvas

_TOP_PX = 8
_LEGEND_PX = 34
_ROWS_UP_TO_DAYS = 42
_ROW_PX = 34
_GAP_PX = 3
_WEEK = 7
_BAND_WEEKS = 53
_BAND_HEAD_PX = 20
_BAND_GAP_PX = 14
_LABEL_PX = 34
_MAX_CELL_PX = 44
_MIN_MONTH_PX = 26


def calendar_height(content: PictureContent, width: int) -> float:
    """Return the height of the calendar with its legend, in CSS pixels."""
    days = content.calendar
    below = _LEGEND_PX if _has_rates(content) else 0
    if len(days) <= _ROWS_UP_TO_DAYS:
        return _TOP_PX + 24 + len(_weeks(content)) * _ROW_PX + below
    bands = len(list(_bands(content)))
    return _TOP_PX + bands * (_band_height(width) + _BAND_GAP_PX) + below


def draw_calendar(canvas: Canvas, content: PictureContent, top: float) -> None:
    """Draw every day as a box in the color of its rate, and the legend where one has a rate."""
    top += _TOP_PX
    if len(content.calendar) <= _ROWS_UP_TO_DAYS:
        bottom = _draw_weeks_as_rows(canvas, content, top)
    else:
        bottom = _draw_weeks_as_columns(canvas, content, top)
    if _has_rates(content):
        _draw_legend(canvas, content, bottom)


def _draw_weeks_as_rows(canvas: Canvas, content: PictureContent, top: float) -> float:
    palette = canvas.palette
    cell = (canvas.width - 2 * canvas.MARGIN) / _WEEK
    for column in range(_WEEK):
        name = content.calendar_weekdays[(content.week_start + column) % _WEEK]
        x = canvas.MARGIN + column * cell + cell / 2
        canvas.text(x, top + 10, name, size=11.5, color=palette.muted, align="center")
    top += 24
    for row, week in enumerate(_weeks(content)):
        for day in week:
            x = canvas.MARGIN + _column(content, day.day) * cell
            y = top + row * _ROW_PX
            _draw_day(canvas, day, x, y, cell - _GAP_PX, _ROW_PX - _GAP_PX)
            text = str(day.day.day)
            if day.day.day == 1:
                text = f"1 {content.calendar_months[day.day.month - 1]}"
            color = palette.muted if day.rate is None else palette.text_on(day.rate)
            middle = x + (cell - _GAP_PX) / 2, y + (_ROW_PX - _GAP_PX) / 2
            canvas.text(*middle, text, size=11.5, color=color, align="center")
    return top + len(_weeks(content)) * _ROW_PX


def _draw_weeks_as_columns(canvas: Canvas, content: PictureContent, top: float) -> float:
    palette = canvas.palette
    for weeks in _bands(content):
        width, height = _cell(canvas.width, len(weeks))
        left, first_row = canvas.MARGIN + _LABEL_PX, top + _BAND_HEAD_PX
        for row in range(0, _WEEK, 2):
            name = content.calendar_weekdays[(content.week_start + row) % _WEEK]
            y = first_row + row * height + (height - _GAP_PX) / 2
            canvas.text(canvas.MARGIN, y, name, size=10.5, color=palette.muted)
        named_up_to = left
        for column, week in enumerate(weeks):
            x = left + column * width
            for day in week:
                y = first_row + _column(content, day.day) * height
                _draw_day(canvas, day, x, y, width - _gap(width), height - _gap(height))
            firsts = [day.day for day in week if day.day.day == 1] or (
                [week[0].day] if column == 0 else []
            )
            if firsts and named_up_to <= x <= canvas.width - canvas.MARGIN - _MIN_MONTH_PX:
                name = _month(content, firsts[0], is_first=column == 0)
                canvas.text(x, top + 8, name, size=10.5, color=palette.muted)
                named_up_to = x + (_MIN_MONTH_PX if column else 2 * _MIN_MONTH_PX)
        top += _band_height(int(canvas.width)) + _BAND_GAP_PX
    return top - _BAND_GAP_PX


def _draw_legend(canvas: Canvas, content: PictureContent, top: float) -> None:
    palette = canvas.palette
    none, everything = content.calendar_legend
    y, size, steps = top + 18, 12.0, 5
    right = canvas.width - canvas.MARGIN
    room = canvas.text_width(everything, 11)
    canvas.text(right, y, everything, size=11, color=palette.muted, align="right")
    left = right - room - 8 - steps * (size + _GAP_PX)
    for step in range(steps):
        color = palette.scale(step / (steps - 1))
        canvas.box(left + step * (size + _GAP_PX), y - size / 2, size, size, color=color)
    canvas.text(left - 8, y, none, size=11, color=palette.muted, align="right")


def _draw_day(
    canvas: Canvas, day: CalendarDay, x: float, y: float, width: float, height: float
) -> None:
    palette = canvas.palette
    color = palette.empty if day.rate is None else palette.scale(float(day.rate))
    canvas.box(x, y, width, height, color=color)


def _has_rates(content: PictureContent) -> bool:
    return any(day.rate is not None for day in content.calendar)


def _month(content: PictureContent, day: date, *, is_first: bool) -> str:
    """Return the name of a month, with the year at the beginning of a band; January as a year."""
    name = content.calendar_months[day.month - 1]
    if is_first:
        return f"{name} {day.year}"
    return str(day.year) if day.month == 1 else name


def _column(content: PictureContent, day: date) -> int:
    """Return the place of a day in its week, 0 to 6."""
    return (day.weekday() - content.week_start) % _WEEK


def _weeks(content: PictureContent) -> list[list[CalendarDay]]:
    """Return the days by week, oldest first."""
    weeks: dict[date, list[CalendarDay]] = {}
    for day in content.calendar:
        begin = day.day - timedelta(days=_column(content, day.day))
        weeks.setdefault(begin, []).append(day)
    return list(weeks.values())


def _bands(content: PictureContent) -> Iterator[Sequence[list[CalendarDay]]]:
    """Yield weeks that are drawn side by side, about a year at a time; the last band is full."""
    weeks = _weeks(content)
    first = len(weeks) % _BAND_WEEKS
    if first:
        yield weeks[:first]
    for start in range(first, len(weeks), _BAND_WEEKS):
        yield weeks[start : start + _BAND_WEEKS]


def _band_height(width: int) -> float:
    return _BAND_HEAD_PX + _WEEK * _cell(width, _BAND_WEEKS)[1]


def _cell(width: float, weeks: int) -> tuple[float, float]:
    """Return width and height of a day with its gap; few weeks get wider days."""
    room = width - 2 * Canvas.MARGIN - _LABEL_PX
    square = max(room / _BAND_WEEKS, 5)
    return min(room / weeks, _MAX_CELL_PX), max(square, 14)


def _gap(size: float) -> float:
    return _GAP_PX if size > 12 else 1
