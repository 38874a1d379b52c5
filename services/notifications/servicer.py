"""gRPC: read, do, write."""

from typing import Any

import grpc

from chassis import clock
from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.paging import next_page_token, read_page
from contracts.notifications.v1.notification_service_pb2 import (
    CreateChatLinkRequest,
    CreateChatLinkResponse,
    DeleteChatLinkRequest,
    DeleteChatLinkResponse,
    GetChatLinkRequest,
    GetChatLinkResponse,
    GetPreferencesRequest,
    GetPreferencesResponse,
    ListDeliveriesRequest,
    ListDeliveriesResponse,
    UpdatePreferencesRequest,
    UpdatePreferencesResponse,
)
from contracts.notifications.v1.notification_service_pb2_grpc import NotificationServiceServicer
from services.notifications.cache import Cache
from services.notifications.telegram import Telegram
from services.notifications.translate import preferences as translate
from services.notifications.use_cases import links, preferences

type Context = grpc.aio.ServicerContext[Any, Any]


class NotificationServicer(NotificationServiceServicer):
    """Serves what people ask of their chat, their preferences and their messages."""

    def __init__(
        self,
        database: Database,
        cache: Cache,
        telegram: Telegram | None,
        *,
        now: Clock = clock.now,
    ) -> None:
        self._database = database
        self._cache = cache
        self._telegram = telegram
        self._now = now

    async def CreateChatLink(
        self, request: CreateChatLinkRequest, context: Context
    ) -> CreateChatLinkResponse:
        """Make a deep link."""
        owner_id = current_caller().id
        link = await links.create_link(self._cache, self._telegram, owner_id, now=self._now())
        return translate.link_to_wire(link)

    async def GetChatLink(
        self, request: GetChatLinkRequest, context: Context
    ) -> GetChatLinkResponse:
        """Return the linked chat."""
        async with self._database.transaction() as session:
            chat = await links.get_chat(session, current_caller().id)
        return GetChatLinkResponse(chat_link=translate.chat_to_wire(chat))

    async def DeleteChatLink(
        self, request: DeleteChatLinkRequest, context: Context
    ) -> DeleteChatLinkResponse:
        """Delete the chat link."""
        async with self._database.transaction() as session:
            await links.unlink(session, current_caller().id)
        return DeleteChatLinkResponse()

    async def GetPreferences(
        self, request: GetPreferencesRequest, context: Context
    ) -> GetPreferencesResponse:
        """Return the caller's preferences for messages."""
        async with self._database.transaction() as session:
            chosen = await preferences.get_preferences(session, current_caller().id)
        return GetPreferencesResponse(preferences=translate.preferences_to_wire(chosen))

    async def UpdatePreferences(
        self, request: UpdatePreferencesRequest, context: Context
    ) -> UpdatePreferencesResponse:
        """Change the caller's preferences for messages."""
        values = translate.changes_from_wire(request)
        async with self._database.transaction() as session:
            stored = await preferences.update_preferences(session, current_caller().id, values)
        return UpdatePreferencesResponse(preferences=translate.preferences_to_wire(stored))

    async def ListDeliveries(
        self, request: ListDeliveriesRequest, context: Context
    ) -> ListDeliveriesResponse:
        """List what was sent."""
        page = read_page(request)
        after = translate.delivery_id_from_page(page.after)
        async with self._database.transaction() as session:
            found = await preferences.list_deliveries(
                session, current_caller().id, after=after, limit=page.size + 1
            )
        shown = found[: page.size]
        more = len(found) > page.size
        return ListDeliveriesResponse(
            deliveries=[translate.delivery_to_wire(delivery) for delivery in shown],
            next_page_token=next_page_token(request, [str(shown[-1].id)]) if more else "",
        )
