"""`/v1/telegram/link` and `/v1/notifications/…`."""

from contracts.notifications.v1.mini_app_service_pb2 import LinkMiniAppChatRequest
from contracts.notifications.v1.notification_service_pb2 import (
    CreateChatLinkRequest,
    DeleteChatLinkRequest,
    GetChatLinkRequest,
    GetPreferencesRequest,
    ListDeliveriesRequest,
)
from edge.bearer import require_access_token
from edge.clients import InjectedClients
from edge.json_bodies import Router
from edge.notifications.schemas import (
    Delivery,
    LaunchBody,
    Link,
    LinkedChat,
    Preferences,
    PreferencesChange,
)
from edge.notifications.translate import (
    change_to_wire,
    chat_from_wire,
    deliveries_from_wire,
    link_from_wire,
    preferences_from_wire,
)
from edge.openapi import UNAUTHENTICATED, refusals
from edge.parameters import PageSize, PageToken
from edge.schemas import Page

router = Router(
    prefix="/v1",
    tags=["notifications"],
    dependencies=[require_access_token],
    responses=UNAUTHENTICATED,
)


@router.post(
    "/telegram/link",
    status_code=201,
    responses=refusals(
        (409, "BOT_NOT_CONFIGURED", "There is no Telegram bot here."),
        (429, "TOO_MANY_LINKS", "That were many links in a short time. Use the last one."),
    ),
)
async def create_chat_link(clients: InjectedClients) -> Link:
    """Create a deep link: open it on your phone and press Start to link the chat."""
    return link_from_wire(await clients.notifications.CreateChatLink(CreateChatLinkRequest()))


@router.put(
    "/telegram/link",
    responses=refusals(
        (401, "INIT_DATA_INVALID", "Telegram has not signed this launch data for the bot."),
        (401, "INIT_DATA_EXPIRED", "This launch is older than an hour. Open the app again."),
        (401, "INIT_DATA_USED", "This launch has been used already. Open the app again."),
        (404, "CHAT_NOT_LINKED", "No chat is linked. Ask for a link and open it."),
        (409, "BOT_NOT_CONFIGURED", "There is no Telegram bot here."),
    ),
)
async def link_mini_app_chat(body: LaunchBody, clients: InjectedClients) -> LinkedChat:
    """Link the chat of the Telegram user who has opened the Mini App, in place of any before."""
    response = await clients.mini_app.LinkMiniAppChat(
        LinkMiniAppChatRequest(init_data=body.init_data)
    )
    return chat_from_wire(response.chat_link)


@router.get(
    "/telegram/link",
    responses=refusals((404, "CHAT_NOT_LINKED", "No chat is linked. Ask for a link and open it.")),
)
async def get_chat_link(clients: InjectedClients) -> LinkedChat:
    """Return the linked chat, its id masked."""
    response = await clients.notifications.GetChatLink(GetChatLinkRequest())
    return chat_from_wire(response.chat_link)


@router.delete("/telegram/link", status_code=204)
async def delete_chat_link(clients: InjectedClients) -> None:
    """Unlink the chat and drop its pending messages. Without a linked chat nothing happens."""
    await clients.notifications.DeleteChatLink(DeleteChatLinkRequest())


@router.get("/notifications/preferences")
async def get_preferences(clients: InjectedClients) -> Preferences:
    """Return your notification preferences."""
    response = await clients.notifications.GetPreferences(GetPreferencesRequest())
    return preferences_from_wire(response.preferences)


@router.patch(
    "/notifications/preferences",
    responses=refusals(
        (422, "QUIET_HOURS_EMPTY", "Quiet hours begin and end at 22:00. Choose two times.")
    ),
)
async def update_preferences(body: PreferencesChange, clients: InjectedClients) -> Preferences:
    """Update your notification preferences. A field that is left out is unchanged."""
    response = await clients.notifications.UpdatePreferences(change_to_wire(body))
    return preferences_from_wire(response.preferences)


@router.get(
    "/notifications/deliveries",
    responses=refusals((422, "PAGE_TOKEN_INVALID", "The page token does not belong here.")),
)
async def list_deliveries(
    clients: InjectedClients, page_size: PageSize = 0, page_token: PageToken = ""
) -> Page[Delivery]:
    """List sent and pending messages with their outcomes, newest first; kept for 90 days."""
    request = ListDeliveriesRequest(page_size=page_size, page_token=page_token)
    return deliveries_from_wire(await clients.notifications.ListDeliveries(request))
