"""Exports and imports run beside the chat, and a message shows how far they are."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import BinaryIO
from uuid import UUID

from services.notifications.bot.data_client import DataClient
from services.notifications.bot.delegated_calls import AccountDeleted, ActionRefused
from services.notifications.domain import file_texts
from services.notifications.domain.buttons import NO_BUTTONS, Buttons
from services.notifications.domain.file_imports import FileFormat, FileImport, FileImportState
from services.notifications.domain.i18n import gettext
from services.notifications.domain.people import Person
from services.notifications.domain.replies import ACCOUNT_DELETED, TRY_AGAIN
from services.notifications.domain.sending import Rejected
from services.notifications.telegram import Telegram, files

WATCH_SECONDS = 600.0
"""An import is watched for so long; then a button looks how far it is."""

_AT_ONCE = 4
_PATIENCE_SECONDS = 2.0
"""What takes longer than this does not hold up the other messages of chats."""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 2.0
_FILES = {
    FileFormat.JSON: ("habits.json", file_texts.JSON_CAPTION),
    FileFormat.CSV: ("habits.zip", file_texts.CSV_CAPTION),
    FileFormat.LOOP: ("habits.db", file_texts.LOOP_CAPTION),
}
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class StatusMessage:
    """A message that is edited as the work goes on."""

    telegram: Telegram
    chat_id: int
    message_id: int | None
    """None when Telegram did not take it; then each text is a message of its own."""
    text: str = ""

    async def show(self, text: str, buttons: Buttons = NO_BUTTONS) -> None:
        """Show another text, unless it is shown already."""
        if text == self.text:
            return
        self.text = text
        if self.message_id is None:
            await self.telegram.send_text(self.chat_id, text, buttons)
        else:
            await self.telegram.edit(self.chat_id, self.message_id, text, buttons)


class FileTransfers:
    """Sends files with people's data, and imports files from them.

    What takes long runs on beside the chat. When the process ends, an export has to be asked for
    again; an import goes on in habits, and the button under its message shows what became of it.
    """

    def __init__(self, telegram: Telegram, data: DataClient) -> None:
        self._telegram = telegram
        self._data = data
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._running: set[asyncio.Task[None]] = set()

    async def open_status(self, chat_id: int, text: str, reply_to: int) -> StatusMessage:
        """Send the message that shows how far the work is, as an answer to another."""
        message_id = await self._telegram.send_reply(chat_id, text, reply_to)
        return StatusMessage(self._telegram, chat_id, message_id, text)

    async def export(
        self,
        person: Person,
        status: StatusMessage,
        format_: FileFormat,
        buttons: Buttons,
        request_id: str,
    ) -> None:
        """Send a person's data as a file."""

        async def work() -> None:
            name, caption = _FILES[format_]
            with NamedTemporaryFile() as file:
                await self._data.export(person, format_, file, request_id)
                result = await files.send_document(
                    self._telegram, status.chat_id, file.name, name, gettext(caption), buttons
                )
            done = file_texts.EXPORT_DONE if result is None else file_texts.EXPORT_NOT_SENT
            await status.show(gettext(done))

        await self._run(status, work)

    async def import_file(
        self,
        person: Person,
        status: StatusMessage,
        file_id: str,
        request_id: str,
        *,
        dry_run: bool,
        buttons_of: Callable[[FileImport], Buttons],
    ) -> None:
        """Import a file that was sent to the chat; a dry run only says what would change."""

        async def work() -> None:
            with TemporaryFile() as file:
                await self._download(file_id, file)
                started = await self._data.start_import(person, file, request_id, dry_run=dry_run)
            await self._watch(person, status, started, request_id, buttons_of)

        await self._run(status, work)

    async def watch(
        self,
        person: Person,
        status: StatusMessage,
        import_id: UUID,
        request_id: str,
        *,
        buttons_of: Callable[[FileImport], Buttons],
    ) -> None:
        """Show how far an import is, until it has ended."""

        async def work() -> None:
            found = await self._data.get_import(person, import_id, request_id)
            await self._watch(person, status, found, request_id, buttons_of)

        await self._run(status, work)

    async def _download(self, file_id: str, file: BinaryIO) -> None:
        result = await files.download(self._telegram, file_id, file)
        if isinstance(result, Rejected):
            large = "too big" in result.detail
            text = file_texts.FILE_TOO_LARGE if large else file_texts.FILE_LOST
            raise ActionRefused(gettext(text))
        if result is not None:
            raise ActionRefused(gettext(file_texts.FILE_LOST))

    async def _watch(
        self,
        person: Person,
        status: StatusMessage,
        started: FileImport,
        request_id: str,
        buttons_of: Callable[[FileImport], Buttons],
    ) -> None:
        found, pause = started, _FIRST_PAUSE_SECONDS
        end = time.monotonic() + WATCH_SECONDS
        while found.state is FileImportState.RUNNING and time.monotonic() < end:
            if pause >= 1.0:  # a short import needs no progress
                await status.show(found.text(), buttons_of(found))
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
            found = await self._data.get_import(person, started.id, request_id)
        await status.show(found.text(), buttons_of(found))

    async def _run(self, status: StatusMessage, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work, and wait for it as long as a chat may wait."""
        task = asyncio.create_task(self._guarded(status, work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.wait((task,), timeout=_PATIENCE_SECONDS)

    async def _guarded(self, status: StatusMessage, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work in its turn; what is refused or fails is said in the message."""
        try:
            async with self._room:
                await work()
        except ActionRefused as refused:
            await status.show(str(refused))
        except AccountDeleted:
            await status.show(gettext(ACCOUNT_DELETED))
        except Exception:
            _log.exception("a file was not transferred")
            await status.show(gettext(TRY_AGAIN))
