"""`/export`, and files that are sent to the bot: a person's data out and in."""

from uuid import UUID

from services.notifications.bot.context import (
    BotServices,
    callback_request_id,
    edit_in_place,
    message_request_id,
)
from services.notifications.bot.delegated_calls import ActionRefused
from services.notifications.bot.file_transfers import StatusMessage
from services.notifications.domain import file_texts
from services.notifications.domain.buttons import NO_BUTTONS, Button, Buttons
from services.notifications.domain.file_imports import FileFormat, FileImport, FileImportState
from services.notifications.domain.i18n import gettext
from services.notifications.domain.people import Person
from services.notifications.telegram.library import (
    CallbackData,
    Command,
    CommandObject,
    F,
    Router,
    types,
)

MOST_FILE_BYTES = 20 * 1024 * 1024
"""The largest file that Telegram gives to a bot."""

_LABELS = {FileFormat.JSON: "JSON", FileFormat.CSV: "CSV", FileFormat.LOOP: "Loop"}


class ExportButton(CallbackData, prefix="ex"):
    """A button that sends the data in another format."""

    format: FileFormat


class ImportButton(CallbackData, prefix="im"):
    """A button under the report of an import."""

    verb: str
    """`import`, `cancel` or `look`."""
    import_id: UUID


def create_router() -> Router:
    """Return the router of files."""
    router = Router(name="data")
    router.message.register(export, Command("export", ignore_case=True))
    router.message.register(receive_file, F.document)
    router.callback_query.register(export_again, ExportButton.filter())
    router.callback_query.register(import_file, ImportButton.filter(F.verb == "import"))
    router.callback_query.register(cancel, ImportButton.filter(F.verb == "cancel"))
    router.callback_query.register(look, ImportButton.filter(F.verb == "look"))
    return router


async def export(
    message: types.Message, command: CommandObject, services: BotServices, person: Person
) -> None:
    """Send everything of a person as a file: JSON, or the format that is named."""
    try:
        format_ = FileFormat((command.args or "json").strip().lower())
    except ValueError:
        text = gettext(file_texts.EXPORT_FORMAT_UNCLEAR)
        await services.telegram.send_text(message.chat.id, text, (_format_buttons(),))
        return
    request_id = message_request_id(message)
    await _export(services, person, message.chat.id, message.message_id, format_, request_id)


async def export_again(
    callback: types.CallbackQuery,
    callback_data: ExportButton,
    services: BotServices,
    person: Person,
) -> None:
    """Send the file in the format of a button."""
    await services.telegram.answer_callback(callback.id)
    if callback.message is None:
        return
    place, request_id = callback.message, callback_request_id(callback)
    format_ = callback_data.format
    await _export(services, person, place.chat.id, place.message_id, format_, request_id)


async def receive_file(message: types.Message, services: BotServices, person: Person) -> None:
    """Say what an import of the file would change, and ask whether to do it."""
    document = message.document
    if document is None or (document.file_size or 0) > MOST_FILE_BYTES:
        raise ActionRefused(gettext(file_texts.FILE_TOO_LARGE))
    text = gettext(file_texts.FILE_BEING_READ)
    status = await services.transfers.open_status(message.chat.id, text, message.message_id)
    await services.transfers.import_file(
        person,
        status,
        document.file_id,
        message_request_id(message),
        dry_run=True,
        buttons_of=_import_buttons,
    )


async def import_file(callback: types.CallbackQuery, services: BotServices, person: Person) -> None:
    """Import the file that the message with the button answers."""
    message = callback.message
    asked = message.reply_to_message if isinstance(message, types.Message) else None
    if message is None or asked is None or asked.document is None:
        raise ActionRefused(gettext(file_texts.FILE_LOST))
    await services.telegram.answer_callback(callback.id)
    status = StatusMessage(services.telegram, message.chat.id, message.message_id)
    await status.show(gettext(file_texts.IMPORT_BEGINS))
    await services.transfers.import_file(
        person,
        status,
        asked.document.file_id,
        callback_request_id(callback),
        dry_run=False,
        buttons_of=_import_buttons,
    )


async def cancel(callback: types.CallbackQuery, services: BotServices, person: Person) -> None:
    """Leave the file as it is."""
    await edit_in_place(callback, services, gettext(file_texts.IMPORT_CANCELED))


async def look(
    callback: types.CallbackQuery,
    callback_data: ImportButton,
    services: BotServices,
    person: Person,
) -> None:
    """Show how far an import is that nobody watches any more."""
    await services.telegram.answer_callback(callback.id)
    if (message := callback.message) is not None:
        status = StatusMessage(services.telegram, message.chat.id, message.message_id)
        await services.transfers.watch(
            person,
            status,
            callback_data.import_id,
            callback_request_id(callback),
            buttons_of=_import_buttons,
        )


async def _export(
    services: BotServices,
    person: Person,
    chat_id: int,
    message_id: int,
    format_: FileFormat,
    request_id: str,
) -> None:
    transfers = services.transfers
    status = await transfers.open_status(chat_id, gettext(file_texts.EXPORT_BEGINS), message_id)
    buttons = (_format_buttons(without=format_),)
    await transfers.export(person, status, format_, buttons, request_id)


def _format_buttons(*, without: FileFormat | None = None) -> tuple[Button, ...]:
    return tuple(
        Button(label, ExportButton(format=it).pack())
        for it, label in _LABELS.items()
        if it is not without
    )


def _import_buttons(it: FileImport) -> Buttons:
    """Return what can be done with an import as it is now."""

    def button(label: str, verb: str) -> Button:
        return Button(label, ImportButton(verb=verb, import_id=it.id).pack())

    if it.state is FileImportState.RUNNING:
        return ((button(gettext("🔄 How far is it?"), "look"),),)
    if it.state is FileImportState.DONE and it.dry_run:
        return ((button(gettext("📥 Import"), "import"), button(gettext("✖ Cancel"), "cancel")),)
    return NO_BUTTONS
