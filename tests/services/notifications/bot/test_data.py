"""`/export` sends a file, and a file sent to the bot is imported once the person says so."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from chassis.rpc.channel import connect
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.habits.v1.export_service_pb2_grpc import ExportServiceStub
from contracts.habits.v1.import_service_pb2_grpc import ImportServiceStub
from services.notifications.bot.clients import AUTH_FILES
from services.notifications.bot.data_client import DataClient
from services.notifications.bot.delegated_calls import ActionRefused, DelegatedCalls
from services.notifications.domain import file_texts
from services.notifications.domain.file_imports import FileFormat
from services.notifications.domain.people import Person
from tests.services.auth.running import DELEGATION_SECRET, RunningAuth, registered
from tests.services.notifications.bot.chat import labels
from tests.services.notifications.bot.test_peer_services import habits_serving
from tests.services.notifications.bot.whole import (
    Conversation,
    ada,
    analytics,
    habits_channel,
    neighbors_url,
    real_auth,
    whole_bot,
)

__all__ = ["ada", "analytics", "habits_channel", "neighbors_url", "real_auth", "whole_bot"]

BEAVER = {
    "habits": [
        {"name": "Read", "records": [{"day": "2026-11-02", "done": True}]},
        {"name": "Run", "records": [{"day": "2999-01-01", "done": True}]},
    ]
}


async def document(ada: Conversation, name: str) -> tuple[dict[str, Any], bytes]:
    """Wait for a file of this name; return the message and what is in the file."""
    message = await ada.hears(
        {
            "habits.json": file_texts.JSON_CAPTION,
            "habits.zip": file_texts.CSV_CAPTION,
            "habits.db": file_texts.LOOP_CAPTION,
        }[name]
    )
    assert message["file"]["name"] == name
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{ada.telegram.url}/files/{message['file']['id']}")
    return message, answer.content


async def test_everything_is_sent_in_each_format(ada: Conversation) -> None:
    await ada.registers()
    await ada.makes("Drink water", "Drink water")
    await ada.says("/Export")
    sent, content = await document(ada, "habits.json")
    assert [habit["title"] for habit in json.loads(content)["habits"]] == ["Drink water"]
    await ada.hears(file_texts.EXPORT_DONE)
    assert labels(sent) == [["CSV", "Loop"]]
    await ada.presses(sent, "CSV")
    assert (await document(ada, "habits.zip"))[1].startswith(b"PK")
    await ada.says("/export loop")
    assert (await document(ada, "habits.db"))[1].startswith(b"SQLite format 3")
    await ada.says("/export pdf")
    assert labels(await ada.hears(file_texts.EXPORT_FORMAT_UNCLEAR)) == [["JSON", "CSV", "Loop"]]


async def test_what_telegram_does_not_take_is_said(ada: Conversation) -> None:
    await ada.registers()
    await ada.telegram.fail("sendDocument", status=413, description="Request Entity Too Large")
    await ada.says("/export")
    await ada.hears(file_texts.EXPORT_NOT_SENT)


async def test_a_file_of_another_tracker_is_imported_when_the_person_says_so(
    ada: Conversation,
) -> None:
    await ada.registers()
    await ada.telegram.send_file(ada.chat, "x.bin", json.dumps(BEAVER).encode())
    report = await ada.hears("If I import it")
    assert report["text"].startswith(
        "📄 A file of beaverhabits. If I import it:\nHabits: 2 · days: 1"
    )
    assert "➕ New: 3\n✏ Changed: 0\n☑ Unchanged: 0\n🚫 Left out: 1\n• Run: " in report["text"]
    assert labels(report) == [["📥 Import", "✖ Cancel"]]
    canceled = await ada.presses(report, "✖ Cancel")
    assert (canceled["text"], canceled["buttons"]) == (file_texts.IMPORT_CANCELED, [])
    await ada.says("/habits")
    await ada.hears("no habits yet")

    await ada.telegram.send_file(ada.chat, "x.bin", json.dumps(BEAVER).encode())
    await ada.presses(await ada.hears("If I import it"), "📥 Import")
    done = await ada.hears("✅ Imported a file of beaverhabits")
    assert "➕ New: 3" in done["text"]
    assert done["buttons"] == []
    await ada.says("/habits")
    assert labels(await ada.hears("📋"))[:2] == [["Read"], ["Run"]]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", "IMPORT_EMPTY"),
        (b"hello", "IMPORT_FILE_UNKNOWN"),
        (b"SQLite format 3\0" + b"x" * 5000, "IMPORT_FILE_BROKEN"),
    ],
)
async def test_what_cannot_be_imported_is_refused_in_the_message(
    ada: Conversation, content: bytes, refusal: str
) -> None:
    await ada.registers()
    await ada.telegram.send_file(ada.chat, "x.json", content)
    refused = await ada.hears(file_texts.IMPORT_REFUSALS[refusal])
    assert (refused["edited"], refused["buttons"]) == (True, [])


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (20 * 1024 * 1024 + 1, file_texts.FILE_TOO_LARGE),
        (10, file_texts.FILE_LOST),
    ],
)
async def test_a_file_that_is_too_large_or_lost_is_refused(
    ada: Conversation, size: int, text: str
) -> None:
    await ada.registers()
    update = {
        "message_id": 900,
        "date": 1,
        "chat": {"id": ada.chat, "type": "private"},
        "from": {"id": ada.chat, "is_bot": False, "first_name": "Ada"},
        "document": {"file_id": "unknown", "file_unique_id": "u", "file_size": size},
    }
    await ada.telegram.add_update(ada.chat, "message", update)
    await ada.hears(text)


async def test_a_file_in_russian(ada: Conversation) -> None:
    await ada.registers(language="Русский", city="Москва")
    await ada.telegram.send_file(ada.chat, "x.json", json.dumps(BEAVER).encode())
    report = await ada.hears("📄 Файл beaverhabits. Если его загрузить:")
    await ada.presses(report, "📥 Загрузить")
    await ada.hears("✅ Загружен файл beaverhabits")
    await ada.telegram.send_file(ada.chat, "x.json", b"hello")
    await ada.hears("Такой файл я загрузить не могу.")
    await ada.says("/export")
    await ada.hears("📦 Вот ваш файл.")


async def test_an_export_that_is_too_large_is_refused(
    real_auth: RunningAuth, tmp_path: Path
) -> None:
    """Nothing more is read from habits than may be sent."""
    account = (await registered(real_auth, display_name="Ada")).account
    person = Person(owner_id=UUID(account.id))
    async with habits_serving(real_auth) as habits, connect(real_auth.target, *AUTH_FILES) as auth:
        client = DataClient(
            DelegatedCalls(AuthServiceStub(auth), delegation_secret=DELEGATION_SECRET),
            ExportServiceStub(habits),
            ImportServiceStub(habits),
        )
        with (tmp_path / "habits.json").open("wb+") as file:
            with pytest.raises(ActionRefused, match="over 50 MB"):
                await client.export(person, FileFormat.JSON, file, "", most_bytes=20)
            assert file.tell() <= 20
            await client.export(person, FileFormat.JSON, file, "")
            file.seek(0)
            assert json.loads(file.read())["habits"] == []


async def test_an_import_that_nobody_watches_any_more_can_be_looked_at(ada: Conversation) -> None:
    """The button of a progress message shows the result; another person's import is nobody's."""
    await ada.registers()
    await ada.telegram.send_file(ada.chat, "x.json", json.dumps(BEAVER).encode())
    report = await ada.hears("If I import it")
    import_id = report["buttons"][0][0]["data"].split(":")[2]
    for number, (key, words) in enumerate(
        [(import_id, "If I import it"), (uuid4().hex, "too long ago")]
    ):
        status = await ada.presses(report, "✖ Cancel") if not number else report
        query = {
            "id": str(number),
            "from": {"id": ada.chat, "is_bot": False, "first_name": "Ada"},
            "chat_instance": "1",
            "message": {
                "message_id": status["message_id"],
                "date": 1,
                "chat": {"id": ada.chat, "type": "private"},
            },
            "data": f"im:look:{key}",
        }
        await ada.telegram.add_update(ada.chat, "callback_query", query)
        shown = await ada.hears(words)
        assert shown["message_id"] == report["message_id"]


async def test_the_file_of_an_old_report_has_to_be_sent_again(ada: Conversation) -> None:
    await ada.registers()
    query = {
        "id": "1",
        "from": {"id": ada.chat, "is_bot": False, "first_name": "Ada"},
        "chat_instance": "1",
        "message": {"message_id": 1, "date": 0, "chat": {"id": ada.chat, "type": "private"}},
        "data": f"im:import:{uuid4().hex}",
    }
    await ada.telegram.add_update(ada.chat, "callback_query", query)
    async with asyncio.timeout(60):
        while not (answer := await _answers(ada, "1")):  # noqa: ASYNC110 - the bot answers
            await asyncio.sleep(0.02)
    assert answer == [file_texts.FILE_LOST]


async def _answers(ada: Conversation, callback_id: str) -> list[str]:
    calls = await ada.telegram.calls("answerCallbackQuery")
    return [call["text"] for call in calls if call["callback_query_id"] == callback_id]
