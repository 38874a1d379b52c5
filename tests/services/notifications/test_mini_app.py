"""People who come by the Mini App, before a real auth."""

from collections.abc import AsyncIterator
from random import randrange
from uuid import UUID

import grpc
import pytest

from chassis.context import RequestContext, use_context
from chassis.database import Database
from chassis.rpc.channel import connect
from chassis.rpc.server import Server
from chassis.rpc.status import refusal_details
from contracts.auth.v1.credential_service_pb2 import SignInWithCodeRequest
from contracts.notifications.v1 import mini_app_service_pb2
from contracts.notifications.v1.mini_app_service_pb2 import (
    CreateMiniAppSignInCodeRequest,
    LinkMiniAppChatRequest,
    Registration,
)
from contracts.notifications.v1.mini_app_service_pb2_grpc import (
    MiniAppServiceStub,
    add_MiniAppServiceServicer_to_server,
)
from services.notifications.auth_client import AuthGateway
from services.notifications.cache import Cache
from services.notifications.domain.init_data import MOST_USES
from services.notifications.domain.people import Person as StoredPerson
from services.notifications.servicer import MINI_APP_PUBLIC, MiniAppServicer
from services.notifications.telegram import Telegram
from services.notifications.use_cases import events
from tests.launches import a_launch
from tests.services.auth.running import DELEGATION_SECRET, RunningAuth, registered
from tests.services.notifications.bot.whole import neighbors_url, real_auth

__all__ = ["neighbors_url", "real_auth"]

BERLIN = Registration(timezone="Europe/Berlin")


@pytest.fixture
async def mini_app(
    database: Database, cache: Cache, gateway: Telegram, real_auth: RunningAuth
) -> AsyncIterator[MiniAppServiceStub]:
    async def healthy() -> bool:
        return True

    auth = AuthGateway(real_auth.stub, real_auth.credentials, delegation_secret=DELEGATION_SECRET)
    servicer = MiniAppServicer(database, cache, gateway, auth)
    server = Server(
        "notifications", listen="127.0.0.1:0", verifier=real_auth.verifier, healthy=healthy
    )
    server.add(add_MiniAppServiceServicer_to_server, servicer, public=MINI_APP_PUBLIC)
    async with (
        server.running(),
        connect(f"127.0.0.1:{server.port}", mini_app_service_pb2.DESCRIPTOR) as channel,
    ):
        yield MiniAppServiceStub(channel)


@pytest.fixture
def user_id() -> int:
    return randrange(10**9, 10**10)


async def code_of(
    mini_app: MiniAppServiceStub, launch: str, registration: Registration | None = None
) -> str:
    request = CreateMiniAppSignInCodeRequest(init_data=launch, registration=registration)
    return (await mini_app.CreateMiniAppSignInCode(request)).code


async def reason_of(
    mini_app: MiniAppServiceStub, launch: str, registration: Registration | None = None
) -> str:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await code_of(mini_app, launch, registration)
    return refusal_details(caught.value).reason


async def test_a_stranger_registers_right_there_and_is_known_from_then_on(
    mini_app: MiniAppServiceStub, gateway: Telegram, real_auth: RunningAuth, user_id: int
) -> None:
    launch = a_launch(gateway.token, user_id)
    assert await reason_of(mini_app, launch) == "TELEGRAM_NOT_LINKED"
    signed_in = []
    for sent in (launch, a_launch(gateway.token, user_id, query_id="later")):
        code = await code_of(mini_app, sent, BERLIN)
        request = SignInWithCodeRequest(code=code)
        signed_in.append(await real_auth.credentials.SignInWithCode(request))
    first, second = (it.account for it in signed_in)
    assert first == second
    assert (first.display_name, first.timezone) == ("Ada Łovelace", "Europe/Berlin")


async def test_a_launch_signs_in_a_few_times_and_no_more(
    mini_app: MiniAppServiceStub, gateway: Telegram, user_id: int
) -> None:
    launch = a_launch(gateway.token, user_id)
    codes = [await code_of(mini_app, launch, BERLIN) for _ in range(MOST_USES)]
    assert len(set(codes)) == MOST_USES
    assert await reason_of(mini_app, launch, BERLIN) == "INIT_DATA_USED"


async def test_what_the_bot_did_not_get_is_refused(
    mini_app: MiniAppServiceStub, user_id: int
) -> None:
    assert await reason_of(mini_app, a_launch("1:another", user_id), BERLIN) == "INIT_DATA_INVALID"


async def test_an_account_needs_a_time_zone_that_there_is(
    mini_app: MiniAppServiceStub, gateway: Telegram, user_id: int
) -> None:
    launch = a_launch(gateway.token, user_id)
    reason = await reason_of(mini_app, launch, Registration(timezone="Moon/Tycho"))
    assert reason == "REGISTRATION_REFUSED"


async def test_an_account_is_linked_with_the_chat_it_is_opened_in(
    mini_app: MiniAppServiceStub,
    database: Database,
    gateway: Telegram,
    real_auth: RunningAuth,
    user_id: int,
) -> None:
    ada = await registered(real_auth)
    async with database.transaction() as session:
        stored = StoredPerson(owner_id=UUID(ada.account.id), revision=1)
        await events.upsert_person(session, stored)
    request = LinkMiniAppChatRequest(init_data=a_launch(gateway.token, user_id))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await mini_app.LinkMiniAppChat(request)
    assert refusal_details(caught.value).reason == "ACCESS_TOKEN_MISSING"
    with use_context(RequestContext(token=ada.tokens.access_token)):
        linked = (await mini_app.LinkMiniAppChat(request)).chat_link
    assert linked.masked_chat_id == f"•••{str(user_id)[-3:]}"
    code = await code_of(mini_app, a_launch(gateway.token, user_id, query_id="later"))
    answer = await real_auth.credentials.SignInWithCode(SignInWithCodeRequest(code=code))
    assert answer.account.id == ada.account.id
