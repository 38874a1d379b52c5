"""Asks the services for what has changed; waits end with the request, its session or the edge."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import grpc

from chassis.context import current_context, use_context
from chassis.identity import TokenVerifier
from contracts.auth.v1.auth_service_pb2 import GetAccountRequest
from contracts.habits.v1.delta_service_pb2 import GetDeltaRequest, GetDeltaResponse
from contracts.notifications.v1.notification_service_pb2 import GetPreferencesRequest
from edge.auth.translate import user_from_wire
from edge.changes.translate import changes_from_wire
from edge.clients import Clients
from edge.notifications.translate import preferences_from_wire

type Json = dict[str, Any]

LONGEST_WAIT_SECONDS = 25

_SETTINGS_MISSING = "~"
"""Before a cursor: the services of the settings did not answer, so they come with the next page."""
_RESPONSE_SECONDS = 10.0
_SETTINGS_SECONDS = 2.0
_CHECK_SECONDS = 1.0


class ChangeSource:
    """What has changed of one person's, as their access token may read it.

    Args:
        clients: Stubs of the services.
        verifier: Notices that the session has ended; only the services do when None.
        stop: When it is set, no wait goes on.
    """

    def __init__(
        self, clients: Clients, verifier: TokenVerifier | None, stop: asyncio.Event
    ) -> None:
        self._clients = clients
        self._verifier = verifier
        self._stop = stop
        self._context = current_context()

    @property
    def is_stopping(self) -> bool:
        """Whether the edge stops."""
        return self._stop.is_set()

    async def present_cursor(self) -> str:
        """Return a cursor of the present."""
        answer = await self._get(GetDeltaRequest(cursor_only=True), 0)
        cursor: str = answer.cursor
        return cursor

    async def get(
        self,
        cursor: str,
        wait_seconds: int,
        is_disconnected: Callable[[], Awaitable[bool]] | None = None,
    ) -> GetDeltaResponse | None:
        """Return what has changed, once something has; None if the wait has to end without.

        Raises:
            Unauthenticated: The session has ended meanwhile.
        """
        request = GetDeltaRequest(cursor=cursor.removeprefix(_SETTINGS_MISSING))
        request.wait_duration.FromTimedelta(timedelta(seconds=wait_seconds))
        delta = await self._wait(request, wait_seconds, is_disconnected)
        if delta is not None and cursor.startswith(_SETTINGS_MISSING):
            delta.settings_changed = True
        return delta

    async def as_json(self, delta: GetDeltaResponse) -> Json:
        """Return a page as JSON, with the settings of the person if they may have changed.

        Settings are read after the page: they are at least as new as what it says.
        """
        if not delta.settings_changed:
            return changes_from_wire(delta, {})
        try:
            return changes_from_wire(delta, await self._settings())
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.PERMISSION_DENIED:
                return changes_from_wire(delta, {})
            shown = changes_from_wire(delta, {})
            shown["cursor"] = _SETTINGS_MISSING + delta.cursor
            return shown

    async def _wait(
        self,
        request: GetDeltaRequest,
        wait_seconds: int,
        is_disconnected: Callable[[], Awaitable[bool]] | None,
    ) -> GetDeltaResponse | None:
        if not wait_seconds:
            return await self._get(request, 0)
        call = asyncio.ensure_future(self._get(request, wait_seconds))
        try:
            while not call.done():
                await asyncio.wait([call], timeout=_CHECK_SECONDS)
                if call.done():
                    break
                if self._verifier is not None:
                    self._verifier.verify(self._context.token)
                if self.is_stopping or (is_disconnected and await is_disconnected()):
                    return None
            return call.result()
        finally:
            call.cancel()
            with contextlib.suppress(asyncio.CancelledError, grpc.aio.AioRpcError):
                await call

    async def _get(self, request: GetDeltaRequest, wait_seconds: int) -> GetDeltaResponse:
        deadline = time.monotonic() + wait_seconds + _RESPONSE_SECONDS
        with use_context(replace(self._context, deadline=deadline)):
            call = self._clients.deltas.GetDelta(request)
        answer: GetDeltaResponse = await call
        return answer

    async def _settings(self) -> Json:
        """Return profile and preferences; none without the scope for them."""
        deadline = time.monotonic() + _SETTINGS_SECONDS
        with use_context(replace(self._context, deadline=deadline)):
            account = self._clients.auth.GetAccount(GetAccountRequest())
            preferences = self._clients.notifications.GetPreferences(GetPreferencesRequest())
        profile = user_from_wire((await account).account)
        shown = preferences_from_wire((await preferences).preferences)
        return {
            "profile": profile.model_dump(mode="json"),
            "preferences": shown.model_dump(mode="json", by_alias=True),
        }
