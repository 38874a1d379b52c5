"""NotificationService: chats, preferences, and what was sent."""

from typing import Any

import grpc

from chassis import clock
from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.paging import next_page_token, read_page
from contracts.notifications.v1.mini_app_service_pb2 import (
    CreateMiniAppSignInCodeRequest,
    CreateMiniAppSignInCodeResponse,
    LinkMiniAppChatRequest,
    LinkMiniAppChatResponse,
)
from contracts.notifications.v1.mini_app_service_pb2_grpc import MiniAppServiceServicer
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
from services.notifications.auth_client import AuthGateway
from services.notifications.cache import Cache
from services.notifications.domain.errors import BotNotConfigured
from services.notifications.domain.people import Person
from services.notifications.telegram import Telegram
from services.notifications.translate import preferences as translate
from services.notifications.use_cases import links, mini_app, preferences

MINI_APP_PUBLIC = ("CreateMiniAppSignInCode",)
"""Nobody is signed in yet: what Telegram has signed says who it is."""

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


class MiniAppServicer(MiniAppServiceServicer):
    """Serves people who open the web app inside Telegram.

    Args:
        database: Holds the links of chats.
        cache: Counts how often a launch was used.
        telegram: The bot whose Mini App it is; None without one.
        auth: Creates accounts and sign-in codes; None without a delegation secret.
        now: The clock.
    """

    def __init__(
        self,
        database: Database,
        cache: Cache,
        telegram: Telegram | None,
        auth: AuthGateway | None,
        *,
        now: Clock = clock.now,
    ) -> None:
        self._database = database
        self._cache = cache
        self._telegram = telegram
        self._auth = auth
        self._now = now

    async def CreateMiniAppSignInCode(
        self, request: CreateMiniAppSignInCodeRequest, context: Context
    ) -> CreateMiniAppSignInCodeResponse:
        """Create a code for the account of a Telegram user."""
        if self._auth is None:
            raise BotNotConfigured
        now, wanted = self._now(), request.registration
        launch = mini_app.read_launch(self._telegram, request.init_data, now=now)
        async with self._database.transaction() as session:
            person = await links.find_owner(session, launch.user.id)
        mini_app.require_linked(person, registers=request.HasField("registration"))
        await mini_app.spend_launch(self._cache, launch)
        if person is None:
            person = await mini_app.register(
                self._auth, launch, timezone=wanted.timezone, locale=wanted.locale
            )
            async with self._database.transaction() as session:
                await mini_app.link_new_person(session, person, launch.user, now=now)
        code = await self._auth.create_sign_in_code(person.owner_id)
        return CreateMiniAppSignInCodeResponse(code=code)

    async def LinkMiniAppChat(
        self, request: LinkMiniAppChatRequest, context: Context
    ) -> LinkMiniAppChatResponse:
        """Link the chat of a Telegram user with the caller."""
        person, now = Person(owner_id=current_caller().id), self._now()
        launch = mini_app.read_launch(self._telegram, request.init_data, now=now)
        await mini_app.spend_launch(self._cache, launch)
        async with self._database.transaction() as session:
            chat = await mini_app.link_user(session, person, launch.user, now=now)
        return LinkMiniAppChatResponse(chat_link=translate.chat_to_wire(chat))
