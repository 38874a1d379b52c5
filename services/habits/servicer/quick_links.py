"""QuickLinkService: secret addresses that check one habit in."""

from uuid import UUID

from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from chassis.rpc.paging import next_page_token, read_page
from contracts.habits.v1 import quick_link_service_pb2 as rpc
from contracts.habits.v1 import quick_link_service_pb2_grpc as grpc_service
from services.habits.translate import quick_links as translate
from services.habits.translate.callers import person_from_caller
from services.habits.use_cases import quick_links

PUBLIC = ("GetQuickLink", "UseQuickLink")
"""Tags and shortcuts have no access token: the secret of the address is enough."""


class QuickLinkServicer(grpc_service.QuickLinkServiceServicer):
    """Checks a habit in for whoever knows the address of one of its quick links.

    Args:
        database: The service's database.
        now: The clock.
    """

    def __init__(self, database: Database, *, now: Clock) -> None:
        self._database = database
        self._now = now

    async def CreateQuickLink(
        self, request: rpc.CreateQuickLinkRequest, context: Context
    ) -> rpc.CreateQuickLinkResponse:
        """Create a quick link."""
        person = person_from_caller(current_caller())
        wanted = translate.new_link_from_wire(request)
        async with self._database.transaction() as session:
            link, secret = await quick_links.create_quick_link(
                session, person, wanted, now=self._now()
            )
        return rpc.CreateQuickLinkResponse(quick_link=translate.link_to_wire(link), secret=secret)

    async def ListQuickLinks(
        self, request: rpc.ListQuickLinksRequest, context: Context
    ) -> rpc.ListQuickLinksResponse:
        """List the caller's quick links."""
        person, page = person_from_caller(current_caller()), read_page(request)
        async with self._database.transaction() as session:
            found = await quick_links.list_quick_links(
                session,
                person.id,
                after=UUID(page.after[0]) if page.after else None,
                limit=page.size + 1,
            )
        shown = found[: page.size]
        return rpc.ListQuickLinksResponse(
            quick_links=map(translate.link_to_wire, shown),
            next_page_token=next_page_token(request, [str(shown[-1].id)])
            if len(found) > page.size
            else "",
        )

    async def DeleteQuickLink(
        self, request: rpc.DeleteQuickLinkRequest, context: Context
    ) -> rpc.DeleteQuickLinkResponse:
        """Delete a quick link."""
        person = person_from_caller(current_caller())
        link_id = translate.link_id_from_wire(request.quick_link_id)
        async with self._database.transaction() as session:
            await quick_links.delete_quick_link(session, person.id, link_id)
        return rpc.DeleteQuickLinkResponse()

    async def GetQuickLink(
        self, request: rpc.GetQuickLinkRequest, context: Context
    ) -> rpc.GetQuickLinkResponse:
        """Get what a quick link would do, by its secret."""
        async with self._database.connection() as connection:
            shown = await quick_links.get_quick_link(connection, request.secret)
        return translate.shown_to_wire(shown)

    async def UseQuickLink(
        self, request: rpc.UseQuickLinkRequest, context: Context
    ) -> rpc.UseQuickLinkResponse:
        """Check the habit of a quick link in."""
        async with self._database.connection() as connection:
            use = await quick_links.use_quick_link(connection, request.secret, now=self._now())
        return translate.use_to_wire(use)
