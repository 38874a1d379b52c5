"""The chat: a person's data leaves it as a file and comes back."""

import json

import pytest

from tests.journeys.people import Clients, Json, buttons

pytestmark = pytest.mark.timeout(240)


async def test_a_file_is_exported_and_imported_again(clients: Clients) -> None:
    """Kim registers in the chat, exports, and sends the file back: everything is there already."""
    telegram = clients.telegram
    kim = await telegram.open_chat("Kim")

    async def hear(words: str, count: int = 1) -> Json:
        return await telegram.wait_for_message(kim, words, count=count, within=60)

    await telegram.say(kim, "/start")
    await telegram.press(kim, await hear("I do not know you yet"), "✨ English")
    await telegram.say(kim, "Tokyo")
    await hear("🎉 Welcome!")
    await telegram.say(kim, "/new Drink water")
    await telegram.press(kim, await hear("✨ Drink water"), "✅ Create")
    await telegram.say(kim, "done water")
    await hear("✅ Done")

    await telegram.say(kim, "/export")
    sent = await hear("All your habits, days and pauses.")
    await hear("📦 Here is your file.")
    assert sent["file"]["name"] == "habits.json"
    async with telegram.session.get(f"{telegram.url}/files/{sent['file']['id']}") as answer:
        content = await answer.read()
    [habit] = json.loads(content)["habits"]
    assert habit["title"] == "Drink water"
    assert len(habit["days"]) == 1

    await telegram.send_file(kim, "renamed.bin", content)
    report = await hear("If I import it:")
    assert buttons(report) == [["📥 Import", "✖ Cancel"]]
    await telegram.press(kim, report, "📥 Import")
    done = await hear("✅ Imported a file of Habit Tracker")
    assert done["message_id"] == report["message_id"], "edited in place"
    for said in (report, done):
        assert "Habits: 1 · days: 1 · pauses: 0" in said["text"]
        assert "➕ New: 0\n✏ Changed: 0\n☑ Unchanged: 2\n🚫 Left out: 0" in said["text"]

    await telegram.send_file(kim, "list.txt", b"milk, bread")
    await hear("I cannot import this kind of file.")
