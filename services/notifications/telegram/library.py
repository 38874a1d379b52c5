"""The one place that imports aiogram: slowly, once, and without what we do not use.

aiogram describes the whole Bot API in some 800 pydantic models and builds a validator for each as
it is imported: 4.5 seconds and 140 MB, of which the bot uses a dozen. Here they are built when
they are first used: 1.3 seconds and 40 MB. Import this module instead of aiogram, and only in a
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
    from aiogram import BaseMiddleware, Bot, Dispatcher, F, Router, methods, types
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
    from aiogram.filters import Command, CommandObject, CommandStart, StateFilter
    from aiogram.filters.callback_data import CallbackData
    from aiogram.fsm.context import FSMContext
    from aiogram.fsm.state import State, StatesGroup
    from aiogram.fsm.storage.base import DefaultKeyBuilder
    from aiogram.fsm.storage.redis import RedisStorage
    from aiogram.types import BufferedInputFile, FSInputFile

__all__ = [
    "PRODUCTION",
    "AiohttpSession",
    "BaseMiddleware",
    "Bot",
    "BufferedInputFile",
    "CallbackData",
    "ClientDecodeError",
    "Command",
    "CommandObject",
    "CommandStart",
    "DefaultKeyBuilder",
    "Dispatcher",
    "F",
    "FSInputFile",
    "FSMContext",
    "RedisStorage",
    "Router",
    "State",
    "StateFilter",
    "StatesGroup",
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


def _names() -> dict[str, Any]:
    """Return the names that models call each other by, which are only known together here."""
    names: dict[str, Any] = {name: getattr(types, name) for name in types.__all__}
    names |= {name: getattr(typing, name) for name in ("List", "Literal", "Optional", "Union")}
    return names | {"Default": vars(types)["_Default"]}


def _resolve_references_of(*bases: type[BaseModel]) -> None:
    """Let models below these bases find each other when the time comes to build them."""
    names = _names()
    rebuild: Any = BaseModel.__dict__["model_rebuild"].__func__

    def with_names(cls: type[BaseModel], /, **how: Any) -> bool | None:
        how.setdefault("_types_namespace", names)
        done: bool | None = rebuild(cls, **how)
        return done

    for base in bases:
        base.model_rebuild = classmethod(with_names)  # type: ignore[assignment]


_resolve_references_of(types.TelegramObject, methods.TelegramMethod, methods.Response)
