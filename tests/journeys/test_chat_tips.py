"""`/tips` on the whole mesh: suggestions are applied, taken back or put aside in the chat."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.notifications.domain import replies
from tests.journeys.conversations import Conversation
from tests.journeys.people import Clients, Person

pytestmark = [pytest.mark.timeout(240), pytest.mark.parametrize("language", ["en", "ru"])]


@pytest.fixture
async def ada(clients: Clients, language: str) -> Person:
    """Link somebody's chat who has not played for sixty days."""
    ada = await clients.register("Ada", timezone="UTC", locale=language)
    start = ada.today() - timedelta(days=60)
    habit_id = await ada.new_habit("Piano", start_date=start.isoformat())
    await ada.put(f"habits/{habit_id}/check-ins/{start.isoformat()}", mark="done")
    code = (await ada.post("telegram/link"))["url"].partition("?start=")[2]
    ada.chat = await clients.telegram.open_chat("Ada", language_code=language)
    talk = Conversation(clients, ada.chat, language)
    question = await talk.asks(f"/start {code}", "🔗 Link this chat with {account}?")
    await talk.presses(question, "✅ Link")
    return ada


async def test_a_suggestion_is_applied_and_taken_back(
    clients: Clients, ada: Person, language: str
) -> None:
    talk = Conversation(clients, ada.chat, language)
    tip = await talk.asks("/tips", "💡")
    applied = await talk.presses(tip, "🗄 Archive it")
    assert talk.text(replies.CHANGED) in applied["text"]
    [habit] = (await ada.get("habits", state="archived"))["items"]
    assert habit["title"] == "Piano"
    undone = await talk.presses(applied, "↩️ Undo")
    assert talk.text(replies.UNDONE_TEXT) in undone["text"]
    assert (await ada.get(f"habits/{habit['id']}"))["state"] == "active"


async def test_a_suggestion_is_put_aside(clients: Clients, ada: Person, language: str) -> None:
    talk = Conversation(clients, ada.chat, language)
    tip = await talk.asks("/tips", "💡")
    aside = await talk.presses(tip, "👌 Not now")
    assert aside["text"].endswith(talk.text(replies.TIP_PUT_ASIDE))
    assert (await ada.get("habits"))["items"][0]["state"] == "active"
