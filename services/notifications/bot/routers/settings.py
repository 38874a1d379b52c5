"""`/settings`: zone, day start, week start, language, quiet hours, reports, cheers."""

import re
from datetime import time
from typing import Any

from services.notifications.bot.accounts_client import AccountSettings
from services.notifications.bot.context import (
    BotServices,
    callback_request_id,
    edit_in_place,
    message_request_id,
)
from services.notifications.domain import replies
from services.notifications.domain.buttons import Button, Buttons
from services.notifications.domain.i18n import (
    LANGUAGE_NAMES,
    LANGUAGES,
    gettext,
    language_of,
    use_language,
)
from services.notifications.domain.people import Person
from services.notifications.domain.preferences import Preferences
from services.notifications.domain.schedules import weekday_name
from services.notifications.domain.zones import find_zones, likely_zones, zone_label
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
from services.notifications.use_cases import events, preferences

_TEXT = F.text & ~F.text.startswith("/")
_DAY_STARTS = ("00:00", "02:00", "03:00", "04:00", "05:00", "06:00")
_REPORT_TIMES = ("18:00", "20:00", "21:00", "22:00")
_QUIET = ("22:00-07:00", "23:00-08:00", "00:00-09:00")
_SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–—]\s*([01]?\d|2[0-3]):([0-5]\d)")
_SWITCHES = ("weekly_report", "monthly_report", "streak_cheers", "telegram_enabled")
_CHOICES = "setting_choices"


class EditSettings(StatesGroup):
    """What setting is being written."""

    zone = State()
    quiet = State()


class SettingButton(CallbackData, prefix="set", sep="|"):
    """A button of the settings: `name` alone opens its choices, `value` chooses one."""

    name: str
    value: str = ""


def create_router() -> Router:
    """Return the router of settings."""
    router = Router(name="settings")
    router.message.register(show, Command("settings", ignore_case=True))
    router.message.register(take_zone, StateFilter(EditSettings.zone), _TEXT)
    router.message.register(take_quiet, StateFilter(EditSettings.quiet), _TEXT)
    router.callback_query.register(choose, SettingButton.filter(F.value != ""))
    router.callback_query.register(open_choices, SettingButton.filter())
    return router


async def show(message: types.Message, services: BotServices, person: Person) -> None:
    """Send the settings."""
    text, buttons = await _overview(services, person, message_request_id(message))
    await services.telegram.send_text(message.chat.id, text, buttons)


async def open_choices(
    callback: types.CallbackQuery,
    callback_data: SettingButton,
    services: BotServices,
    person: Person,
    state: FSMContext,
) -> None:
    """Show the choices of a setting; zones and quiet hours can be written as well."""
    name, request_id = callback_data.name, callback_request_id(callback)
    text, buttons = await _overview(services, person, request_id)
    if name in ("timezone", "quiet"):
        await state.set_state(EditSettings.zone if name == "timezone" else EditSettings.quiet)
        if callback.message is not None:
            await state.update_data({_CHOICES: callback.message.message_id})
        question = replies.ASK_ZONE if name == "timezone" else replies.ASK_QUIET
        text = gettext(question)
    if name != "all":
        buttons = _choices(name, services, person)
    await edit_in_place(callback, services, text, buttons)


async def choose(
    callback: types.CallbackQuery,
    callback_data: SettingButton,
    services: BotServices,
    person: Person,
    state: FSMContext,
) -> None:
    """Change a setting by a button, and show all of them."""
    request_id = callback_request_id(callback)
    changed = await _change(services, person, callback_data.name, callback_data.value, request_id)
    await state.set_state(None)
    with use_language(changed.locale):
        text, buttons = await _overview(services, changed, request_id)
    await edit_in_place(callback, services, text, buttons)


