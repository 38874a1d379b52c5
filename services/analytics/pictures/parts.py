"""The parts of a picture but for its calendar: header, figures, curve, bars and note.

Each function returns the height of its part in CSS pixels, and what draws it below a line.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.ticker import FuncFormatter

from services.analytics.domain.picture import Bar, Figure, PictureContent
from services.analytics.pictures.canvas import Canvas

type Part = tuple[float, Callable[[Canvas, float], None]]

_HEADER_PX = 84
_FIGURES_PX = 78
_TITLE_PX = 34
_ROW_PX = 30
_BAR_PX = 12
_CURVE_PX = 210
_SHORT_CURVE_DAYS = 120
_NOTE_PX = 44
_NARROW_PX = 520
_LABEL_SHARE = 0.3
_VALUE_SIZE = 12
_MAX_VALUE_SHARE = 0.36


def draw_header(content: PictureContent) -> Part:
    """Return the title and the line below it."""

    def draw(canvas: Canvas, top: float) -> None:
        room = canvas.width - 2 * canvas.MARGIN
        canvas.text(canvas.MARGIN, top + 38, content.title, size=22, max_width=room)
        canvas.text(
            canvas.MARGIN, top + 64, content.subtitle, color=canvas.palette.muted, max_width=room
        )

    return _HEADER_PX, draw


def draw_figures(figures: Sequence[Figure], width: int) -> Part:
    """Return the numbers side by side; in two rows where the picture is narrow."""
    columns = len(figures) if width >= _NARROW_PX else 2
    rows = -(-len(figures) // columns)

    def draw(canvas: Canvas, top: float) -> None:
        room = (canvas.width - 2 * canvas.MARGIN) / columns
        for place, figure in enumerate(figures):
            x = canvas.MARGIN + (place % columns) * room
            y = top + (place // columns) * _FIGURES_PX
            canvas.text(x, y + 22, figure.value, size=22, max_width=room - 8)
            canvas.text(x, y + 46, figure.label, color=canvas.palette.muted, max_width=room - 8)

    return rows * _FIGURES_PX, draw


def draw_curve(content: PictureContent) -> Part:
    """Return the curve of strength over the days, 0 to 100 %."""

    def draw(canvas: Canvas, top: float) -> None:
        draw_title(canvas, content.curve_title, top)
        left, right = canvas.MARGIN + 40, canvas.width - canvas.MARGIN
        bottom = top + _CURVE_PX - 30
        axes = canvas.figure.add_axes(
            (
                left / canvas.width,
                1 - bottom / canvas.height,
                (right - left) / canvas.width,
                (bottom - top - _TITLE_PX) / canvas.height,
            )
        )
        days, values = zip(*content.curve, strict=True)
        color, palette = canvas.palette.accent, canvas.palette
        axes.set_facecolor("none")
        axes.fill_between(days, values, color=color, alpha=0.18, linewidth=0)
        axes.plot(days, values, color=color, linewidth=1.6)
        axes.plot(days[-1:], values[-1:], "o", color=color, markersize=4, clip_on=False)
        axes.set_ylim(0, 1)
        axes.set_xlim(days[0], max(days[-1], days[0] + timedelta(days=1)))
        axes.set_yticks([0, 0.5, 1])
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value * 100:.0f} %"))
        locator = AutoDateLocator(minticks=2, maxticks=6)  # type: ignore[no-untyped-call]
        axes.xaxis.set_major_locator(locator)
        is_long = (days[-1] - days[0]).days > _SHORT_CURVE_DAYS

        def label(number: float, _: object) -> str:
            day = num2date(number).date()  # type: ignore[no-untyped-call]
            month = content.calendar_months[day.month - 1]
            return f"{month} {day.year}" if is_long else f"{day.day} {month}"

        axes.xaxis.set_major_formatter(FuncFormatter(label))
        axes.tick_params(colors=palette.muted, labelsize=8.5, length=0)
        axes.grid(axis="y", color=palette.line, linewidth=0.6)
        for side in axes.spines.values():
            side.set_visible(False)

    return _CURVE_PX, draw


def draw_bars(title: str, bars: Sequence[Bar]) -> Part:
    """Return bars from 0 to 1 with their labels; one without a rate is an empty one."""
    height = _TITLE_PX + len(bars) * _ROW_PX + 10

    def draw(canvas: Canvas, top: float) -> None:
        draw_title(canvas, title, top)
        palette = canvas.palette
        room = canvas.width - 2 * canvas.MARGIN
        label_px = 56 if max(len(bar.label) for bar in bars) <= 3 else room * _LABEL_SHARE
        widest = max((bar.value for bar in bars), key=len)
        value_px = min(canvas.text_width(widest, _VALUE_SIZE) + 6, room * _MAX_VALUE_SHARE)
        bar_px = room - label_px - value_px - 12
        for row, bar in enumerate(bars):
            y = top + _TITLE_PX + row * _ROW_PX + _ROW_PX / 2
            canvas.text(canvas.MARGIN, y, bar.label, max_width=label_px - 10)
            x = canvas.MARGIN + label_px
            canvas.box(x, y - _BAR_PX / 2, bar_px, _BAR_PX, color=palette.empty)
            if bar.rate:
                width = max(bar_px * bar.rate, 6)
                canvas.box(x, y - _BAR_PX / 2, width, _BAR_PX, color=palette.accent)
            canvas.text(
                x + bar_px + 12,
                y,
                bar.value,
                color=palette.muted,
                size=_VALUE_SIZE,
                max_width=value_px,
            )

    return height, draw


def draw_note(note: str) -> Part:
    """Return a line of its own."""

    def draw(canvas: Canvas, top: float) -> None:
        canvas.text(canvas.MARGIN, top + 18, note, color=canvas.palette.muted)

    return _NOTE_PX, draw


def draw_title(canvas: Canvas, title: str, top: float) -> None:
    """Write the title of a part."""
    canvas.text(canvas.MARGIN, top + 14, title, size=14)
