"""What a picture shows, before it is drawn: titles, figures, calendar, curve and bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rhythm.schedule import Weekday
from services.analytics.domain.errors import PictureDaysInvalid, PictureWidthInvalid

DEFAULT_WIDTH_PX = 720
MIN_WIDTH_PX = 320
MAX_WIDTH_PX = 1600
MIN_DAYS = 7
MAX_DAYS = 3660


class PictureTheme(StrEnum):
    """The colors of a picture."""

    LIGHT = "light"
    DARK = "dark"


class PictureFormat(StrEnum):
    """The file format of a picture."""

    PNG = "png"
    SVG = "svg"

    @property
    def content_type(self) -> str:
        """The media type."""
        return "image/png" if self is PictureFormat.PNG else "image/svg+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureStyle:
    """How a picture looks.

    Raises:
        PictureWidthInvalid: The width is not 320 to 1600 pixels.
    """

    theme: PictureTheme = PictureTheme.LIGHT
    width_px: int = DEFAULT_WIDTH_PX
    """In CSS pixels; a PNG has twice as many."""
    format: PictureFormat = PictureFormat.PNG

    def __post_init__(self) -> None:
        if not MIN_WIDTH_PX <= self.width_px <= MAX_WIDTH_PX:
            raise PictureWidthInvalid(self.width_px)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its label."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of the calendar; the rate is None where nothing was due."""

    day: date
    rate: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, 0 to 1; None where nothing was due."""

    label: str
    rate: float | None
    value: str
    """What is written at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureContent:
    """Everything a picture shows, in one language. Empty parts are not drawn."""

    title: str
    subtitle: str
    figures: Sequence[Figure] = ()
    calendar: Sequence[CalendarDay] = ()
    calendar_weekdays: Sequence[str] = ()
    """Names of the weekdays, Monday first."""
    calendar_months: Sequence[str] = ()
    """Names of the months, January first."""
    calendar_legend: tuple[str, str] = ("", "")
    """What the lightest and the strongest color mean."""
    week_start: Weekday = Weekday.MON
    curve: Sequence[tuple[date, float]] = ()
    """Strength 0 to 1, day by day."""
    curve_title: str = ""
    weekdays: Sequence[Bar] = ()
    weekdays_title: str = ""
    habits: Sequence[Bar] = ()
    habits_title: str = ""
    note: str = ""
    """A line at the end; alone where there is nothing to draw."""
    alt_text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture."""

    data: bytes
    content_type: str
    alt_text: str
    etag: str
    """The digest of content and style."""


def days_or_refuse(count: int, *, default: int) -> int:
    """Return how many days a picture shows; the default for 0.

    Raises:
        PictureDaysInvalid: It is not 7 to 3660.
    """
    if not count:
        return default
    if not MIN_DAYS <= count <= MAX_DAYS:
        raise PictureDaysInvalid(count)
    return count
