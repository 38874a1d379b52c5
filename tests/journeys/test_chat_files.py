"""The chat: a person's data leaves it as a file and comes back, also in Russian."""

from __future__ import annotations

import json

import pytest

from services.notifications.domain import file_texts
from tests.journeys.conversations import Conversation, newcomer
from tests.journeys.people import buttons

__all__ = ["newcomer"]

pytestmark = [pytest.mark.timeout(240), pytest.mark.parametrize("language", ["en", "ru"])]

WORDS = {
    "en": {
        "title": "Drink water",
        "done": "done water",
        "question": "If I import it:",
        "answer": "✅ Imported a file of Habit Tracker",
        "counts": "Habits: 1 · days: 1 · pauses: 0",
        "changes": "➕ New: 0\n✏ Changed: 0\n☑ Unchanged: 2\n🚫 Left out: 0",
    },
    "ru": {
        "title": "Пить воду",
        "done": "вода готово",
        "question": "Если его загрузить:",
        "answer": "✅ Загружен файл Habit Tracker",
        "counts": "Привычек: 1 · дней: 1 · пауз: 0",
        "changes": "➕ Новых: 0\n✏ Изменено: 0\n☑ Без изменений: 2\n🚫 Пропущено: 0",
    },
}


async def test_a_file_is_exported_and_imported_again(newcomer: Conversation, language: str) -> None:
    """Kim registers in the chat, exports, and sends the file back: everything is there already."""
    kim, words, telegram = newcomer, WORDS[language], newcomer.clients.telegram
    await kim.creates(words["title"], words["title"])
    await kim.asks(words["done"], "✅ Done")

    await kim.says("/export")
    sent = await kim.hears(file_texts.JSON_CAPTION)
    await kim.hears(file_texts.EXPORT_DONE)
    assert sent["file"]["name"] == "habits.json"
    async with telegram.session.get(f"{telegram.url}/files/{sent['file']['id']}") as answer:
        content = await answer.read()
    [habit] = json.loads(content)["habits"]
    assert habit["title"] == words["title"]
    assert len(habit["days"]) == 1

    await telegram.send_file(kim.chat, "renamed.bin", content)
    report = await kim.hears(words["question"])
    assert buttons(report) == [[kim.text("📥 Import"), kim.text("✖ Cancel")]]
    await kim.taps(report, "📥 Import")
    done = await kim.hears(words["answer"])
    assert done["message_id"] == report["message_id"], "edited in place"
    for said in (report, done):
        assert words["counts"] in said["text"]
        assert words["changes"] in said["text"]

    await telegram.send_file(kim.chat, "list.txt", b"milk, bread")
    await kim.hears(
        "I cannot import this kind of file. Send an export of mine, or of Loop Habit "
        "Tracker, beaverhabits, HabitTrove, Habo, HabitBull or Habitica."
    )


async def test_tables_are_exported_and_other_formats_named(
    newcomer: Conversation, language: str
) -> None:
    kim, words = newcomer, WORDS[language]
    await kim.creates(words["title"], words["title"])
    choice = await kim.asks("/export xml", file_texts.EXPORT_FORMAT_UNCLEAR)
    assert buttons(choice) == [["JSON", "CSV", "Loop"]]
    await kim.taps(choice, "CSV")
    sent = await kim.hears(file_texts.CSV_CAPTION)
    assert sent["file"]["name"].endswith(".zip")
