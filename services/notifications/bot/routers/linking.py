"""`/start CODE` and `/unlink`: a chat is tied to an account, and let go, when that is confirmed."""

import logging
from contextlib import suppress
from uuid import UUID

from services.notifications.bot.context import (
    BotServices,
    edit_in_place,
    is_linked,
    message_request_id,
)
from services.notifications.bot.delegated_calls import AccountDeleted, ActionRefused
from services.notifications.domain import replies
from services.notifications.domain.buttons import Button
from services.notifications.domain.i18n import gettext, use_language
from services.notifications.domain.people import Chat, Person
from services.notifications.telegram.library import (
    CallbackData,
    Command,
    F,
    FSMContext,
    Router,
    types,
)
from services.notifications.use_cases import links

_log = logging.getLogger(__name__)


class LinkButton(CallbackData, prefix="link"):
    """A button that links the chat with the account of a code, or does not."""

    sure: bool
    code: str
    """Of the deep link: 32 characters. It is spent when the button is pressed."""


class UnlinkButton(CallbackData, prefix="unlink"):
    """A button that disconnects the chat, or does not."""

    sure: bool


def create_router() -> Router:
    """Return the router of links; it is for strangers, too."""
    router = Router(name="linking")
    router.callback_query.register(confirm, LinkButton.filter(F.sure))
    router.callback_query.register(refuse, LinkButton.filter())
    router.message.register(ask_unlink, Command("unlink", ignore_case=True), is_linked)
    router.callback_query.register(unlink, UnlinkButton.filter(), is_linked)
    return router


async def ask_link(
    message: types.Message, services: BotServices, person: Person | None, code: str
) -> None:
    """Show which account a code would link the chat with, and ask whether it shall."""
    chat_id = message.chat.id
    owner_id = await links.find_code_owner(services.cache, code)
    if owner_id is None:
        text = replies.LINKED_ALREADY if person else replies.LINK_SPENT
        await services.telegram.send_text(chat_id, gettext(text))
        return
    if person is not None and person.owner_id == owner_id:
        await services.telegram.send_text(chat_id, gettext(replies.LINKED_ALREADY))
        return
    try:
        account = await services.accounts.settings(owner_id, message_request_id(message))
    except AccountDeleted:  # the code's, not that of this chat
        await services.telegram.send_text(chat_id, gettext(replies.LINK_SPENT))
        return
    with use_language(person.locale if person else account.locale):
        row = (
            Button(gettext("✅ Link"), LinkButton(sure=True, code=code).pack()),
            Button(gettext("✖ Cancel"), LinkButton(sure=False, code=code).pack()),
        )
        question = replies.ask_link(
            account.email, account.display_name, linked_before=person is not None
        )
        await services.telegram.send_text(chat_id, question, (row,))


async def confirm(
    callback: types.CallbackQuery,
    callback_data: LinkButton,
    services: BotServices,
    state: FSMContext,
) -> None:
    """Spend the code and link the chat."""
    owner_id = await links.consume_code(services.cache, callback_data.code)
    text = gettext(replies.LINK_SPENT)
    if owner_id is not None:
        try:
            text = await _link(services, owner_id, callback)
        except Exception:
            await links.restore_code(services.cache, owner_id, callback_data.code)
            raise
        await state.clear()
    await edit_in_place(callback, services, text)


async def refuse(callback: types.CallbackQuery, services: BotServices) -> None:
    """Leave the chat as it is; the code stays good for its ten minutes."""
    await edit_in_place(callback, services, gettext(replies.NOT_LINKED))


async def ask_unlink(message: types.Message, services: BotServices, person: Person) -> None:
    """Ask whether the chat shall be disconnected; warn whoever would lock themselves out."""
    question = replies.ASK_UNLINK
    with suppress(ActionRefused):  # unlinking needs nobody else
        account = await services.accounts.settings(person.owner_id, message_request_id(message))
        if not account.email:
            question = replies.ASK_UNLINK_LAST
    row = (
        Button(gettext("Yes, disconnect"), UnlinkButton(sure=True).pack()),
        Button(gettext("No, stay linked"), UnlinkButton(sure=False).pack()),
    )
    await services.telegram.send_text(message.chat.id, gettext(question), (row,))


async def unlink(
    callback: types.CallbackQuery,
    callback_data: UnlinkButton,
    services: BotServices,
    person: Person,
    state: FSMContext,
) -> None:
    """Disconnect the chat from the account, which stays; or leave it linked."""
    text = gettext(replies.STILL_LINKED)
    if callback_data.sure:
        await services.unlink(person.owner_id)
        await state.clear()
        text = gettext(replies.UNLINKED)
    await edit_in_place(callback, services, text)


async def _link(services: BotServices, owner_id: UUID, callback: types.CallbackQuery) -> str:
    """Link the chat of a button with an account, and return what to say to that."""
    if callback.message is None:
        raise ActionRefused(gettext(replies.BUTTON_OLD))
    chat = Chat(
        owner_id=owner_id,
        chat_id=callback.message.chat.id,
        title=callback.from_user.full_name,
        create_time=services.now(),
    )
    async with services.database.transaction() as session:
        linked = await links.link_chat(session, chat)
    if linked is None:
        return gettext(replies.LINK_SPENT)
    person, previous_chat_id = linked
    _log.info("chat linked", extra={"owner_id": owner_id})
    with use_language(person.locale):
        if previous_chat_id is not None:
            await services.telegram.send_text(previous_chat_id, gettext(replies.MOVED_AWAY))
        return replies.greeting(person)
