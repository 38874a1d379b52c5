"""The colors of pictures. One hue from faint to strong: readable without telling red from green."""

from dataclasses import dataclass

from matplotlib.colors import LinearSegmentedColormap

from services.analytics.domain.picture import PictureTheme

_LIGHT_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Palette:
    """The colors of a theme."""

    background: str
    text: str
    muted: str
    """Labels, and text of less weight."""
    empty: str
    """Days on which nothing was due, and the part of a bar that is not reached."""
    line: str
    accent: str
    scale: LinearSegmentedColormap
    """From nothing done to all done; the lightness alone tells them apart."""

    def text_on(self, rate: float) -> str:
        """Return the color of text that is readable on the color of a rate."""
        red, green, blue, _ = self.scale(float(rate))
        is_light = 0.2126 * red + 0.7152 * green + 0.0722 * blue > _LIGHT_FROM
        return "#10151c" if is_light else "#ffffff"


_LIGHT = Palette(
    background="#ffffff",
    text="#1b2330",
    muted="#5b6675",
    empty="#eef1f4",
    line="#d5dbe2",
    accent="#1f5fa8",
    scale=LinearSegmentedColormap.from_list(
        "light", ["#bfd6ee", "#8ab4de", "#4c8ccb", "#1f5fa8", "#0b3667"]
    ),
)
_DARK = Palette(
    background="#14181f",
    text="#eef2f7",
    muted="#9aa6b5",
    empty="#222932",
    line="#333d49",
    accent="#6fb1ef",
    scale=LinearSegmentedColormap.from_list(
        "dark", ["#234a76", "#33699f", "#4a8fd0", "#86bff3", "#d6eaff"]
    ),
)


def palette_of(theme: PictureTheme) -> Palette:
    """Return the colors of a theme."""
    return _DARK if theme is PictureTheme.DARK else _LIGHT
