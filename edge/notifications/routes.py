"""`/v1/telegram/link` and `/v1/notifications/…`."""

from fastapi import APIRouter

from contracts.notifications.v1.notification_service_pb2 import (
    CreateChatLinkRequest,
    DeleteChatLinkRequest,
    GetChatLinkRequest,
    GetPreferencesRequest,
    ListDeliveriesRequest,
)
from edge.bearer import signed_in
from edge.clients import Mesh
from edge.notifications.schemas import (
    Delivery,
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
from edge.openapi import SIGNED_IN, refused
from edge.parameters import PageSize, PageToken
from edge.schemas import Page

router = APIRouter(
    prefix="/v1", tags=["notifications"], dependencies=[signed_in], responses=SIGNED_IN
)


@router.post(
    "/telegram/link",
    status_code=201,
    responses=refused(
        (409, "BOT_NOT_CONFIGURED", "There is no Telegram bot here."),
        (429, "TOO_MANY_LINKS", "That were many links in a short time. Use the last one."),
    ),
)
async def create_chat_link(mesh: Mesh) -> Link:
    """Make a deep link: open it on your phone, press Start, and the chat is linked."""
    return link_from_wire(await mesh.notifications.CreateChatLink(CreateChatLinkRequest()))


@router.get(
    "/telegram/link",
    responses=refused((404, "CHAT_NOT_LINKED", "No chat is linked. Ask for a link and open it.")),
)
async def get_chat_link(mesh: Mesh) -> LinkedChat:
    """Return the linked chat, its id masked."""
    response = await mesh.notifications.GetChatLink(GetChatLinkRequest())
    return chat_from_wire(response.chat_link)


@router.delete("/telegram/link", status_code=204)
async def delete_chat_link(mesh: Mesh) -> None:
    """Forget the linked chat, and whatever waits to be sent to it. No chat is no error."""
    await mesh.notifications.DeleteChatLink(DeleteChatLinkRequest())


@router.get("/notifications/preferences")
async def get_preferences(mesh: Mesh) -> Preferences:
    """Return what you want to be told, and when."""
    response = await mesh.notifications.GetPreferences(GetPreferencesRequest())
    return preferences_from_wire(response.preferences)


@router.patch(
    "/notifications/preferences",
    responses=refused(
        (422, "QUIET_HOURS_EMPTY", "Quiet hours begin and end at 22:00. Choose two times.")
    ),
)
async def update_preferences(body: PreferencesChange, mesh: Mesh) -> Preferences:
    """Change what you want to be told. A field that is left out stays as it is."""
    response = await mesh.notifications.UpdatePreferences(change_to_wire(body))
    return preferences_from_wire(response.preferences)


@router.get(
    "/notifications/deliveries",
    responses=refused((422, "PAGE_TOKEN_INVALID", "The page token does not belong here.")),
)
async def list_deliveries(
    mesh: Mesh, page_size: PageSize = 0, page_token: PageToken = ""
) -> Page[Delivery]:
    """List what was sent, newest first, with what became of it; kept for 90 days."""
    request = ListDeliveriesRequest(page_size=page_size, page_token=page_token)
    return deliveries_from_wire(await mesh.notifications.ListDeliveries(request))
