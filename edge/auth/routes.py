"""`/v1/auth/…`, `/v1/me` and the public keys."""

import asyncio
import logging

import grpc
from fastapi import Request, Response

from contracts.auth.v1.auth_service_pb2 import (
    DeleteAccountRequest,
    GetAccountRequest,
    GetKeySetRequest,
    LogoutAllRequest,
    LogoutRequest,
    RefreshSessionRequest,
)
from contracts.habits.v1.progress_service_pb2 import GetPersonRequest
from edge.auth import translate
from edge.auth.devices import address_of, device_of
from edge.auth.rate_limits import add_rate_limit
from edge.auth.refusals import (
    CREDENTIALS_WRONG,
    EMAIL_TAKEN,
    LIMITED,
    REFRESH_TOKEN_INVALID,
    TOO_MANY_ATTEMPTS,
)
from edge.auth.schemas import (
    DeleteBody,
    KeySet,
    LoginBody,
    RefreshBody,
    RegisterBody,
    SignedIn,
    User,
    UserPatch,
)
from edge.bearer import require_access_token
from edge.clients import Clients, InjectedClients
from edge.json_bodies import Router
from edge.openapi import UNAUTHENTICATED, refusals

_WAIT_SECONDS = 1.0
_POLL_SECONDS = 0.02
_KEYS_CACHED_SECONDS = 300
_log = logging.getLogger(__name__)

_PROFILE = (
    (422, "TIMEZONE_UNKNOWN", "There is no time zone 'Mars'. Use an IANA name …"),
    (422, "LOCALE_MALFORMED", "The locale 'english' is not a language tag. Use one such as en."),
    (422, "DAY_START_OUT_OF_RANGE", "A day cannot begin at '13:00'. Use 00:00 to 12:00."),
)
_ACCOUNT_NOT_FOUND = (
    404,
    "ACCOUNT_NOT_FOUND",
    "There is no such account. It may have been deleted.",
)

_auth_router = Router(prefix="/v1/auth")
_me_router = Router(prefix="/v1/me", dependencies=[require_access_token], responses=UNAUTHENTICATED)


@_auth_router.post(
    "/register",
    status_code=201,
    responses=refusals(
        EMAIL_TAKEN,
        (422, "EMAIL_MALFORMED", "The email address is not valid."),
        (422, "PASSWORD_TOO_SHORT", "The password is too short. Use at least 8 characters."),
        (422, "PASSWORD_TOO_LONG", "The password is too long. Use at most 128 characters."),
        (422, "PASSWORD_COMMON", "The password is one of the most common ones."),
        *_PROFILE,
        *LIMITED,
    ),
)
async def register(
    body: RegisterBody, request: Request, response: Response, clients: InjectedClients
) -> SignedIn:
    """Create an account and sign in."""
    answer = await clients.auth.Register(
        translate.register_to_wire(
            body, device=device_of(request), client_address=address_of(request)
        )
    )
    response.headers["Cache-Control"] = "no-store"
    add_rate_limit(response, answer.rate_limit)
    return translate.signed_in_from_wire(answer.account, answer.tokens)


@_auth_router.post(
    "/login",
    responses=refusals(CREDENTIALS_WRONG, *LIMITED),
)
async def login(
    body: LoginBody, request: Request, response: Response, clients: InjectedClients
) -> SignedIn:
    """Sign in with a password."""
    answer = await clients.auth.Login(
        translate.login_to_wire(body, device=device_of(request), client_address=address_of(request))
    )
    response.headers["Cache-Control"] = "no-store"
    add_rate_limit(response, answer.rate_limit)
    return translate.signed_in_from_wire(answer.account, answer.tokens)


@_auth_router.post(
    "/refresh",
    responses=refusals(
        REFRESH_TOKEN_INVALID,
        (401, "REFRESH_TOKEN_REUSED", "The refresh token was used before. Sign in again."),
        TOO_MANY_ATTEMPTS,
    ),
)
async def refresh(
    body: RefreshBody, request: Request, response: Response, clients: InjectedClients
) -> SignedIn:
    """Exchange a refresh token for a new pair of tokens.

    Repeating it within 10 seconds gets the same answer, for a reply that was lost. Any older
    token ends the session: it may have been stolen.
    """
    answer = await clients.auth.RefreshSession(
        RefreshSessionRequest(refresh_token=body.refresh_token, client_address=address_of(request))
    )
    response.headers["Cache-Control"] = "no-store"
    add_rate_limit(response, answer.rate_limit)
    return translate.signed_in_from_wire(answer.account, answer.tokens)


@_auth_router.post("/logout", status_code=204)
async def logout(body: RefreshBody, clients: InjectedClients) -> None:
    """End this session. Its access tokens are refused everywhere within seconds."""
    await clients.auth.Logout(LogoutRequest(refresh_token=body.refresh_token))


@_auth_router.post(
    "/logout-all", status_code=204, dependencies=[require_access_token], responses=UNAUTHENTICATED
)
async def logout_all(clients: InjectedClients) -> None:
    """End every session of the account."""
    await clients.auth.LogoutAll(LogoutAllRequest())


@_me_router.get("", responses=refusals(_ACCOUNT_NOT_FOUND))
async def get_me(clients: InjectedClients) -> User:
    """Return the account."""
    answer = await clients.auth.GetAccount(GetAccountRequest())
    return translate.user_from_wire(answer.account)


@_me_router.patch("", responses=refusals(_ACCOUNT_NOT_FOUND, *_PROFILE))
async def update_me(patch: UserPatch, clients: InjectedClients) -> User:
    """Change the account's settings. A change of zone or day start affects only days to come."""
    answer = await clients.auth.UpdateAccount(translate.patch_to_wire(patch))
    await _wait_for_habits(clients, answer.account.revision)
    return translate.user_from_wire(answer.account)


@_me_router.delete(
    "",
    status_code=204,
    responses=refusals(
        _ACCOUNT_NOT_FOUND, (403, "PASSWORD_WRONG", "The password is wrong."), *LIMITED
    ),
)
async def delete_me(body: DeleteBody, clients: InjectedClients) -> None:
    """Delete the account and everything it owns."""
    await clients.auth.DeleteAccount(DeleteAccountRequest(password=body.password))


router = Router(tags=["accounts"])
router.include_router(_auth_router)
router.include_router(_me_router)


@router.get("/.well-known/jwks.json", response_model=KeySet)
async def get_key_set(clients: InjectedClients) -> Response:
    """Return the public keys that access tokens are verified with."""
    answer = await clients.auth.GetKeySet(GetKeySetRequest())
    return Response(
        answer.key_set_json,
        media_type="application/json",
        headers={"Cache-Control": f"public, max-age={_KEYS_CACHED_SECONDS}"},
    )


async def _wait_for_habits(clients: Clients, revision: int) -> None:
    """Wait briefly until habits has applied the new settings, so that the next call sees them.

    The change is stored either way; after a second the answer no longer waits.
    """
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            while True:
                known = await clients.progress.GetPerson(GetPersonRequest())
                if known.revision >= revision:
                    return
                await asyncio.sleep(_POLL_SECONDS)
    except (TimeoutError, grpc.aio.AioRpcError):
        _log.info("habits has not applied the change yet", extra={"revision": revision})
