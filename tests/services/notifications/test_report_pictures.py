"""Reports arrive with their picture, and as text alone where it cannot be had."""

import asyncio
from uuid import UUID, uuid4

import pytest

from contracts.analytics.v1 import summary_pb2
from contracts.analytics.v1.analytics_events_pb2 import (
    PICTURE_KIND_REPORT,
    PictureReference,
    ReportReady,
)
from services.notifications.domain.sending import Message
from services.notifications.tasks import messages
from tests.services.notifications.conftest import LinkedChats, SenderOf
from tests.services.notifications.other_services import Others
from tests.services.notifications.running import running
from tests.telegram import Telegram as StandIn

PNG = b"\x89PNG\r\n\x1a\n"
REPORT_ID = UUID("01890000-0000-7000-8000-000000000001")


async def draw(message: Message) -> bytes:
    assert message.picture_of == REPORT_ID
    return PNG


async def draw_nothing(_: Message) -> bytes:
    raise ConnectionError("analytics does not answer")


async def draw_slowly(_: Message) -> bytes:
    await asyncio.sleep(60)
    return PNG


async def test_a_report_arrives_with_its_picture_and_its_words(
    chats: LinkedChats, a_sender: SenderOf
) -> None:
    ada = await chats.person()
    await chats.write(ada, "📊 a week", picture_of=REPORT_ID)
    async with running(a_sender(draw=draw).run):
        (row,) = await chats.settled(ada)
        message = await chats.telegram.wait_for_message(ada.chat, "📊 a week")
    assert row["state"] == "sent"
    assert message["is_photo"]
    assert message["file"]["name"] == "picture.png"


@pytest.mark.parametrize("drawing", [draw_nothing, draw_slowly, None])
async def test_without_a_picture_in_time_the_words_arrive_alone(
    chats: LinkedChats,
    a_sender: SenderOf,
    monkeypatch: pytest.MonkeyPatch,
    drawing: messages.Draw | None,
) -> None:
    monkeypatch.setattr(messages, "_PICTURE_SECONDS", 0.2)
    ada = await chats.person()
    await chats.write(ada, "a week", picture_of=REPORT_ID)
    async with running(a_sender(draw=drawing).run):
        await chats.settled(ada)
        message = await chats.telegram.wait_for_message(ada.chat, "a week")
    assert not message["is_photo"]


async def test_a_picture_that_telegram_does_not_take_leaves_the_words(
    chats: LinkedChats, telegram: StandIn, a_sender: SenderOf
) -> None:
    ada = await chats.person()
    await telegram.fail("sendPhoto", status=400)
    await chats.write(ada, "a week", picture_of=REPORT_ID)
    async with running(a_sender(draw=draw).run):
        (row,) = await chats.settled(ada)
    assert (row["state"], row["attempt_count"]) == ("sent", 1)
    assert await chats.received_texts(ada) == ["a week"]


@pytest.mark.parametrize(("text", "is_photo"), [("😀" * 512, True), ("😀" * 513, False)])
async def test_words_too_long_for_a_caption_arrive_alone(
    chats: LinkedChats, a_sender: SenderOf, text: str, is_photo: bool
) -> None:
    """Telegram counts UTF-16 units."""
    ada = await chats.person()
    await chats.write(ada, text, picture_of=REPORT_ID)
    async with running(a_sender(draw=draw).run):
        await chats.settled(ada)
        message = await chats.telegram.wait_for_message(ada.chat, text)
    assert message["is_photo"] is is_photo


@pytest.mark.parametrize(
    ("kind", "has_picture"),
    [
        (summary_pb2.REPORT_KIND_DAILY, False),
        (summary_pb2.REPORT_KIND_WEEKLY, True),
        (summary_pb2.REPORT_KIND_MONTHLY, True),
    ],
)
async def test_weeks_and_months_have_pictures_and_days_do_not(
    others: Others,
    chats: LinkedChats,
    kind: summary_pb2.ReportKind.ValueType,
    has_picture: bool,
) -> None:
    ada, report_id = await chats.person(), uuid4()
    event = ReportReady(
        owner_id=str(ada.id),
        report=summary_pb2.Report(id=str(report_id), kind=kind),
        picture=PictureReference(kind=PICTURE_KIND_REPORT, report_id=str(report_id)),
    )
    await others.write_message(event)
    (row,) = await others.messages(ada)
    assert row["report_id"] == (report_id if has_picture else None)
