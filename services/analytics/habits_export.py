"""The export stream of the habits service, with a token that auth gives for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.context import RequestContext, use_context
from chassis.rpc.channel import connect
from chassis.tls_files import TlsFiles
from contracts.auth.v1 import auth_service_pb2
from contracts.auth.v1.auth_service_pb2_grpc import AuthServiceStub
from contracts.habits.v1 import check_in_service_pb2
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub

ACTOR = "analytics"


@asynccontextmanager
async def open_export(
    *, auth_target: str, habits_target: str, delegation_secret: str, tls: TlsFiles | None
) -> AsyncIterator[CheckInServiceStub]:
    """Open a channel to habits inside the block, in a context whose token may export."""
    request = auth_service_pb2.ExchangeTokenRequest(
        delegation_secret=delegation_secret, actor=ACTOR, scope="export"
    )
    async with connect(auth_target, auth_service_pb2.DESCRIPTOR, tls=tls) as channel:
        answer = await AuthServiceStub(channel).ExchangeToken(request)
    async with connect(habits_target, check_in_service_pb2.DESCRIPTOR, tls=tls) as channel:
        with use_context(RequestContext(token=answer.access_token)):
            yield CheckInServiceStub(channel)
