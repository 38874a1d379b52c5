"""Routes of credentials, sessions, personal access tokens and the audit log of an account."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import Request, Response

from contracts.auth.v1.account_event_service_pb2 import ListAccountEventsRequest
from contracts.auth.v1.credential_service_pb2 import (
    ChangeEmailRequest,
    ChangePasswordRequest,
    CreateSignInCodeRequest,
    SetCredentialsRequest,
    SignInWithCodeRequest,
)
from contracts.auth.v1.personal_token_service_pb2 import (
    DeletePersonalTokenRequest,
    ListPersonalTokensRequest,
)
from contracts.auth.v1.session_service_pb2 import DeleteSessionRequest, ListSessionsRequest
from edge.auth import access_translate as translate
from edge.auth.access_schemas import (
    AccountEvent,
    CodeBody,
    CreatedToken,
    CredentialsBody,
    EmailBody,
    PasswordBody,
    SessionList,
    SignInCode,
    TokenBody,
    TokenList,
)
from edge.auth.devices import address_of, device_of
from edge.auth.rate_limits import add_rate_limit
from edge.auth.refusals import EMAIL_TAKEN, LIMITED, SIGN_IN_CODE_INVALID, TOO_MANY_ATTEMPTS
from edge.auth.schemas import SignedIn, User
from edge.auth.translate import signed_in_from_wire, user_from_wire
from edge.bearer import require_access_token
from edge.clients import InjectedClients
from edge.json_bodies import Router
from edge.openapi import UNAUTHENTICATED, refusals
from edge.parameters import PageSize, PageToken
from edge.schemas import Page

_NEW_PASSWORD = (
    (422, "PASSWORD_TOO_SHORT", "The password is too short. Use at least 8 characters."),
    (422, "PASSWORD_COMMON", "The password is one of the most common ones."),
)
_PASSWORD_WRONG = (403, "PASSWORD_WRONG", "The password is wrong.")
_NOT_SET = (409, "PASSWORD_NOT_SET", "The account has no password yet.")
_EMAIL = (
    EMAIL_TAKEN,
    (422, "EMAIL_MALFORMED", "The email address is not valid."),
)

_code_router = Router(prefix="/v1/auth")
_me_router = Router(prefix="/v1/me", dependencies=[require_access_token], responses=UNAUTHENTICATED)


@_code_router.post(
    "/code",
    responses=refusals(SIGN_IN_CODE_INVALID, TOO_MANY_ATTEMPTS),
)
async def sign_in_with_code(
    body: CodeBody, request: Request, response: Response, clients: InjectedClients
) -> SignedIn:
    """Sign in with a code that the bot has shown in the chat: one use, 10 minutes."""
    answer = await clients.credentials.SignInWithCode(
        SignInWithCodeRequest(
            code=body.code, device=device_of(request), client_address=address_of(request)
        )
    )
    response.headers["Cache-Control"] = "no-store"
    add_rate_limit(response, answer.rate_limit)
    return signed_in_from_wire(answer.account, answer.tokens)


@_me_router.post(
    "/password",
    status_code=204,
    responses=refusals(_PASSWORD_WRONG, _NOT_SET, *_NEW_PASSWORD, *LIMITED),
)
async def change_password(body: PasswordBody, clients: InjectedClients) -> None:
    """Change the password. Every other session ends, and its access with it within seconds."""
    await clients.credentials.ChangePassword(
        ChangePasswordRequest(
            current_password=body.current_password, new_password=body.new_password
        )
    )


@_me_router.post("/email", responses=refusals(_PASSWORD_WRONG, _NOT_SET, *_EMAIL, *LIMITED))
async def change_email(body: EmailBody, clients: InjectedClients) -> User:
    """Change the email address."""
    answer = await clients.credentials.ChangeEmail(
        ChangeEmailRequest(password=body.password, email=body.email)
    )
    return user_from_wire(answer.account)


@_me_router.post(
    "/credentials",
    responses=refusals(
        (409, "PASSWORD_ALREADY_SET", "The account has a password already."),
        *_EMAIL,
        *_NEW_PASSWORD,
        *LIMITED,
    ),
)
async def set_credentials(body: CredentialsBody, clients: InjectedClients) -> User:
    """Set the first email address and password of an account that was created in a chat."""
    answer = await clients.credentials.SetCredentials(
        SetCredentialsRequest(email=body.email, password=body.password)
    )
    return user_from_wire(answer.account)


@_me_router.post("/sign-in-codes", status_code=201)
async def create_sign_in_code(response: Response, clients: InjectedClients) -> SignInCode:
    """Create a code with which another device signs in: one use, 10 minutes."""
    answer = await clients.credentials.CreateSignInCode(CreateSignInCodeRequest())
    response.headers["Cache-Control"] = "no-store"
    expire_time = datetime.now(UTC) + timedelta(seconds=answer.expires_in_seconds)
    return SignInCode(code=answer.code, expire_time=expire_time)


@_me_router.get("/sessions")
async def list_sessions(clients: InjectedClients) -> SessionList:
    """List where the account is signed in."""
    answer = await clients.sessions.ListSessions(ListSessionsRequest())
    return SessionList(items=[translate.session_from_wire(one) for one in answer.sessions])


@_me_router.delete(
    "/sessions/{session_id}",
    status_code=204,
    responses=refusals((404, "SESSION_NOT_FOUND", "There is no such session.")),
)
async def delete_session(session_id: UUID, clients: InjectedClients) -> None:
    """End a session. Its access tokens are refused everywhere within seconds."""
    await clients.sessions.DeleteSession(DeleteSessionRequest(session_id=str(session_id)))


@_me_router.get("/tokens")
async def list_tokens(clients: InjectedClients) -> TokenList:
    """List the personal access tokens."""
    answer = await clients.personal_tokens.ListPersonalTokens(ListPersonalTokensRequest())
    return TokenList(items=[translate.token_from_wire(one) for one in answer.tokens])


@_me_router.post(
    "/tokens",
    status_code=201,
    responses=refusals(
        (409, "TOO_MANY_TOKENS", "There are 50 personal access tokens already."),
        (422, "TOKEN_NAME_MALFORMED", "The token needs a name of 1 to 80 characters."),
        (422, "EXPIRE_TIME_IN_PAST", "The token would have expired already."),
    ),
)
async def create_token(
    body: TokenBody, response: Response, clients: InjectedClients
) -> CreatedToken:
    """Create a personal access token. Its secret is in this answer and never shown again."""
    answer = await clients.personal_tokens.CreatePersonalToken(translate.token_to_wire(body))
    response.headers["Cache-Control"] = "no-store"
    return translate.created_token_from_wire(answer)


@_me_router.delete(
    "/tokens/{token_id}",
    status_code=204,
    responses=refusals(
        (404, "PERSONAL_TOKEN_NOT_FOUND", "There is no such personal access token.")
    ),
)
async def delete_token(token_id: UUID, clients: InjectedClients) -> None:
    """Delete a personal access token; what uses it is refused within seconds."""
    await clients.personal_tokens.DeletePersonalToken(
        DeletePersonalTokenRequest(token_id=str(token_id))
    )


@_me_router.get("/events")
async def list_events(
    clients: InjectedClients, page_size: PageSize = 0, page_token: PageToken = ""
) -> Page[AccountEvent]:
    """List what happened to the account in the last 180 days, newest first."""
    answer = await clients.account_events.ListAccountEvents(
        ListAccountEventsRequest(page_size=page_size, page_token=page_token)
    )
    return Page(
        items=[translate.event_from_wire(event) for event in answer.events],
        next_page_token=answer.next_page_token or None,
    )


router = Router(tags=["accounts"])
router.include_router(_code_router)
router.include_router(_me_router)
