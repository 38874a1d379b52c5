"""Pictures over gRPC: drawn by a real drawing process from a real database."""

import struct
from dataclasses import replace
from uuid import uuid4

import grpc

from contracts.analytics.v1.analytics_service_pb2 import (
    CreateReportRequest,
    RenderHeatmapPictureRequest,
    RenderReportPictureRequest,
    RenderStatsPictureRequest,
    RenderStrengthPictureRequest,
)
from contracts.analytics.v1.picture_pb2 import (
    PICTURE_FORMAT_SVG,
    PICTURE_THEME_DARK,
    Picture,
    PictureStyle,
)
from contracts.analytics.v1.summary_pb2 import REPORT_KIND_WEEKLY
from tests.builders import a_caller
from tests.services.analytics.event_builders import a_habit, a_person, done, done_from
from tests.services.analytics.running import RunningAnalytics, refused

PNG = b"\x89PNG\r\n\x1a\n"


def size_of(picture: Picture) -> tuple[int, int]:
    assert picture.content_type == "image/png"
    assert picture.data.startswith(PNG)
    width, height = struct.unpack(">II", picture.data[16:24])
    return width, height


async def test_the_last_days_are_drawn_with_twice_as_many_pixels(
    analytics: RunningAnalytics,
) -> None:
    ann = a_caller()
    water = a_habit(ann.id, title="Drink water 💧")
    await analytics.deliver(a_person(ann.id), water, *done(water, "2026-01-07", "2026-01-08"))
    with analytics.calling_as(ann):
        thirty = await analytics.stub.RenderStatsPicture(RenderStatsPictureRequest())
        year = await analytics.stub.RenderStatsPicture(
            RenderStatsPictureRequest(day_count=365, style=PictureStyle(width_px=400))
        )
    assert size_of(thirty.picture)[0] == 1440
    assert size_of(year.picture)[0] == 800
    assert thirty.picture.alt_text == (
        "All habits, Dec 11, 2025 – Jan 9, 2026: 2 of 29 completed (7 %). "
        "The longest streak is 2 days."
    )


async def test_one_habit_is_drawn_with_its_strength(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water, run = a_habit(ann.id), a_habit(ann.id, title="Run")
    await analytics.deliver(a_person(ann.id), water, run, *done(run, "2026-01-08", "2026-01-09"))
    with analytics.calling_as(ann):
        request = RenderStatsPictureRequest(habit_id=run.habit.id, day_count=90)
        stats = (await analytics.stub.RenderStatsPicture(request)).picture
        curve = await analytics.stub.RenderStrengthPicture(
            RenderStrengthPictureRequest(habit_id=run.habit.id)
        )
    assert stats.alt_text.startswith("Run, Oct 12, 2025 – Jan 9, 2026: 2 of 40 completed (5 %).")
    assert stats.alt_text.endswith("Strength is 10 %.")
    assert curve.picture.alt_text.endswith("Strength is 10 %.")
    assert size_of(curve.picture)[1] < size_of(stats)[1]


async def test_texts_are_in_the_callers_language(analytics: RunningAnalytics) -> None:
    ann = replace(a_caller(), locale="ru-RU")
    await analytics.deliver(a_person(ann.id), a_habit(ann.id))
    with analytics.calling_as(ann):
        found = await analytics.stub.RenderHeatmapPicture(RenderHeatmapPictureRequest())
    assert found.picture.alt_text.startswith("Все привычки, 10 янв. 2025 – 9 янв. 2026: выполнено")


async def test_a_report_is_drawn_as_it_was_stored(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    water = a_habit(ann.id)
    await analytics.deliver(a_person(ann.id), water, *done_from(water, "2026-01-05", "2026-01-08"))
    with analytics.calling_as(ann):
        order = CreateReportRequest(kind=REPORT_KIND_WEEKLY)
        report = (await analytics.stub.CreateReport(order)).report
        request = RenderReportPictureRequest(report_id=report.id)
        before = (await analytics.stub.RenderReportPicture(request)).picture
        await analytics.deliver(*done(water, "2026-01-09"))
        after = (await analytics.stub.RenderReportPicture(request)).picture
    assert before == after
    assert "4 of 4 completed (100 %)" in before.alt_text


async def test_a_dark_svg_differs_and_equal_ones_have_one_etag(analytics: RunningAnalytics) -> None:
    ann = a_caller()
    await analytics.deliver(a_person(ann.id), a_habit(ann.id))
    svg = PictureStyle(format=PICTURE_FORMAT_SVG, theme=PICTURE_THEME_DARK)
    with analytics.calling_as(ann):
        stub = analytics.stub
        light = (await stub.RenderHeatmapPicture(RenderHeatmapPictureRequest())).picture
        dark = (await stub.RenderHeatmapPicture(RenderHeatmapPictureRequest(style=svg))).picture
        again = (await stub.RenderHeatmapPicture(RenderHeatmapPictureRequest(style=svg))).picture
    assert dark == again
    assert dark.etag != light.etag
    assert dark.content_type == "image/svg+xml"
    assert b"<svg" in dark.data
    assert b"#14181f" in dark.data


async def test_a_person_without_habits_gets_a_picture_that_says_so(
    analytics: RunningAnalytics,
) -> None:
    with analytics.calling_as(a_caller()):
        found = await analytics.stub.RenderStatsPicture(RenderStatsPictureRequest())
    assert found.picture.alt_text.endswith("nothing was due.")
    assert size_of(found.picture)[0] == 1440


async def test_impossible_pictures_are_refused(analytics: RunningAnalytics) -> None:
    stub = analytics.stub
    invalid, missing = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND
    with analytics.calling_as(a_caller()):
        for width in (1, 319, 1601, 2**31 - 1, -5):
            with refused("PICTURE_WIDTH_INVALID", invalid):
                style = PictureStyle(width_px=width)
                await stub.RenderStatsPicture(RenderStatsPictureRequest(style=style))
        for days in (1, 6, 3661, -30):
            with refused("PICTURE_DAYS_INVALID", invalid):
                await stub.RenderStatsPicture(RenderStatsPictureRequest(day_count=days))
        with refused("HABIT_NOT_FOUND", missing):
            await stub.RenderStatsPicture(RenderStatsPictureRequest(habit_id=str(uuid4())))
        with refused("HABIT_NOT_FOUND", missing):
            await stub.RenderStrengthPicture(RenderStrengthPictureRequest(habit_id=str(uuid4())))
        with refused("ID_MALFORMED", invalid):
            await stub.RenderStrengthPicture(RenderStrengthPictureRequest())
        with refused("REPORT_NOT_FOUND", missing):
            await stub.RenderReportPicture(RenderReportPictureRequest(report_id=str(uuid4())))
