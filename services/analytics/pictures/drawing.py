"""Draws a picture with matplotlib: header, figures, calendar, curve and bars, one below another."""

import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("MPLCONFIGDIR", f"{tempfile.gettempdir()}/habit-tracker-fonts-{os.getuid()}")

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as MatplotlibFigure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from services.analytics.domain.picture import PictureContent, PictureFormat, PictureStyle
from services.analytics.pictures.calendar import calendar_height, draw_calendar
from services.analytics.pictures.canvas import Canvas
from services.analytics.pictures.palette import palette_of
from services.analytics.pictures.parts import (
    draw_bars,
    draw_curve,
    draw_figures,
    draw_header,
    draw_note,
)

_DOTS_PER_INCH = 100
"""Of CSS pixels; a PNG is drawn at twice as many."""
_COMPRESSION = 2
"""Of 9: more takes half a second for a few percent."""
_FONTS = Path(__file__).parent / "fonts"

for _path in sorted(_FONTS.glob("*.ttf")):
    font_manager.fontManager.addfont(str(_path))
mpl.rcParams.update(
    {
        "font.family": ["Noto Sans", "Noto Emoji", "DejaVu Sans"],
        "svg.fonttype": "path",  # the same everywhere, whatever fonts a browser has
        "svg.hashsalt": "habit-tracker",  # the same content gives the same bytes
        "path.simplify": True,
    }
)


def draw(content: PictureContent, style: PictureStyle) -> bytes:
    """Return a picture as the bytes of a PNG or SVG file."""
    parts = _parts(content, style.width_px)
    height = sum(part_height for part_height, _ in parts) + Canvas.MARGIN
    figure = MatplotlibFigure(
        figsize=(style.width_px / _DOTS_PER_INCH, height / _DOTS_PER_INCH), dpi=_DOTS_PER_INCH
    )
    canvas = Canvas(figure, palette_of(style.theme), width=style.width_px, height=height)
    top = 0.0
    for part_height, draw_part in parts:
        draw_part(canvas, top)
        top += part_height
    canvas.finish()
    file = io.BytesIO()
    if style.format is PictureFormat.SVG:
        about = {"Title": content.title, "Description": content.alt_text, "Date": None}
        figure.savefig(file, format="svg", facecolor=canvas.palette.background, metadata=about)
    else:
        figure.set_dpi(2 * _DOTS_PER_INCH)
        figure.set_facecolor(canvas.palette.background)
        agg = FigureCanvasAgg(figure)
        agg.draw()  # type: ignore[no-untyped-call]
        drawn = agg.buffer_rgba()  # type: ignore[no-untyped-call]
        pixels = Image.frombuffer("RGBA", agg.get_width_height(), drawn).convert("RGB")
        pixels.save(file, "png", compress_level=_COMPRESSION, pnginfo=_about(content))
    return file.getvalue()


def _about(content: PictureContent) -> PngInfo:
    """Return title and description, as a file carries them."""
    about = PngInfo()
    about.add_itxt("Title", content.title)
    about.add_itxt("Description", content.alt_text)
    return about


def _parts(
    content: PictureContent, width: int
) -> list[tuple[float, Callable[[Canvas, float], None]]]:
    """Return the parts that a content has, with their heights in CSS pixels."""
    parts = [draw_header(content)]
    if content.figures:
        parts.append(draw_figures(content.figures, width))
    if content.calendar:
        height = calendar_height(content, width)
        parts.append((height, lambda canvas, top: draw_calendar(canvas, content, top)))
    if content.curve:
        parts.append(draw_curve(content))
    if content.weekdays:
        parts.append(draw_bars(content.weekdays_title, content.weekdays))
    if content.habits:
        parts.append(draw_bars(content.habits_title, content.habits))
    if content.note:
        parts.append(draw_note(content.note))
    return parts
