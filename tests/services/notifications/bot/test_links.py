"""A chat finds its person, moves with them, and is forgotten with them."""

from uuid import uuid4

from chassis.database import Database
from services.notifications.cache import Cache
from services.notifications.domain import replies
from services.notifications.domain.people import Person as PersonRecord
from services.notifications.telegram import Telegram
from services.notifications.use_cases import events, links
from tests.services.notifications.bot.chat import a_link, link
from tests.services.notifications.bot.peer_services import Auth
from tests.services.notifications.conftest import LinkedChats
from tests.telegram import Telegram as StandIn


async def test_a_deep_link_links_the_chat_once(
    bot: None, chats: LinkedChats, telegram: StandIn, cache: Cache, gateway: Telegram
) -> None:
    ada, chat, other = uuid4(), await telegram.open_chat("Ada"), await telegram.open_chat("Eve")
    async with chats.database.transaction() as session:
        await events.upsert_person(
            session, PersonRecord(owner_id=ada, display_name="Ada", revision=1)
        )
    code = await a_link(cache, gateway, ada)
    question = await link(telegram, chat, code)
    assert question["text"] == "🔗 Link this chat with a***@example.org?"
    await telegram.wait_for_message(chat, "✅ Linked! Hello, Ada.")
    await telegram.say(other, f"/start {code}")
    await telegram.wait_for_message(other, replies.LINK_SPENT)
    async with chats.database.transaction() as session:
        linked = await links.get_chat(session, ada)
    assert (linked.chat_id, linked.title) == (chat, "Ada")


async def test_linking_another_chat_moves_the_person(
    bot: None, chats: LinkedChats, telegram: StandIn, cache: Cache, gateway: Telegram
) -> None:
    ada = await chats.person()
    phone = await telegram.open_chat("New phone")
    await link(telegram, phone, await a_link(cache, gateway, ada.id))
    await telegram.wait_for_message(phone, "✅ Linked!")
    await telegram.wait_for_message(ada.chat, replies.MOVED_AWAY)
    await telegram.say(ada.chat, "/today")
    await telegram.wait_for_message(ada.chat, replies.HOW_TO_LINK)


async def test_a_chat_that_links_another_account_changes_hands(
    bot: None, chats: LinkedChats, telegram: StandIn, cache: Cache, gateway: Telegram
) -> None:
    ada, bob = await chats.person(), uuid4()
    question = await link(telegram, ada.chat, await a_link(cache, gateway, bob))
    assert "Its link with your other account ends then." in question["text"]
    await telegram.wait_for_message(ada.chat, "✅ Linked!")
    async with chats.database.transaction() as session:
        owner = await links.find_owner(session, ada.chat)
    assert owner is not None
    assert owner.owner_id == bob


async def test_a_link_is_spent_by_its_confirmation_and_by_nothing_else(
    bot: None, chats: LinkedChats, telegram: StandIn, cache: Cache, gateway: Telegram
) -> None:
    """Looking at the question and saying no leave the code good; two yeses link one chat."""
    ada = uuid4()
    code = await a_link(cache, gateway, ada)
    phone, tablet = await telegram.open_chat("Phone"), await telegram.open_chat("Tablet")
    for chat in (phone, tablet):
        await telegram.say(chat, f"/start {code}")
    question = await telegram.wait_for_message(phone, "🔗 Link this chat with")
    await telegram.press(phone, question, "✖ Cancel")
    await telegram.wait_for_message(phone, replies.NOT_LINKED)
    await telegram.say(phone, f"/start {code}")
    again = await telegram.wait_for_message(phone, "🔗 Link this chat with")
    other = await telegram.wait_for_message(tablet, "🔗 Link this chat with")
    await telegram.press(phone, again, "✅ Link")
    await telegram.wait_for_message(phone, "✅ Linked!")
    await telegram.press(tablet, other, "✅ Link")
    await telegram.wait_for_message(tablet, replies.LINK_SPENT)
    async with chats.database.transaction() as session:
        assert (await links.get_chat(session, ada)).chat_id == phone


