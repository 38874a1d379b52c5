"""AccountEventService: the audit log of the caller's account."""

from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from chassis.rpc.paging import next_page_token, read_page
from contracts.auth.v1 import account_event_service_pb2 as rpc
from contracts.auth.v1.account_event_service_pb2_grpc import AccountEventServiceServicer
from services.auth.translate import account_events as translate
from services.auth.use_cases import account_events


class AccountEventServicer(AccountEventServiceServicer):
    """Serves the audit log.

    Args:
        database: Holds it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ListAccountEvents(
        self, request: rpc.ListAccountEventsRequest, context: Context
    ) -> rpc.ListAccountEventsResponse:
        """List what happened to the caller's account, newest first."""
        page = read_page(request)
        before = translate.before_from_page(page)
        async with self._database.transaction() as session:
            found = await account_events.list_events(
                session, current_caller().id, before=before, limit=page.size + 1
            )
        shown = found[: page.size]
        more = len(found) > page.size
        return rpc.ListAccountEventsResponse(
            events=map(translate.event_to_wire, shown),
            next_page_token=next_page_token(request, [str(shown[-1].id)]) if more else "",
        )
