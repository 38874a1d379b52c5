"""`/v1/auth/…`, `/v1/me` and the public keys."""

import asyncio
import logging

import grpc
from fastapi import APIRouter, Request, Response

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
from edge.bearer import signed_in
from edge.clients import Clients, Mesh
from edge.openapi import SIGNED_IN, refused

_NEWS_SECONDS = 1.0
_LOOK_SECONDS = 0.02
_KEYS_CACHED_SECONDS = 300
_LONGEST_DEVICE = 200
_log = logging.getLogger(__name__)

_LIMITED = (
    (429, "TOO_MANY_ATTEMPTS", "Too many attempts failed. Try again later."),
    (429, "TOO_BUSY", "Too many people are signing in at this moment. Try again shortly."),
)
_PROFILE = (
    (422, "TIMEZONE_UNKNOWN", "There is no time zone 'Mars'. Use an IANA name …"),
    (422, "LOCALE_MALFORMED", "The locale 'english' is not a language tag. Use one such as en."),
    (422, "DAY_START_OUT_OF_RANGE", "A day cannot begin at '13:00'. Use 00:00 to 12:00."),
)
_GONE = (404, "ACCOUNT_NOT_FOUND", "There is no such account. It may have been deleted.")

_doors = APIRouter(prefix="/v1/auth")
_me = APIRouter(prefix="/v1/me", dependencies=[signed_in], responses=SIGNED_IN)


@_doors.post(
    "/register",
    status_code=201,
    responses=refused(
        (409, "EMAIL_TAKEN", "There is an account with this email address already."),
        (422, "EMAIL_MALFORMED", "The email address is not valid."),
        (422, "PASSWORD_TOO_SHORT", "The password is too short. Use at least 8 characters."),
        (422, "PASSWORD_TOO_LONG", "The password is too long. Use at most 72 bytes."),
        *_PROFILE,
        *_LIMITED,
    ),
)
async def register(
    body: RegisterBody, request: Request, response: Response, mesh: Mesh
) -> SignedIn:
    """Make an account and sign in."""
    answer = await mesh.auth.Register(
        translate.register_to_wire(body, device=_device(request), client_address=_address(request))
    )
    response.headers["Cache-Control"] = "no-store"
    return translate.signed_in_from_wire(answer.account, answer.tokens)


@_doors.post(
    "/login",
    responses=refused(
        (401, "CREDENTIALS_WRONG", "The email address or the password is wrong."), *_LIMITED
    ),
)
async def login(body: LoginBody, request: Request, response: Response, mesh: Mesh) -> SignedIn:
    """Sign in with a password."""
    answer = await mesh.auth.Login(
        translate.login_to_wire(body, device=_device(request), client_address=_address(request))
    )
    response.headers["Cache-Control"] = "no-store"
    return translate.signed_in_from_wire(answer.account, answer.tokens)


@_doors.post(
    "/refresh",
    responses=refused(
        (401, "REFRESH_TOKEN_INVALID", "The session is over. Sign in again."),
        (401, "REFRESH_TOKEN_REUSED", "The refresh token was used before. Sign in again."),
    ),
)
async def refresh(body: RefreshBody, response: Response, mesh: Mesh) -> SignedIn:
    """Stay signed in: spend the refresh token for a new pair.

    A token just spent gets the same answer again for 10 seconds, for a reply that was lost. Any
    older one ends the session: somebody may have copied it.
    """
    request = RefreshSessionRequest(refresh_token=body.refresh_token)
    answer = await mesh.auth.RefreshSession(request)
    response.headers["Cache-Control"] = "no-store"
    return translate.signed_in_from_wire(answer.account, answer.tokens)


@_doors.post("/logout", status_code=204)
async def logout(body: RefreshBody, mesh: Mesh) -> None:
    """Sign out here. The access token stays good until it expires; the refresh token does not."""
    await mesh.auth.Logout(LogoutRequest(refresh_token=body.refresh_token))


@_doors.post("/logout-all", status_code=204, dependencies=[signed_in], responses=SIGNED_IN)
async def logout_all(mesh: Mesh) -> None:
    """Sign out everywhere."""
    await mesh.auth.LogoutAll(LogoutAllRequest())


@_me.get("", responses=refused(_GONE))
async def get_me(mesh: Mesh) -> User:
    """Say who one is."""
    answer = await mesh.auth.GetAccount(GetAccountRequest())
    return translate.user_from_wire(answer.account)


@_me.patch("", responses=refused(_GONE, *_PROFILE))
async def update_me(patch: UserPatch, mesh: Mesh) -> User:
    """Change one's settings. A change of zone or start of day changes only what comes."""
    answer = await mesh.auth.UpdateAccount(translate.patch_to_wire(patch))
    await _until_counted(mesh, answer.account.revision)
    return translate.user_from_wire(answer.account)


@_me.delete(
    "",
    status_code=204,
    responses=refused(_GONE, (403, "PASSWORD_WRONG", "The password is wrong."), *_LIMITED),
)
async def delete_me(body: DeleteBody, mesh: Mesh) -> None:
    """Delete the account, with everything kept of it."""
    await mesh.auth.DeleteAccount(DeleteAccountRequest(password=body.password))


router = APIRouter(tags=["accounts"])
router.include_router(_doors)
router.include_router(_me)


@router.get("/.well-known/jwks.json", response_model=KeySet)
async def get_key_set(mesh: Mesh) -> Response:
    """Show the public keys that access tokens are verified with."""
    answer = await mesh.auth.GetKeySet(GetKeySetRequest())
    return Response(
        answer.key_set_json,
        media_type="application/json",
        headers={"Cache-Control": f"public, max-age={_KEYS_CACHED_SECONDS}"},
    )


async def _until_counted(mesh: Clients, revision: int) -> None:
    """Wait a moment until habits counts by the new settings, so that the next call does.

    The change is kept either way: when the news does not arrive in time, nobody waits for it.
    """
    try:
        async with asyncio.timeout(_NEWS_SECONDS):
            while True:
                known = await mesh.progress.GetPerson(GetPersonRequest())
                if known.revision >= revision:
                    return
                await asyncio.sleep(_LOOK_SECONDS)
    except (TimeoutError, grpc.aio.AioRpcError):
        _log.info("habits has not heard of a change yet", extra={"revision": revision})


def _device(request: Request) -> str:
    return request.headers.get("user-agent", "")[:_LONGEST_DEVICE]


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
