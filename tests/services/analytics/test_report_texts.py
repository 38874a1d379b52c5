"""What a published report says: its sentence, its recommendation, and the picture it refers to."""

from chassis.database import Database
from contracts.analytics.v1.analytics_events_pb2 import PICTURE_KIND_REPORT
from contracts.analytics.v1.analytics_service_pb2 import ListRecommendationsRequest
from tests.builders import a_caller
from tests.services.analytics.event_builders import a_habit, done, done_from
from tests.services.analytics.running import RunningAnalytics, deliver
from tests.services.analytics.test_reports import (
    EVENING,
    WEEKLY,
    published,
    register,
    somebody_with_a_habit,
    tick,
)


async def test_a_report_comes_with_a_picture_in_the_persons_language(database: Database) -> None:
    ann, water = await somebody_with_a_habit(database, locale="ru-RU")
    await deliver(database, *done_from(water, "2026-01-06", "2026-01-09"))
    await tick(database, EVENING)
    (ready,) = await published(database, ann)
    picture = ready.picture
    assert (picture.kind, picture.report_id) == (PICTURE_KIND_REPORT, ready.report.id)
    assert picture.alt_text.startswith("Отчёт за день, 9 янв. 2026: выполнено 1 из 1 (100 %).")
    assert picture.alt_text == ready.report.picture_alt_text
    assert ready.report.recommendation_text == "Всё на сегодня выполнено. Так держать!"
    assert ready.report.recommendation_id == ""


async def test_everything_is_not_done_while_a_week_is_open(database: Database) -> None:
    ann, water = await somebody_with_a_habit(database)
    run = a_habit(ann, schedule=WEEKLY, start="2026-01-05")
    await deliver(database, run, *done_from(water, "2026-01-06", "2026-01-09"))
    await tick(database, EVENING)
    (ready,) = await published(database, ann)
    assert ready.report.recommendation_text == (
        "Today is done; 1 habit still has time. Keep going!"
    )


async def test_a_report_names_the_recommendation_that_it_quotes(
    analytics: RunningAnalytics,
) -> None:
    ann = a_caller()
    await register(analytics.database, ann.id)
    water, piano = a_habit(ann.id), a_habit(ann.id, start="2025-10-01", title="Piano")
    await analytics.deliver(water, piano, *done(piano, "2025-11-20"))
    await tick(analytics.database, EVENING)
    (ready,) = await published(analytics.database, ann.id)
    analytics.clock.set(EVENING)
    with analytics.calling_as(ann):
        listed = await analytics.stub.ListRecommendations(ListRecommendationsRequest())
    best = listed.recommendations[0]
    assert ready.report.recommendation_id == best.id
    assert ready.report.recommendation_text == best.text