async def test_a_link_of_a_deleted_account_is_spent(
    bot: None, auth: Auth, chats: LinkedChats, telegram: StandIn, cache: Cache, gateway: Telegram
) -> None:
    """A chat that is linked with another account stays so."""
    ada, gone = await chats.person(), uuid4()
    auth.gone.add(gone)
    await telegram.say(ada.chat, f"/start {await a_link(cache, gateway, gone)}")
    await telegram.wait_for_message(ada.chat, replies.LINK_SPENT)
    await telegram.say(ada.chat, "/today")
    await telegram.wait_for_message(ada.chat, "📅")


async def test_a_link_waits_while_auth_is_away(
    bot: None, auth: Auth, telegram: StandIn, cache: Cache, gateway: Telegram
) -> None:
    auth.away = True
    chat = await telegram.open_chat("Ada")
    code = await a_link(cache, gateway, uuid4())
    await telegram.say(chat, f"/start {code}")
    await telegram.wait_for_message(chat, replies.TRY_AGAIN)
    auth.away = False
    await link(telegram, chat, code)
    await telegram.wait_for_message(chat, "✅ Linked!")


async def test_unlinking_is_confirmed(
    bot: None, auth: Auth, chats: LinkedChats, telegram: StandIn
) -> None:
    ada = await chats.person()
    await telegram.say(ada.chat, "/unlink")
    question = await telegram.wait_for_message(ada.chat, replies.ASK_UNLINK)
    await telegram.press(ada.chat, question, "No, stay linked")
    await telegram.wait_for_message(ada.chat, replies.STILL_LINKED)
    auth.email = ""
    await telegram.say(ada.chat, "/Unlink")
    question = await telegram.wait_for_message(ada.chat, replies.ASK_UNLINK_LAST)
    await telegram.press(ada.chat, question, "Yes, disconnect")
    await telegram.wait_for_message(ada.chat, replies.UNLINKED)
    await telegram.say(ada.chat, "/today")
    await telegram.wait_for_message(ada.chat, replies.HOW_TO_LINK)


async def test_unlinking_needs_no_other_service(
    bot: None, auth: Auth, chats: LinkedChats, telegram: StandIn
) -> None:
    ada = await chats.person()
    auth.away = True
    await telegram.say(ada.chat, "/unlink")
    question = await telegram.wait_for_message(ada.chat, replies.ASK_UNLINK)
    await telegram.press(ada.chat, question, "Yes, disconnect")
    await telegram.wait_for_message(ada.chat, replies.UNLINKED)


async def test_strangers_are_told_how_to_link(bot: None, telegram: StandIn) -> None:
    chat = await telegram.open_chat()
    for number, text in enumerate(("/start", "/today", "good morning"), start=1):
        await telegram.say(chat, text)
        await telegram.wait_for_message(chat, replies.HOW_TO_LINK, count=number)
    await telegram.say(chat, "/start 0123456789")
    await telegram.wait_for_message(chat, replies.LINK_SPENT)


async def test_a_deleted_account_loses_its_chat(
    bot: None, chats: LinkedChats, auth: Auth, telegram: StandIn
) -> None:
    ada = await chats.person()
    auth.gone.add(ada.id)
    await telegram.say(ada.chat, "/today")
    await telegram.wait_for_message(ada.chat, replies.ACCOUNT_DELETED)
    await telegram.say(ada.chat, "/today")
    await telegram.wait_for_message(ada.chat, replies.HOW_TO_LINK)


async def test_who_writes_again_can_be_written_to(
    bot: None, chats: LinkedChats, telegram: StandIn, database: Database
) -> None:
    """The person had blocked the bot, and comes back."""
    ada = await chats.person()
    async with database.transaction() as session:
        await links.mark_reachable(session, ada.chat, reachable=False)
    await telegram.say(ada.chat, "/help")
    await telegram.say(ada.chat, "/today")
    await telegram.wait_for_message(ada.chat, "📅")
    async with database.transaction() as session:
        assert (await links.get_chat(session, ada.id)).reachable