async def take_zone(
    message: types.Message, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Find zones by a city; a single one is taken."""
    found = find_zones(message.text or "")
    if not found:
        await services.telegram.send_text(message.chat.id, gettext(replies.ZONE_UNKNOWN))
        return
    if len(found) > 1:
        rows = tuple(
            (
                _option(
                    zone_label(zone, services.now(), language_of(person.locale)), "timezone", zone
                ),
            )
            for zone in found
        )
        await services.telegram.send_text(message.chat.id, gettext(replies.WHICH_ZONE), rows)
        return
    request_id = message_request_id(message)
    changed = await _change(services, person, "timezone", found[0], request_id)
    await _show_changed(message, services, changed, state)


async def take_quiet(
    message: types.Message, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Set quiet hours as written: `22:30-06:45`."""
    found = _SPAN.fullmatch((message.text or "").strip())
    if found is None:
        await services.telegram.send_text(message.chat.id, gettext(replies.QUIET_UNCLEAR))
        return
    span = f"{int(found[1]):02}:{found[2]}-{int(found[3]):02}:{found[4]}"
    request_id = message_request_id(message)
    changed = await _change(services, person, "quiet", span, request_id)
    await _show_changed(message, services, changed, state)


async def _show_changed(
    message: types.Message, services: BotServices, person: Person, state: FSMContext
) -> None:
    """Send the settings after an answer that was written; the choices of its question end."""
    text, buttons = await _overview(services, person, message_request_id(message))
    if choices := (await state.get_data()).get(_CHOICES):
        await services.telegram.remove_buttons(message.chat.id, int(choices))
    await state.set_state(None)
    await services.telegram.send_text(message.chat.id, text, buttons)


async def _change(
    services: BotServices, person: Person, name: str, value: str, request_id: str
) -> Person:
    """Change a setting of the account, which is auth's, or a preference, which is ours."""
    if name in ("timezone", "day_start", "week_start", "locale"):
        wanted: str | int = int(value) if name == "week_start" else value
        changed = await services.accounts.update(person, request_id, **{name: wanted})
        async with services.database.transaction() as session:
            await events.upsert_person(session, changed)  # before its event comes by the broker
        return changed
    async with services.database.transaction() as session:
        chosen = await preferences.get_preferences(session, person.owner_id)
        values = _preference_values(chosen, name, value)
        await preferences.update_preferences(session, person.owner_id, values)
    return person


def _preference_values(chosen: Preferences, name: str, value: str) -> dict[str, Any]:
    if name == "quiet":
        begin, _, end = value.partition("-")
        none = value == "off"
        return {
            "quiet_from": None if none else time.fromisoformat(begin),
            "quiet_to": None if none else time.fromisoformat(end),
        }
    if name == "daily_report_time":
        return {name: None if value == "off" else time.fromisoformat(value)}
    return {name: not getattr(chosen, name)} if name in _SWITCHES else {}


async def _overview(services: BotServices, person: Person, request_id: str) -> tuple[str, Buttons]:
    account = await services.accounts.settings(person.owner_id, request_id)
    async with services.database.transaction() as session:
        chosen = await preferences.get_preferences(session, person.owner_id)
    return _overview_text(account, chosen), _overview_buttons(chosen)


def _overview_text(account: AccountSettings, chosen: Preferences) -> str:
    off = gettext("off")
    quiet = f"{chosen.quiet_from:%H:%M}-{chosen.quiet_to:%H:%M}" if chosen.quiet_from else off
    daily = f"{chosen.daily_report_time:%H:%M}" if chosen.daily_report_time else off
    lines = [
        gettext("⚙ Settings"),
        gettext("🌍 Time zone: {value}").format(value=account.timezone),
        gettext("🌅 A day begins at {value}").format(value=account.day_start or _DAY_STARTS[0]),
        gettext("📅 A week begins on {value}").format(value=weekday_name(account.week_start or 1)),
        gettext("💬 Language: {value}").format(value=LANGUAGE_NAMES[language_of(account.locale)]),
        gettext("🌙 Quiet hours: {value}").format(value=quiet),
        gettext("📊 Daily report: {value}").format(value=daily),
    ]
    return "\n".join(lines)


def _overview_buttons(chosen: Preferences) -> Buttons:
    def switch(label: str, name: str) -> Button:
        sign = "✅" if getattr(chosen, name) else "⬜"
        return _option(f"{sign} {label}", name, "switch")

    return (
        (_opens(gettext("🌍 Time zone"), "timezone"), _opens(gettext("🌅 Day start"), "day_start")),
        (_opens(gettext("📅 Week start"), "week_start"), _opens(gettext("💬 Language"), "locale")),
        (
            _opens(gettext("🌙 Quiet hours"), "quiet"),
            _opens(gettext("📊 Daily report"), "daily_report_time"),
        ),
        (
            switch(gettext("Weekly report"), "weekly_report"),
            switch(gettext("Monthly report"), "monthly_report"),
        ),
        (
            switch(gettext("Cheers"), "streak_cheers"),
            switch(gettext("Messages"), "telegram_enabled"),
        ),
    )


def _choices(name: str, services: BotServices, person: Person) -> Buttons:
    off = _option(gettext("Off"), name, "off")
    match name:
        case "timezone":
            zones = likely_zones(language_of(person.locale))
            options = [
                _option(zone_label(zone, services.now(), language_of(person.locale)), name, zone)
                for zone in zones
            ]
        case "day_start":
            options = [_option(it, name, it) for it in _DAY_STARTS]
        case "week_start":
            options = [_option(weekday_name(it), name, str(it)) for it in range(1, 8)]
        case "locale":
            options = [_option(LANGUAGE_NAMES[it], name, it) for it in LANGUAGES]
        case "quiet":
            options = [*(_option(it, name, it) for it in _QUIET), off]
        case _:
            options = [*(_option(it, name, it) for it in _REPORT_TIMES), off]
    rows = [tuple(options[first : first + 2]) for first in range(0, len(options), 2)]
    return (*rows, (_opens(gettext("‹ Back"), "all"),))


def _opens(label: str, name: str) -> Button:
    return Button(label, SettingButton(name=name).pack())


def _option(label: str, name: str, value: str) -> Button:
    return Button(label, SettingButton(name=name, value=value).pack())
