"""Protobuf to domain and back, for passwords, email addresses, chat accounts and codes."""

from datetime import timedelta
from uuid import UUID

from contracts.auth.v1 import credential_service_pb2 as rpc
from services.auth.domain.account import Profile
from services.auth.domain.errors import RequestIdMalformed
from services.auth.domain.password import read_new_password, read_password
from services.auth.domain.sign_in_code import read_sign_in_code
from services.auth.translate.accounts import email_from_wire, profile_of_new_account


def passwords_from_wire(request: rpc.ChangePasswordRequest) -> tuple[bytes, bytes]:
    """Read the current and the new password.

    Raises:
        PasswordTooShort: The new one has too few characters.
        PasswordTooLong: The new one has too many.
    """
    return read_password(request.current_password), read_new_password(request.new_password)


def first_credentials_from_wire(request: rpc.SetCredentialsRequest) -> tuple[str, bytes]:
    """Read a first email address and password.

    Raises:
        InvalidArgument: Address or password cannot be taken.
    """
    return email_from_wire(request.email), read_new_password(request.password)


def chat_account_from_wire(request: rpc.CreateChatAccountRequest) -> tuple[UUID, Profile]:
    """Read the request of a chat for an account.

    Raises:
        RequestIdMalformed: The request id is not a UUID.
        InvalidArgument: A field of the profile cannot be taken.
    """
    try:
        request_id = UUID(request.request_id)
    except ValueError:
        raise RequestIdMalformed from None
    return request_id, profile_of_new_account(request.account)


def sign_in_code_from_wire(request: rpc.SignInWithCodeRequest) -> str:
    """Read a sign-in code as it was created; empty when it can be none."""
    return read_sign_in_code(request.code)


def sign_in_code_to_wire(code: str, lifetime: timedelta) -> rpc.CreateSignInCodeResponse:
    """Return a new sign-in code."""
    return rpc.CreateSignInCodeResponse(code=code, expires_in_seconds=int(lifetime.total_seconds()))
