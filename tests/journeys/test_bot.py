"""The chat: commands that anybody may send, and buttons that keep habits."""

import re

import pytest

from tests.journeys.people import Clients, Person, a_zone_at_daytime, buttons
from tests.journeys.scheduled import MOST_SECONDS, ScheduledMessages

pytestmark = pytest.mark.timeout(240)


async def test_a_stranger_is_told_how_to_link(clients: Clients) -> None:
    """Who has no account yet learns where to begin; a code nobody gave out opens nothing."""
    stranger = await clients.register("Stranger", timezone="UTC")
    stranger.chat = await clients.telegram.open_chat("Stranger")
    for words in ("/start", "/today", "hello?"):
        await stranger.say(words)
    await clients.telegram.wait_for_message(stranger.chat, "I do not know you yet", count=3)
    await stranger.say("/start madeup")
    await stranger.wait_for_message("That link is used up or too old")
    await stranger.say("/help")
    assert (
        "/today — your habits of today, with buttons"
        in (await stranger.wait_for_message("I can do"))["text"]
    )


async def test_a_link_works_once(clients: Clients) -> None:
    """A second phone that opens the same link gets nothing; unlinking ends what the first got."""
    dana = await clients.register("Dana", timezone="UTC")
    code = (await dana.post("telegram/link"))["url"].partition("?start=")[2]
    dana.chat = await clients.telegram.open_chat("Dana")
    await dana.say(f"/start {code}")
    question = await dana.wait_for_message("🔗 Link this chat with d***@example.com?")
    await dana.press(question, "✅ Link")
    await dana.wait_for_message("✅ Linked! Hello, Dana. I will remind you here.")

    second = await clients.telegram.open_chat("Second phone")
    await clients.telegram.say(second, f"/start {code}")
    await clients.telegram.wait_for_message(second, "That link is used up")

    linked = await dana.get("telegram/link")
    assert linked["chat_title"] == "Dana"
    assert not linked["chat_id"].isdigit(), "the chat's number is masked"
    await dana.delete("telegram/link")
    await dana.say("/today")
    await dana.wait_for_message("I do not know you yet")


async def test_a_day_kept_by_buttons(clients: Clients) -> None:
    """/today lists what is due; Done and Skip show in place, and Undo takes each back."""
    eve = await clients.register("Eve", timezone=a_zone_at_daytime())
    await eve.link_chat()
    water = await eve.new_habit("Drink water")
    await eve.new_habit("Read")
    await eve.say("/today")
    day = await eve.wait_for_message("📅")
    assert day["text"] == f"📅 {_shown(eve)} · 0 of 2 done\n\n⬜ Drink water\n⬜ Read"
    assert buttons(day)[:2] == [["✅ Drink water", "⏭", "📝"], ["✅ Read", "⏭", "📝"]]

    assert await eve.press(day, "✅ Drink water") == "✅ Done · a new streak begins"
    day = await eve.read(day)
    assert day["text"] == f"📅 {_shown(eve)} · 1 of 2 done\n\n⬜ Read\n✅ Drink water"
    assert buttons(day)[:2] == [["✅ Read", "⏭", "📝"], ["↩️ Undo Drink water", "📝"]]
    assert (await eve.get(f"habits/{water}/progress"))["total_check_ins"] == 1

    assert await eve.press(day, "↩️ Undo Drink water") == "↩️ Taken back"
    assert (await eve.read(day))["text"].endswith("⬜ Drink water\n⬜ Read")
    assert (await eve.get(f"habits/{water}/progress"))["total_check_ins"] == 0

    assert await eve.press(await eve.read(day), "⏭") == "⏭ Skipped"
    assert "⏭ Drink water" in (await eve.read(day))["text"]
    [kept, *_] = (await eve.get(f"habits/{water}/check-ins"))["items"]
    assert kept["mark"] == "skip"


async def test_reminders_are_answered(clients: Clients, scheduled: ScheduledMessages) -> None:
    """Three habits remind Bea in one minute. She skips one, puts one off and walks her 5 km."""
    bea = scheduled.bea.with_clients(clients)
    stretch = await bea.wait_for_message('"Stretch"', within=MOST_SECONDS)
    assert await bea.press(stretch, "⏭ Skip") == "⏭ Skipped"
    assert (await bea.read(stretch))["text"] == '🔥 Habit reminder: "Stretch"\n⏭ Skipped'

    journal = await bea.wait_for_message('"Journal"')
    await bea.press(journal, "⏰ Later")
    promise = await bea.press(await bea.read(journal), "1 hour")
    assert re.fullmatch(r"⏰ I will remind you again at \d\d:\d\d", promise)
    put_off = await bea.read(journal)
    assert put_off["text"].endswith(promise)
    assert buttons(put_off) == [["✅ Done", "⏭ Skip"]]

    walk = await bea.wait_for_message('"Walk"')
    assert walk["text"].endswith("\n5 km to go")
    assert await bea.press(walk, "✅ Done") == "✅ Done · 5 km · a new streak begins"
    walked = await bea.read(walk)
    assert buttons(walked) == [["↩️ Undo"]]
    assert await bea.press(walked, "↩️ Undo") == "↩️ Taken back"
    first, amounts = buttons(await bea.read(walk))
    assert first == ["✅ Done", "⏭ Skip", "⏰ Later"]
    assert amounts == ["+1", "+5", "Other…"]

    states = {it["habit"]["title"]: it["state"] for it in (await bea.get("today"))["items"]}
    assert states == {"Stretch": "neutral", "Journal": "open", "Walk": "open"}
    assert len(await bea.messages_with("🔥 Habit reminder")) == 3, "nobody is reminded twice"


def _shown(person: Person) -> str:
    today = person.today()
    return f"{today:%a} {today.day} {today:%b}"
