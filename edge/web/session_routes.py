"""`/v1/web/session…`: sessions of the web app, whose refresh token stays in a cookie.

No script can read the cookie (`HttpOnly`), no other site can make a browser send it
(`SameSite=Strict`, and what the browser says about the sender), and it goes to these routes only.
"""

from typing import Annotated, Literal

from fastapi import Depends, Request, Response
from pydantic import Field

from contracts.notifications.v1.mini_app_service_pb2 import (
    CreateMiniAppSignInCodeRequest,
    Registration,
)
from edge.auth import access_routes, oidc_routes, routes
from edge.auth.access_schemas import CodeBody
from edge.auth.oidc_routes import OidcFinishBody
from edge.auth.refusals import (
    CREDENTIALS_WRONG,
    EMAIL_TAKEN,
    OIDC_NOT_CONFIGURED,
    OIDC_SIGN_IN_FAILED,
    REFRESH_TOKEN_INVALID,
    SIGN_IN_CODE_INVALID,
)
from edge.auth.schemas import LoginBody, RefreshBody, RegisterBody, SignedIn, User
from edge.clients import InjectedClients
from edge.json_bodies import Router
from edge.notifications.schemas import InitDataText
from edge.openapi import refusals
from edge.schemas import RequestBody, ResponseBody
from edge.web.cookies import (
    PATH,
    SessionCookie,
    delete_session,
    keep_session,
    require_same_origin,
)
from edge.web.errors import WebSessionMissing

_CROSS_SITE = (
    403,
    "CROSS_SITE_REQUEST",
    "This call is only for pages of this address. Open the app itself.",
)
_MISSING = (401, "WEB_SESSION_MISSING", "This browser is not signed in. Sign in first.")


class WebSession(ResponseBody):
    """A signed-in browser. The refresh token is in the cookie, not here."""

    user: User
    access_token: str
    """For the `Authorization` header of every call, until it expires. Keep it in memory only."""
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the word of RFC 6750
    expires_in: Annotated[int, Field(examples=[900])]
    """Lifetime of the access token, in seconds."""


class TelegramRegistration(RequestBody):
    """What an account for a Telegram user needs besides their name."""

    timezone: Annotated[str, Field(max_length=64, examples=["Europe/Berlin"])]
    locale: Annotated[str, Field(max_length=35, examples=["en"])] = ""
    """The language; that of Telegram when left out."""


class TelegramBody(RequestBody):
    """A request to sign in as the Telegram user who has opened the Mini App."""

    init_data: InitDataText
    register_: Annotated[TelegramRegistration | None, Field(alias="register")] = None
    """Creates an account and links it, where the Telegram user has none."""


router = Router(
    prefix=f"{PATH}/session",
    tags=["accounts"],
    dependencies=[Depends(require_same_origin)],
    responses=refusals(_CROSS_SITE),
)


@router.post("", responses=refusals(CREDENTIALS_WRONG))
async def sign_in(
    body: LoginBody, request: Request, response: Response, clients: InjectedClients
) -> WebSession:
    """Sign this browser in with a password."""
    return _begin(await routes.login(body, request, response, clients), request, response)


@router.post("/register", status_code=201, responses=refusals(EMAIL_TAKEN))
async def sign_up(
    body: RegisterBody, request: Request, response: Response, clients: InjectedClients
) -> WebSession:
    """Create an account and sign this browser in."""
    return _begin(await routes.register(body, request, response, clients), request, response)


@router.post("/code", responses=refusals(SIGN_IN_CODE_INVALID))
async def sign_in_by_code(
    body: CodeBody, request: Request, response: Response, clients: InjectedClients
) -> WebSession:
    """Sign this browser in with a code from the chat, or from a one-use link."""
    signed_in = await access_routes.sign_in_with_code(body, request, response, clients)
    return _begin(signed_in, request, response)


@router.post(
    "/oidc",
    responses=refusals(
        OIDC_NOT_CONFIGURED,
        EMAIL_TAKEN,
        OIDC_SIGN_IN_FAILED,
    ),
)
async def sign_in_by_oidc(
    body: OidcFinishBody, request: Request, response: Response, clients: InjectedClients
) -> WebSession:
    """Finish a sign-in at an OpenID provider in this browser."""
    signed_in = await oidc_routes.finish_oidc(body, request, response, clients)
    return _begin(signed_in, request, response)


@router.post(
    "/telegram",
    responses=refusals(
        (401, "INIT_DATA_INVALID", "Telegram has not signed this launch data for the bot."),
        (401, "INIT_DATA_EXPIRED", "This launch is older than an hour. Open the app again."),
        (401, "INIT_DATA_USED", "This launch has been used already. Open the app again."),
        (409, "TELEGRAM_NOT_LINKED", "This Telegram account is linked with no account here."),
        (409, "BOT_NOT_CONFIGURED", "There is no Telegram bot here."),
        (422, "REGISTRATION_REFUSED", "The time zone is not known."),
    ),
)
async def sign_in_by_telegram(
    body: TelegramBody,
    request: Request,
    response: Response,
    clients: InjectedClients,
    cookie: SessionCookie,
) -> WebSession:
    """Sign in the account linked with the Telegram user who has opened the Mini App.

    The session that this browser had before ends. The cookie is one of its own
    (`?embedded=true` below): Telegram's web version shows the app in a frame, where no other goes.
    """
    wanted = body.register_
    code = await clients.mini_app.CreateMiniAppSignInCode(
        CreateMiniAppSignInCodeRequest(
            init_data=body.init_data,
            registration=Registration(timezone=wanted.timezone, locale=wanted.locale)
            if wanted
            else None,
        )
    )
    signed_in = await access_routes.sign_in_with_code(
        CodeBody(code=code.code), request, response, clients
    )
    if cookie:
        await routes.logout(RefreshBody(refresh_token=cookie), clients)
    return _begin(signed_in, request, response)


@router.post("/refresh", responses=refusals(_MISSING, REFRESH_TOKEN_INVALID))
async def refresh_session(
    request: Request, response: Response, clients: InjectedClients, cookie: SessionCookie
) -> WebSession:
    """Get the next access token. The cookie is replaced; a lost reply may be asked for again."""
    if not cookie:
        raise WebSessionMissing
    signed_in = await routes.refresh(RefreshBody(refresh_token=cookie), request, response, clients)
    return _begin(signed_in, request, response)


@router.delete("", status_code=204)
async def sign_out(
    request: Request, response: Response, clients: InjectedClients, cookie: SessionCookie
) -> None:
    """End this browser's session and remove the cookie; nothing happens without one."""
    if cookie:
        await routes.logout(RefreshBody(refresh_token=cookie), clients)
    delete_session(request, response)


def _begin(signed_in: SignedIn, request: Request, response: Response) -> WebSession:
    keep_session(signed_in.refresh_token, request, response)
    return WebSession(
        user=signed_in.user,
        access_token=signed_in.access_token,
        expires_in=signed_in.expires_in,
    )
