"""What messages are made of: text with entities, keyboards and files, checked as Telegram does."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from local.telegram.errors import BadRequest
from local.telegram.html import parse, utf16_length
from local.telegram.state import StoredFile, TelegramState

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_BUTTON_DATA = 64
MOST_BUTTONS = 100
BUTTON_KINDS = ("callback_data", "url", "web_app", "copy_text", "switch_inline_query")
REPLY_KEYBOARDS = ("keyboard", "remove_keyboard", "force_reply")
UPLOAD = "upload:"  # before the name of a multipart part that is a file

Arguments = dict[str, Any]


def text_of(arguments: Arguments) -> dict[str, Any]:
    """Return `text` with its entities.

    Raises:
        BadRequest: It is empty, too long, or its markup cannot be read.
    """
    found = _text_and_entities(arguments, "text", LONGEST_TEXT, "message is too long")
    if not found:
        raise BadRequest("message text is empty")
    return found


def caption_of(arguments: Arguments) -> dict[str, Any]:
    """Return `caption` with its entities; nothing when there is none.

    Raises:
        BadRequest: It is too long, or its markup cannot be read.
    """
    too_long = "message caption is too long"
    return _text_and_entities(arguments, "caption", LONGEST_CAPTION, too_long, prefix="caption_")


def _text_and_entities(
    arguments: Arguments, name: str, most: int, too_long: str, prefix: str = ""
) -> dict[str, Any]:
    text = str(arguments.get(name) or "")
    entities = arguments.get(f"{prefix}entities") or []
    mode = str(arguments.get("parse_mode") or "").lower()
    if mode == "html":
        text, entities = parse(text)
    elif mode:
        raise BadRequest(f"this stand-in reads parse_mode HTML only, not {mode}")
    if not text.strip():
        return {}
    if utf16_length(text) > most:
        raise BadRequest(too_long)
    return {name: text} | ({f"{prefix}entities": entities} if entities else {})


def keyboard_of(arguments: Arguments) -> dict[str, Any]:
    """Return the reply markup to keep; nothing when there is none.

    Raises:
        BadRequest: A button has no text, not exactly one thing to do, or too long data.
    """
    markup = arguments.get("reply_markup")
    if not markup:
        return {}
    rows = markup.get("inline_keyboard", [])
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise BadRequest("reply markup is too long")
    for button in (button for row in rows for button in row):
        if not str(button.get("text", "")).strip():
            raise BadRequest("inline keyboard button text is empty")
        if len([kind for kind in BUTTON_KINDS if button.get(kind) is not None]) != 1:
            raise BadRequest("text buttons are unallowed in the inline keyboard")
        if len(str(button.get("callback_data", "")).encode()) > LONGEST_BUTTON_DATA:
            raise BadRequest("BUTTON_DATA_INVALID")
    return {"reply_markup": markup}


def is_reply_keyboard(markup: dict[str, Any]) -> bool:
    """Tell whether the markup changes what lies under the person's input field."""
    return any(markup.get(kind) for kind in REPLY_KEYBOARDS)


def file_of(state: TelegramState, arguments: Arguments, given: object, name: str) -> dict[str, Any]:
    """Keep an uploaded file under a new id, or find the one that an id names.

    Args:
        state: Where files are kept.
        arguments: The call, which carries the uploads.
        given: `attach://part`, the name of a part, or the id of a file that was sent before.
        name: The argument, as the refusal names it.

    Raises:
        BadRequest: There is no such upload and no such file.
    """
    file_id = str(given or "")
    upload = arguments.get(UPLOAD + file_id.removeprefix("attach://"))
    if upload is not None:
        file_id = uuid4().hex
        state.add_file(file_id, StoredFile(*upload))
    file = state.files.get(file_id)
    if file is None:
        raise BadRequest(f"wrong file identifier/HTTP URL specified for {name}")
    return file.reference(file_id)


def photo_of(file: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a photo message: its sizes, of which the stand-in has one."""
    return {"photo": [file | {"width": 800, "height": 600}]}
