"""`/v1/quick-links`, and `/v1/quick/{secret}`: a check-in by whoever knows the address."""

from typing import Annotated, Any

import grpc
from fastapi import Path, Request, Response
from fastapi.responses import HTMLResponse

from chassis.rpc.status import refusal_details
from contracts.habits.v1 import quick_link_service_pb2 as rpc
from edge.bearer import require_access_token
from edge.clients import InjectedClients
from edge.habits.responses import json_response, page_response
from edge.habits.translate.check_ins import outcome_from_wire
from edge.habits.translate.values import amount_from_wire, amount_to_wire, moment_from_wire
from edge.json_bodies import Router
from edge.openapi import UNAUTHENTICATED, Responses, refusals
from edge.parameters import PageSize, PageToken
from edge.problems import HTTP_STATUS
from edge.quick import pages
from edge.quick.schemas import CreatedQuickLink, NewQuickLink, QuickCheckIn, QuickLink
from edge.quick.texts import message_of
from edge.schemas import Page

router = Router(prefix="/v1", tags=["quick links"])

_SIGNED_IN = [require_access_token]
_NOT_FOUND = refusals((404, "QUICK_LINK_NOT_FOUND", "There is no such quick link."))
_PAGE: Responses = {
    200: {
        "description": "A page with a button. It changes nothing.",
        "content": {"text/html": {"schema": {"type": "string"}}},
    }
}
_RESULT: Responses = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}

type Secret = Annotated[str, Path(max_length=100)]


@router.post(
    "/quick-links",
    status_code=201,
    response_model=CreatedQuickLink,
    dependencies=_SIGNED_IN,
    responses=UNAUTHENTICATED
    | refusals(
        (404, "HABIT_NOT_FOUND", "There is no habit of yours with this id."),
        (409, "TOO_MANY_QUICK_LINKS", "You have 100 quick links. Delete one you do not use."),
        (422, "AMOUNT_MISSING", "A quantity habit needs an amount."),
    ),
)
async def create_quick_link(
    body: NewQuickLink, request: Request, clients: InjectedClients
) -> Response:
    """Create an address that checks a habit in. It is shown once; only its digest is stored."""
    link = rpc.QuickLink(
        habit_id=body.habit_id, title=body.title, amount=amount_to_wire(body.amount)
    )
    created = await clients.quick_links.CreateQuickLink(rpc.CreateQuickLinkRequest(quick_link=link))
    url = f"{str(request.base_url).rstrip('/')}{pages.PREFIX}{created.secret}"
    return json_response(_link_from_wire(created.quick_link) | {"url": url}, 201)


@router.get(
    "/quick-links",
    response_model=Page[QuickLink],
    dependencies=_SIGNED_IN,
    responses=UNAUTHENTICATED,
)
async def list_quick_links(
    clients: InjectedClients, page_size: PageSize = 0, page_token: PageToken = ""
) -> Response:
    """List your quick links, oldest first. Their addresses are not shown again."""
    found = await clients.quick_links.ListQuickLinks(
        rpc.ListQuickLinksRequest(page_size=page_size, page_token=page_token)
    )
    return page_response([_link_from_wire(it) for it in found.quick_links], found.next_page_token)


@router.delete(
    "/quick-links/{quick_link_id}",
    status_code=204,
    dependencies=_SIGNED_IN,
    responses=UNAUTHENTICATED | _NOT_FOUND,
)
async def delete_quick_link(quick_link_id: str, clients: InjectedClients) -> None:
    """Delete a quick link: its address stops working at once."""
    request = rpc.DeleteQuickLinkRequest(quick_link_id=quick_link_id)
    await clients.quick_links.DeleteQuickLink(request)


@router.get("/quick/{secret}", response_class=HTMLResponse, responses=_PAGE | _NOT_FOUND)
async def show_quick_link(secret: Secret, request: Request, clients: InjectedClients) -> Response:
    """Show a page with a button that checks in. No access token: the address is the secret.

    A `GET` changes nothing, so previews of links are safe. With `#now` after the address, the page
    presses its button as soon as it is seen.
    """
    try:
        shown = await clients.quick_links.GetQuickLink(rpc.GetQuickLinkRequest(secret=secret))
    except grpc.aio.AioRpcError as error:
        return _refused(request, error)
    return HTMLResponse(pages.button_page(shown))


@router.post(
    "/quick/{secret}",
    response_model=QuickCheckIn,
    responses=_RESULT
    | _NOT_FOUND
    | refusals((409, "HABIT_ARCHIVED", "The habit is archived. Restore it first.")),
)
async def use_quick_link(secret: Secret, request: Request, clients: InjectedClients) -> Response:
    """Check the habit of a quick link in for its owner's today. No access token is needed.

    Within 10 seconds of the last use nothing is counted, and the answer says so. A browser gets a
    page, everything else JSON; a body is ignored.
    """
    try:
        used = await clients.quick_links.UseQuickLink(rpc.UseQuickLinkRequest(secret=secret))
    except grpc.aio.AioRpcError as error:
        return _refused(request, error)
    if _wants_page(request):
        return HTMLResponse(pages.result_page(used))
    check_in = None if used.repeated_tap else outcome_from_wire(used.outcome)
    return json_response(
        {
            "habit_title": used.quick_link.habit_title,
            "message": message_of(used),
            "repeated_tap": used.repeated_tap,
            "check_in": check_in,
        }
    )


def _refused(request: Request, error: grpc.aio.AioRpcError) -> Response:
    """Return the page of a refusal for a browser.

    Raises:
        AioRpcError: It is for somebody else, or no refusal.
    """
    details = refusal_details(error)
    if not details.reason or not _wants_page(request):
        raise error
    status = HTTP_STATUS.get(details.code, 500)
    found = status != 404
    page = pages.refused_page(details.message) if found else pages.not_found_page()
    return HTMLResponse(page, status)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _link_from_wire(link: rpc.QuickLink) -> dict[str, Any]:
    used = link.HasField("use_time")
    return {
        "id": link.id,
        "habit_id": link.habit_id,
        "title": link.title,
        "amount": amount_from_wire(link.amount),
        "create_time": moment_from_wire(link.create_time),
        "use_time": moment_from_wire(link.use_time) if used else None,
    }
