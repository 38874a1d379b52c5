"""Every kind of content can be drawn, in both themes and formats, also the extremes."""

import os
import warnings
from datetime import date, timedelta
from pathlib import Path

import pytest
from matplotlib.font_manager import findfont, get_font

from rhythm.schedule import Weekday
from services.analytics.domain.picture import (
    Bar,
    CalendarDay,
    Figure,
    PictureContent,
    PictureFormat,
    PictureStyle,
    PictureTheme,
)
from services.analytics.domain.picture_texts import ENGLISH, RUSSIAN, Texts
from services.analytics.pictures import drawing
from services.analytics.pictures.drawing import draw

LAST = date(2026, 1, 9)
TITLES = ("Drink water 💧", "Бегать по утрам 🏃", "$x^2$ & <b>", "Читать " * 30, "")


def full(days: int, habits: int, texts: Texts = ENGLISH) -> PictureContent:
    dates = [LAST - timedelta(days=n) for n in range(days - 1, -1, -1)]
    rates = (None, 0.0, 0.4, 1.0)
    return PictureContent(
        title=TITLES[3],
        subtitle=texts.shown_span(dates[0], dates[-1]),
        figures=[Figure(texts.completion, "86 %")] * 4,
        calendar=[CalendarDay(day, rates[day.toordinal() % 4]) for day in dates],
        calendar_weekdays=texts.weekdays,
        calendar_months=texts.months,
        calendar_legend=texts.legend,
        week_start=Weekday.SUN,
        curve=[(day, 0.5) for day in dates],
        curve_title=texts.strength,
        weekdays=[Bar(name, 0.5, "4/8") for name in texts.weekdays],
        weekdays_title=texts.by_weekday,
        habits=[Bar(TITLES[n % 5], rates[n % 4], "3 of 4 · 🔥 12 days") for n in range(habits)],
        habits_title=texts.by_habit,
        note=texts.no_data,
        alt_text="All",
    )


@pytest.mark.parametrize("theme", PictureTheme)
@pytest.mark.parametrize("format_", PictureFormat)
@pytest.mark.parametrize(("days", "habits"), [(1, 1), (30, 7), (365, 40), (800, 0)])
def test_everything_can_be_drawn(
    theme: PictureTheme, format_: PictureFormat, days: int, habits: int
) -> None:
    texts = RUSSIAN if theme is PictureTheme.DARK else ENGLISH
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a glyph that no font has would warn
        drawn = draw(full(days, habits, texts), PictureStyle(theme=theme, format=format_))
    start = b"\x89PNG" if format_ is PictureFormat.PNG else b"<?xml"
    assert drawn.startswith(start)


@pytest.mark.parametrize("width", [320, 1600])
def test_narrow_and_wide_ones_too(width: int) -> None:
    assert draw(full(90, 3), PictureStyle(width_px=width)).startswith(b"\x89PNG")


def test_the_same_content_gives_the_same_bytes() -> None:
    style = PictureStyle(format=PictureFormat.SVG)
    assert draw(full(30, 2), style) == draw(full(30, 2), style)


def test_a_picture_carries_its_title_and_alt_text() -> None:
    content = PictureContent(title="Title", subtitle="", note="–", alt_text="What it shows")
    drawn = draw(content, PictureStyle(format=PictureFormat.SVG))
    assert b"<dc:title>Title</dc:title>" in drawn
    assert b"What it shows" in drawn


def test_the_fonts_are_ours_with_their_licence() -> None:
    folder = Path(drawing.__file__).parent / "fonts"
    found = {path.name: path.stat().st_size for path in folder.iterdir()}
    assert set(found) == {"NotoEmoji-Regular.ttf", "NotoSans-Regular.ttf", "OFL.txt"}
    assert sum(found.values()) < 1_500_000
    for family, text in (("Noto Sans", "Привет, Ёжик: ąčö ßŁ"), ("Noto Emoji", "💧🏃🔥🧘")):
        font = get_font(findfont(family, fallback_to_default=False))
        assert folder in Path(str(font.fname)).parents
        assert all(font.get_char_index(ord(it)) for it in text if it != " ")


def test_fonts_are_cached_for_the_next_process() -> None:
    assert os.path.isdir(os.environ["MPLCONFIGDIR"])
