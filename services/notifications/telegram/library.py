"""The one place that imports aiogram: slowly, once, and without what we do not use.

aiogram describes the whole Bot API in some 800 pydantic models and builds a validator for each as
it is imported: 4.5 seconds and 140 MB, of which the bot uses a dozen. Here they are built when
they are first used: 1.5 seconds and 35 MB. Import this module instead of aiogram, and only in a
process that talks to Telegram.
"""

import contextlib
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel


@contextlib.contextmanager
def _models_built_when_used() -> Iterator[None]:
    """Let models that are defined in the block build their validators later, on first use."""
    rebuild = BaseModel.__dict__["model_rebuild"]
    BaseModel.model_config["defer_build"] = True
    BaseModel.model_rebuild = classmethod(lambda *_, **__: None)  # type: ignore[assignment]
    try:
        yield
    finally:
        BaseModel.model_rebuild = rebuild  # type: ignore[method-assign]
        del BaseModel.model_config["defer_build"]


with _models_built_when_used():
    from aiogram import Bot, Dispatcher, F, Router, methods, types
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
    from aiogram.exceptions import (
        ClientDecodeError,
        TelegramAPIError,
        TelegramBadRequest,
        TelegramConflictError,
        TelegramEntityTooLarge,
        TelegramForbiddenError,
        TelegramMigrateToChat,
        TelegramNetworkError,
        TelegramNotFound,
        TelegramRetryAfter,
        TelegramServerError,
        TelegramUnauthorizedError,
    )
    from aiogram.filters import Command, CommandObject, CommandStart

__all__ = [
    "PRODUCTION",
    "AiohttpSession",
    "Bot",
    "ClientDecodeError",
    "Command",
    "CommandObject",
    "CommandStart",
    "Dispatcher",
    "F",
    "Router",
    "TelegramAPIError",
    "TelegramAPIServer",
    "TelegramBadRequest",
    "TelegramConflictError",
    "TelegramEntityTooLarge",
    "TelegramForbiddenError",
    "TelegramMigrateToChat",
    "TelegramNetworkError",
    "TelegramNotFound",
    "TelegramRetryAfter",
    "TelegramServerError",
    "TelegramUnauthorizedError",
    "methods",
    "types",
]


_WHAT_WE_USE: tuple[type[BaseModel], ...] = (
    types.Update,
    types.Message,
    types.User,
    types.InlineKeyboardMarkup,
    types.InlineKeyboardButton,
    types.BotCommand,
    methods.AnswerCallbackQuery,
    methods.DeleteWebhook,
    methods.EditMessageText,
    methods.GetMe,
    methods.GetUpdates,
    methods.SendMessage,
    methods.SetMyCommands,
)


def _build_what_we_use() -> None:
    """Build the models we read now: their names for each other are only known together here."""
    names: dict[str, Any] = {name: getattr(types, name) for name in types.__all__}
    names |= {"Default": vars(types)["_Default"]}
    names |= {name: getattr(typing, name) for name in ("List", "Literal", "Optional", "Union")}
    for model in _WHAT_WE_USE:
        model.model_rebuild(_types_namespace=names)


_build_what_we_use()
