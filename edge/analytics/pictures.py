"""`/v1/analytics/….png` and `….svg`: pictures as files."""

from typing import Annotated, Any, Literal

from fastapi import Header, Path, Query, Response

from contracts.analytics.v1 import picture_pb2 as wire
from contracts.analytics.v1.analytics_service_pb2 import (
    RenderHeatmapPictureRequest,
    RenderReportPictureRequest,
    RenderStatsPictureRequest,
    RenderStrengthPictureRequest,
)
from edge.clients import InjectedClients
from edge.entity_tags import tagged_response
from edge.json_bodies import Router
from edge.openapi import refusals

router = Router()

Extension = Annotated[Literal["png", "svg"], Path(description="A bitmap or a vector drawing.")]
Theme = Annotated[Literal["light", "dark"], Query(description="The colors.")]
Width = Annotated[
    int, Query(description="CSS pixels, 320 to 1600; a PNG has twice as many. 0 means 720.")
]
Days = Annotated[int, Query(description="How many days, today included, 7 to 3660.")]
IfNoneMatch = Annotated[
    str | None, Header(description="The `ETag` of a picture you have; 304 if it is the same.")
]
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The picture.",
        "content": {
            "image/png": {"schema": {"type": "string", "format": "binary"}},
            "image/svg+xml": {"schema": {"type": "string"}},
        },
    },
    304: {"description": "The picture is the one you have."},
}
_WIDTH = (422, "PICTURE_WIDTH_INVALID", "A picture cannot be 100 pixels wide. Choose 320 to 1600.")
_DAYS = (422, "PICTURE_DAYS_INVALID", "A picture cannot show 3 days. Choose 7 to 3660.")
_DATE = (422, "DATE_MALFORMED", "'tomorrow' is not a date. Send a day such as 2026-01-31.")
_NO_HABIT = (404, "HABIT_NOT_FOUND", "You have no such habit.")
_NO_REPORT = (404, "REPORT_NOT_FOUND", "You have no such report.")
_INT32 = 2**31


@router.get(
    "/stats.{extension}",
    response_class=Response,
    responses=_FILES | refusals(_WIDTH, _DAYS, _NO_HABIT),
)
async def draw_stats(
    extension: Extension,
    clients: InjectedClients,
    days: Days = 30,
    habit_id: Annotated[str, Query(max_length=40, description="Only this habit.")] = "",
    theme: Theme = "light",
    width: Width = 0,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Draw your last days: the calendar, weekdays and habits, or one habit with its strength."""
    request = RenderStatsPictureRequest(
        day_count=_int32(days), habit_id=habit_id, style=_style(extension, theme, width)
    )
    drawn = await clients.analytics.RenderStatsPicture(request)
    return _file(drawn.picture, if_none_match)


@router.get(
    "/heatmap.{extension}",
    response_class=Response,
    responses=_FILES | refusals(_WIDTH, _DATE, _NO_HABIT),
)
async def draw_heatmap(
    extension: Extension,
    clients: InjectedClients,
    from_date: Annotated[str, Query(alias="from", max_length=40)] = "",
    to_date: Annotated[str, Query(alias="to", max_length=40)] = "",
    habit_id: Annotated[str, Query(max_length=40, description="Only this habit.")] = "",
    theme: Theme = "light",
    width: Width = 0,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Draw a heatmap: by default the year that ends today."""
    request = RenderHeatmapPictureRequest(
        from_date=from_date,
        to_date=to_date,
        habit_id=habit_id,
        style=_style(extension, theme, width),
    )
    drawn = await clients.analytics.RenderHeatmapPicture(request)
    return _file(drawn.picture, if_none_match)


@router.get(
    "/habits/{habit_id}/strength.{extension}",
    response_class=Response,
    responses=_FILES | refusals(_WIDTH, _DAYS, _NO_HABIT),
)
async def draw_strength(
    habit_id: str,
    extension: Extension,
    clients: InjectedClients,
    days: Days = 365,
    theme: Theme = "light",
    width: Width = 0,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Draw a habit's strength, day by day."""
    request = RenderStrengthPictureRequest(
        habit_id=habit_id, day_count=_int32(days), style=_style(extension, theme, width)
    )
    drawn = await clients.analytics.RenderStrengthPicture(request)
    return _file(drawn.picture, if_none_match)


@router.get(
    "/reports/{report_id}.{extension}",
    response_class=Response,
    responses=_FILES | refusals(_WIDTH, _NO_REPORT),
)
async def draw_report(
    report_id: str,
    extension: Extension,
    clients: InjectedClients,
    theme: Theme = "light",
    width: Width = 0,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Draw a stored report, with the numbers it was stored with."""
    request = RenderReportPictureRequest(report_id=report_id, style=_style(extension, theme, width))
    drawn = await clients.analytics.RenderReportPicture(request)
    return _file(drawn.picture, if_none_match)


def _style(extension: str, theme: str, width: int) -> wire.PictureStyle:
    return wire.PictureStyle(
        theme=wire.PICTURE_THEME_DARK if theme == "dark" else wire.PICTURE_THEME_LIGHT,
        width_px=_int32(width),
        format=wire.PICTURE_FORMAT_SVG if extension == "svg" else wire.PICTURE_FORMAT_PNG,
    )


def _int32(number: int) -> int:
    """Return a number that the wire can carry; one beyond stays out of every range."""
    return max(-_INT32, min(number, _INT32 - 1))


def _file(picture: wire.Picture, if_none_match: str | None) -> Response:
    return tagged_response(
        picture.data,
        etag=f'"{picture.etag}"',
        if_none_match=if_none_match,
        media_type=picture.content_type,
        headers={"Cache-Control": "private, no-cache"},
    )
