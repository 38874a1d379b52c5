"""Picture requests as domain values, and pictures as responses."""

from contracts.analytics.v1 import picture_pb2 as wire
from services.analytics.domain.picture import (
    DEFAULT_WIDTH_PX,
    Picture,
    PictureFormat,
    PictureStyle,
    PictureTheme,
)


def style_from_wire(style: wire.PictureStyle) -> PictureStyle:
    """Read how a picture looks.

    Raises:
        PictureWidthInvalid: The width is not 320 to 1600.
    """
    is_dark = style.theme == wire.PICTURE_THEME_DARK
    is_svg = style.format == wire.PICTURE_FORMAT_SVG
    return PictureStyle(
        theme=PictureTheme.DARK if is_dark else PictureTheme.LIGHT,
        width_px=style.width_px or DEFAULT_WIDTH_PX,
        format=PictureFormat.SVG if is_svg else PictureFormat.PNG,
    )


def picture_to_wire(picture: Picture) -> wire.Picture:
    """Return a picture as the wire carries it."""
    return wire.Picture(
        data=picture.data,
        content_type=picture.content_type,
        alt_text=picture.alt_text,
        etag=picture.etag,
    )
