"""What nothing else understood: strangers, unknown commands, old buttons."""

from services.notifications.bot.context import BotServices
from services.notifications.bot.routers.account import greet_stranger
from services.notifications.domain import replies
from services.notifications.domain.buttons import parse_button_action
from services.notifications.domain.i18n import gettext
from services.notifications.domain.people import Person
from services.notifications.telegram.library import Router, types


def create_router() -> Router:
    """Return the router that is tried last."""
    router = Router(name="fallback")
    router.message.register(not_understood)
    router.callback_query.register(old_button)
    return router


async def not_understood(
    message: types.Message, services: BotServices, person: Person | None
) -> None:
    """Say what would have been understood; tell a stranger how to begin."""
    if person is None:
        await greet_stranger(message, services)
        return
    await services.telegram.send_text(message.chat.id, gettext(replies.NOT_UNDERSTOOD))


async def old_button(
    callback: types.CallbackQuery, services: BotServices, person: Person | None
) -> None:
    """Say that a button does nothing any more, or that the chat is nobody's."""
    known = parse_button_action(callback.data or "") is not None
    text = replies.HOW_TO_LINK if person is None and known else replies.BUTTON_OLD
    await services.telegram.alert(callback.id, callback.from_user.id, gettext(text))
