"""`/tips`: recommendations, one after the other, applied, undone or put aside with one tap."""

from collections.abc import Sequence
from uuid import UUID

from services.notifications.bot.context import (
    BotServices,
    callback_request_id,
    edit_in_place,
    message_request_id,
)
from services.notifications.domain import replies
from services.notifications.domain.buttons import Button, Buttons, cut_label
from services.notifications.domain.i18n import gettext
from services.notifications.domain.messages import TIPS_DATA
from services.notifications.domain.people import Person
from services.notifications.domain.tips import Tip
from services.notifications.telegram.library import (
    CallbackData,
    Command,
    F,
    Router,
    types,
)


class TipButton(CallbackData, prefix="tip"):
    """A button of a tip."""

    verb: str
    """`apply`, `undo` or `dismiss`."""
    recommendation_id: UUID


class TipPage(CallbackData, prefix="tips"):
    """A button that shows another tip."""

    number: int


def create_router() -> Router:
    """Return the router of tips."""
    router = Router(name="tips")
    router.message.register(send_tips, Command("tips", ignore_case=True))
    router.callback_query.register(open_tips, F.data == TIPS_DATA)
    router.callback_query.register(turn, TipPage.filter())
    router.callback_query.register(apply, TipButton.filter(F.verb == "apply"))
    router.callback_query.register(undo, TipButton.filter(F.verb == "undo"))
    router.callback_query.register(dismiss, TipButton.filter(F.verb == "dismiss"))
    return router


async def send_tips(message: types.Message, services: BotServices, person: Person) -> None:
    """Send the strongest tip."""
    tips = await services.tips.tips(person, message_request_id(message))
    await services.telegram.send_text(message.chat.id, *_page(tips, 0))


async def open_tips(callback: types.CallbackQuery, services: BotServices, person: Person) -> None:
    """Send the strongest tip below the message that the button hangs under."""
    tips = await services.tips.tips(person, callback_request_id(callback))
    await services.telegram.answer_callback(callback.id)
    if callback.message is not None:
        await services.telegram.send_text(callback.message.chat.id, *_page(tips, 0))


async def turn(
    callback: types.CallbackQuery,
    callback_data: TipPage,
    services: BotServices,
    person: Person,
) -> None:
    """Show another tip in place."""
    tips = await services.tips.tips(person, callback_request_id(callback))
    await edit_in_place(callback, services, *_page(tips, callback_data.number))


async def apply(
    callback: types.CallbackQuery,
    callback_data: TipButton,
    services: BotServices,
    person: Person,
) -> None:
    """Change the habit as the tip says, and show that in its place."""
    request_id = callback_request_id(callback)
    tip = await services.tips.apply(person, callback_data.recommendation_id, request_id)
    undo = TipButton(verb="undo", recommendation_id=tip.recommendation_id).pack()
    buttons = ((Button(gettext("↩️ Undo"), undo),), *_next())
    await edit_in_place(callback, services, tip.shown(replies.tip_applied(tip.label)), buttons)


async def undo(
    callback: types.CallbackQuery,
    callback_data: TipButton,
    services: BotServices,
    person: Person,
) -> None:
    """Restore what applying the tip changed, and show that in its place."""
    request_id = callback_request_id(callback)
    tip = await services.tips.undo(person, callback_data.recommendation_id, request_id)
    await edit_in_place(callback, services, tip.shown(replies.tip_undone(tip.label)), _next())


async def dismiss(
    callback: types.CallbackQuery,
    callback_data: TipButton,
    services: BotServices,
    person: Person,
) -> None:
    """Put the tip aside, and show that in its place."""
    request_id = callback_request_id(callback)
    await services.tips.dismiss(person, callback_data.recommendation_id, request_id)
    # Of a very old message Telegram does not give the text any more.
    message = callback.message
    said = message.text or "" if isinstance(message, types.Message) else ""
    outcome = gettext(replies.TIP_PUT_ASIDE)
    await edit_in_place(callback, services, f"{said}\n\n{outcome}".strip(), _next())


def _page(tips: Sequence[Tip], number: int) -> tuple[str, Buttons]:
    """Return a tip and its buttons; of a page past the end, the first."""
    if not tips:
        return gettext(replies.NO_TIPS), ()
    number = number if 0 <= number < len(tips) else 0
    tip = tips[number]
    dismiss = TipButton(verb="dismiss", recommendation_id=tip.recommendation_id).pack()
    rows = [(Button(gettext("👌 Not now"), dismiss),)]
    if tip.action is not None:
        apply = TipButton(verb="apply", recommendation_id=tip.recommendation_id).pack()
        rows.insert(0, (Button(cut_label(tip.action.label()), apply),))
    if len(tips) > 1:
        following = TipPage(number=(number + 1) % len(tips)).pack()
        rows.append((Button(f"{number + 1}/{len(tips)} ▾", following),))
    return tip.shown(), tuple(rows)


def _next() -> Buttons:
    return ((Button(gettext("💡 Next suggestion"), TipPage(number=0).pack()),),)
