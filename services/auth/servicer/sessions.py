"""SessionService: where the caller is signed in."""

from chassis.clock import Clock
from chassis.clock import now as clock_now
from chassis.database import Database
from chassis.identity import current_caller
from chassis.rpc.interceptors import Context
from contracts.auth.v1 import session_service_pb2 as rpc
from contracts.auth.v1.session_service_pb2_grpc import SessionServiceServicer
from services.auth.domain.account_event import EventKind
from services.auth.translate import sessions as translate
from services.auth.use_cases import sessions
from services.auth.use_cases.account_events import record_event
from services.auth.use_cases.dependencies import AuthDependencies


class SessionServicer(SessionServiceServicer):
    """Lists and ends the caller's sessions.

    Args:
        database: Holds the audit log.
        dependencies: What the use cases need.
        now: The clock.
    """

    def __init__(
        self, database: Database, dependencies: AuthDependencies, *, now: Clock = clock_now
    ) -> None:
        self._database = database
        self._dependencies = dependencies
        self._now = now

    async def ListSessions(
        self, request: rpc.ListSessionsRequest, context: Context
    ) -> rpc.ListSessionsResponse:
        """List the caller's sessions."""
        caller = current_caller()
        found = await sessions.list_sessions(self._dependencies, caller.id)
        return rpc.ListSessionsResponse(
            sessions=[
                translate.session_to_wire(one, current=one.id == caller.session_id) for one in found
            ]
        )

    async def DeleteSession(
        self, request: rpc.DeleteSessionRequest, context: Context
    ) -> rpc.DeleteSessionResponse:
        """End one of the caller's sessions."""
        session_id = translate.session_id_from_wire(request.session_id)
        caller_id = current_caller().id
        await sessions.end_session_of(self._dependencies, caller_id, session_id)
        async with self._database.transaction() as session:
            await record_event(
                session,
                caller_id,
                EventKind.SESSION_ENDED,
                now=self._now(),
                subject_id=session_id,
            )
        return rpc.DeleteSessionResponse()
