"""Registration in the chat, `/code` to sign in elsewhere, and `/delete`."""

from services.notifications.bot.context import (
    BotServices,
    callback_place,
    callback_request_id,
    edit_in_place,
    is_linked,
    message_request_id,
)
from services.notifications.domain import replies
from services.notifications.domain.buttons import NO_BUTTONS, Button, Buttons
from services.notifications.domain.i18n import (
    LANGUAGE_NAMES,
    LANGUAGES,
    current_language,
    gettext,
    use_language,
)
from services.notifications.domain.people import Chat, Person
from services.notifications.domain.zones import (
    find_zones,
    likely_zones,
    zone_at,
    zone_label,
)
from services.notifications.telegram.library import (
    CallbackData,
    Command,
    F,
    FSMContext,
    Router,
    State,
    StateFilter,
    StatesGroup,
    types,
)
from services.notifications.translate.check_ins import request_id_of
from services.notifications.use_cases import events, links

_TEXT = F.text & ~F.text.startswith("/")
_LANGUAGE, _REQUEST, _QUESTION = "language", "register_request", "zone_question"


class Registering(StatesGroup):
    """A stranger is making an account."""

    zone = State()


class RegisterButton(CallbackData, prefix="reg", sep="|"):
    """A button of the registration."""

    step: str
    """`language` or `zone`."""
    value: str


class DeleteButton(CallbackData, prefix="del"):
    """A button that deletes the account, or does not."""

    sure: bool


def create_router() -> Router:
    """Return the router of accounts; it is for strangers, too."""
    router = Router(name="account")
    router.callback_query.register(choose_language, RegisterButton.filter(F.step == "language"))
    router.callback_query.register(choose_zone, RegisterButton.filter(F.step == "zone"))
    router.message.register(take_zone, StateFilter(Registering.zone), _TEXT)
    router.message.register(take_location, StateFilter(Registering.zone), F.location)
    router.message.register(send_code, Command("code", ignore_case=True), is_linked)
    router.message.register(ask_delete, Command("delete", ignore_case=True), is_linked)
    router.callback_query.register(delete, DeleteButton.filter(), is_linked)
    return router


async def greet_stranger(message: types.Message, services: BotServices) -> None:
    """Say how to link an account, and offer to make one right here."""
    text = f"{gettext(replies.HOW_TO_LINK)}\n\n{gettext(replies.HOW_TO_REGISTER)}"
    await services.telegram.send_text(message.chat.id, text, _language_buttons())


def _language_buttons() -> Buttons:
    """Return the first buttons of the registration."""
    return (
        tuple(
            Button(
                f"✨ {LANGUAGE_NAMES[language]}",
                RegisterButton(step="language", value=language).pack(),
            )
            for language in LANGUAGES
        ),
    )


async def choose_language(
    callback: types.CallbackQuery,
    callback_data: RegisterButton,
    services: BotServices,
    person: Person | None,
    state: FSMContext,
) -> None:
    """Take the language and ask for the zone."""
    if person is not None or callback.message is None:
        text = gettext(replies.LINKED_ALREADY if person else replies.BUTTON_OLD)
        await services.telegram.alert(callback.id, callback.from_user.id, text)
        return
    await state.set_state(Registering.zone)
    request_id = request_id_of("register", *callback_place(callback))
    message = callback.message
    asked = {_LANGUAGE: callback_data.value, _REQUEST: request_id, _QUESTION: message.message_id}
    await state.update_data(asked)
    await services.telegram.answer_callback(callback.id)
    with use_language(callback_data.value):
        zones = likely_zones(current_language())
        await services.telegram.edit(
            message.chat.id,
            message.message_id,
            gettext(replies.ASK_ZONE),
            _zone_buttons(services, zones),
        )
        await services.telegram.send_location_request(
            message.chat.id, gettext(replies.LOCATION_USE), gettext("📍 Share my location")
        )


async def choose_zone(
    callback: types.CallbackQuery,
    callback_data: RegisterButton,
    services: BotServices,
    person: Person | None,
    state: FSMContext,
) -> None:
    """Take the zone of a button and create the account."""
    if person is not None or callback.message is None:
        text = gettext(replies.LINKED_ALREADY if person else replies.BUTTON_OLD)
        await services.telegram.alert(callback.id, callback.from_user.id, text)
        return
    await services.telegram.answer_callback(callback.id)
    await state.update_data({_QUESTION: callback.message.message_id})
    chat_id, sender = callback.message.chat.id, callback.from_user
    await _register(services, state, chat_id, sender, callback_data.value)


