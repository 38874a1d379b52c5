"""Protobuf to domain and back, for sign-in, token refresh and token exchange."""

from uuid import UUID

from contracts.auth.v1.account_pb2 import RateLimit, TokenPair
from contracts.auth.v1.auth_service_pb2 import (
    ExchangeTokenRequest,
    ExchangeTokenResponse,
    LoginRequest,
)
from services.auth.domain.email import read_email
from services.auth.domain.errors import (
    AccountNotFound,
    CredentialsWrong,
    EmailMalformed,
    RefreshTokenInvalid,
)
from services.auth.domain.password import read_password
from services.auth.domain.rate_limit import RateStatus
from services.auth.domain.refresh_token import RefreshToken, read_refresh_token
from services.auth.domain.sign_in import AccessToken, Login, SignInResult, TokenExchange
from services.auth.translate.accounts import client_from_wire


def login_from_wire(request: LoginRequest) -> Login:
    """Read a login.

    Raises:
        CredentialsWrong: It is not an email address, so no account has it.
    """
    try:
        email = read_email(request.email)
    except EmailMalformed:
        raise CredentialsWrong from None
    return Login(
        email=email,
        password=read_password(request.password),
        client=client_from_wire(request.device, request.client_address),
    )


def refresh_token_from_wire(text: str) -> RefreshToken:
    """Read a refresh token.

    Raises:
        RefreshTokenInvalid: It is malformed.
    """
    return read_refresh_token(text)


def refresh_token_to_end_from_wire(text: str) -> RefreshToken | None:
    """Read the refresh token of a session to end; None when it is malformed."""
    try:
        return read_refresh_token(text)
    except RefreshTokenInvalid:
        return None


def password_from_wire(text: str) -> bytes:
    """Read the password of a signed-in person who is asked for it again."""
    return read_password(text)


def exchange_from_wire(request: ExchangeTokenRequest) -> TokenExchange:
    """Read a token exchange.

    Raises:
        AccountNotFound: The account's id is no id.
    """
    try:
        account_id = UUID(request.account_id) if request.account_id else None
    except ValueError:
        raise AccountNotFound from None
    return TokenExchange(
        secret=request.delegation_secret,
        actor=request.actor,
        account_id=account_id,
        scopes=frozenset(request.scope.split()),
    )


def peer_of(peer: str) -> str:
    """Return gRPC's name of a peer without its port, which changes with every connection."""
    return peer.rpartition(":")[0] if peer.startswith("ipv") else peer


def tokens_to_wire(sign_in: SignInResult) -> TokenPair:
    """Return the token pair of a sign-in."""
    return TokenPair(
        access_token=sign_in.access_token.text,
        refresh_token=str(sign_in.refresh_token),
        expires_in_seconds=int(sign_in.access_token.lifetime.total_seconds()),
    )


def rate_limit_to_wire(status: RateStatus | None) -> RateLimit | None:
    """Return what is left of a rate limit."""
    if status is None:
        return None
    return RateLimit(
        policy=status.policy.name,
        quota=status.policy.quota,
        window_seconds=int(status.policy.window.total_seconds()),
        remaining=status.remaining,
        reset_seconds=int(status.reset.total_seconds()),
    )


def exchanged_token_to_wire(token: AccessToken) -> ExchangeTokenResponse:
    """Return the result of a token exchange."""
    return ExchangeTokenResponse(
        access_token=token.text, expires_in_seconds=int(token.lifetime.total_seconds())
    )
