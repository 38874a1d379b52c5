"""A canvas in CSS pixels from the top left, on a matplotlib figure."""

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.path import Path

from services.analytics.pictures.palette import Palette

type Color = str | tuple[float, float, float, float]

_POINTS_PER_PX = 0.72
_ELLIPSIS = "…"
_RADIUS_PX = 3.0
_NARROWEST_CHARACTER = 0.9
"""No usual character is wider than this share of the size: shorter texts need no measuring."""


class Canvas:
    """Draws text and boxes at pixel positions. Boxes are drawn together, below all text."""

    MARGIN = 24.0

    def __init__(self, figure: Figure, palette: Palette, *, width: float, height: float) -> None:
        self.figure, self.palette = figure, palette
        self.width, self.height = width, height
        self._renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
        self._boxes: list[Path] = []
        self._colors: list[Color] = []
        self.axes = figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self.axes.set_axis_off()

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 13,
        color: Color = "",
        align: str = "left",
        max_width: float | None = None,
    ) -> None:
        """Write a line whose middle is at y; one that is too long is cut with an ellipsis."""
        shown = text if max_width is None else self.fitted(text, size, max_width)
        self.figure.text(  # not of the axes: that would be clipped, which takes longer
            x,
            y,
            shown,
            transform=self.axes.transData,
            fontsize=size * _POINTS_PER_PX,
            color=color or self.palette.text,
            ha=align,
            va="center_baseline",
            parse_math=False,
        )

    def box(self, x: float, y: float, width: float, height: float, *, color: Color) -> None:
        """Draw a box with rounded corners, over the boxes before it."""
        self._boxes.append(_rounded_box(x, y, width, height))
        self._colors.append(color)

    def finish(self) -> None:
        """Put the boxes on the figure."""
        colors = [to_rgba(color) for color in self._colors]
        boxes = PathCollection(self._boxes, facecolors=colors, linewidths=0, zorder=1)
        self.axes.add_collection(boxes, autolim=False)

    def fitted(self, text: str, size: float, max_width: float) -> str:
        """Return a text that is at most so wide, cut with an ellipsis where it was longer."""
        if len(text) * size * _NARROWEST_CHARACTER <= max_width:
            return text
        if self.text_width(text, size) <= max_width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.text_width(text[:middle].rstrip() + _ELLIPSIS, size) <= max_width:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + _ELLIPSIS

    def text_width(self, text: str, size: float) -> float:
        """Return how wide a text is, in CSS pixels."""
        drawn = self.figure.text(0, 0, text, fontsize=size * _POINTS_PER_PX, parse_math=False)
        extent = drawn.get_window_extent(self._renderer)
        drawn.remove()
        return float(extent.width)


def _rounded_box(x: float, y: float, width: float, height: float) -> Path:
    radius = min(_RADIUS_PX, width / 2, height / 2)
    right, bottom = x + width, y + height
    points = [
        (x + radius, y), (right - radius, y), (right, y), (right, y + radius),
        (right, bottom - radius), (right, bottom), (right - radius, bottom),
        (x + radius, bottom), (x, bottom), (x, bottom - radius),
        (x, y + radius), (x, y), (x + radius, y), (x + radius, y),
    ]  # fmt: skip
    side, corner = [Path.LINETO], [Path.CURVE3, Path.CURVE3]
    codes = [Path.MOVETO, *(side + corner) * 4, Path.CLOSEPOLY]
    return Path(points, codes)