async def take_zone(message: types.Message, services: BotServices, state: FSMContext) -> None:
    """Find the zone by a city; the buttons hang under the newest question only."""
    data, chat_id = await state.get_data(), message.chat.id
    with use_language(str(data.get(_LANGUAGE, ""))):
        found = find_zones(message.text or "")
        if len(found) == 1 and message.from_user is not None:
            await _register(services, state, chat_id, message.from_user, found[0])
            return
        if not found:
            await services.telegram.send_text(chat_id, gettext(replies.ZONE_UNKNOWN))
            return
        buttons = _zone_buttons(services, found)
        sent = await services.telegram.send_text(chat_id, gettext(replies.WHICH_ZONE), buttons)
        if sent is not None:
            if before := data.get(_QUESTION):
                await services.telegram.remove_buttons(chat_id, int(before))
            await state.update_data({_QUESTION: sent})


async def take_location(message: types.Message, services: BotServices, state: FSMContext) -> None:
    """Take the zone of a shared location, and create the account."""
    if message.location is not None and message.from_user is not None:
        zone = zone_at(message.location.latitude, message.location.longitude)
        await _register(services, state, message.chat.id, message.from_user, zone)


async def send_code(message: types.Message, services: BotServices, person: Person) -> None:
    """Send a code with which the person signs in elsewhere."""
    code, seconds = await services.accounts.sign_in_code(person, message_request_id(message))
    text = gettext("🔑 {code}\nSign in with it in the app, once, within {minutes} minutes.")
    await services.telegram.send_text(
        message.chat.id, text.format(code=code, minutes=seconds // 60)
    )


async def ask_delete(message: types.Message, services: BotServices) -> None:
    """Ask whether the account shall be deleted."""
    row = (
        Button(gettext("🗑 Yes, delete everything"), DeleteButton(sure=True).pack()),
        Button(gettext("No, keep it"), DeleteButton(sure=False).pack()),
    )
    await services.telegram.send_text(message.chat.id, gettext(replies.ASK_DELETE_ACCOUNT), (row,))


async def delete(
    callback: types.CallbackQuery,
    callback_data: DeleteButton,
    services: BotServices,
    person: Person,
    state: FSMContext,
) -> None:
    """Delete the account, or keep it."""
    text = gettext(replies.ACCOUNT_KEPT)
    if callback_data.sure:
        await services.accounts.delete(person, callback_request_id(callback))
        await services.unlink(person.owner_id)
        await state.clear()
        text = gettext(replies.ACCOUNT_DELETED)
    await edit_in_place(callback, services, text)


async def _register(
    services: BotServices, state: FSMContext, chat_id: int, sender: types.User, zone: str
) -> None:
    """Create the account of a chat, once, and link the chat with it."""
    data = await state.get_data()
    person = await services.accounts.create(
        display_name=sender.full_name[:80],
        timezone=zone,
        locale=str(data.get(_LANGUAGE) or LANGUAGES[0]),
        request_id=str(data.get(_REQUEST) or request_id_of("register", chat_id)),
    )
    chat = Chat(
        owner_id=person.owner_id,
        chat_id=chat_id,
        title=sender.full_name,
        create_time=services.now(),
    )
    async with services.database.transaction() as session:
        await events.upsert_person(session, person)  # before its event comes by the broker
        await links.link_chat(session, chat)
    await state.clear()
    with use_language(person.locale):
        if question := data.get(_QUESTION):
            answer = gettext("🌍 Time zone: {value}").format(value=zone)
            await services.telegram.edit(chat_id, int(question), answer, NO_BUTTONS)
        await services.telegram.send_text_without_keyboard(chat_id, gettext(replies.REGISTERED))


def _zone_buttons(services: BotServices, zones: tuple[str, ...]) -> Buttons:
    options = [
        Button(
            zone_label(zone, services.now(), current_language()),
            RegisterButton(step="zone", value=zone).pack(),
        )
        for zone in zones
    ]
    return tuple(tuple(options[first : first + 2]) for first in range(0, len(options), 2))
