"""The use cases of auth: one function for each command and query."""

from services.auth.use_cases.accounts import (
    delete_account,
    get_account,
    get_credentials,
    register,
    update_account,
)
from services.auth.use_cases.dependencies import AuthDependencies, PasswordHasher, TokenIssuer
from services.auth.use_cases.passwords import (
    check_password,
    find_credentials,
    hash_password,
    limit_attempts,
    reauthenticate,
)
from services.auth.use_cases.sessions import (
    create_session,
    end_all_sessions,
    end_session,
    refresh_session,
    rotate_refresh_token,
)
from services.auth.use_cases.tokens import exchange_token

__all__ = [
    "AuthDependencies",
    "PasswordHasher",
    "TokenIssuer",
    "check_password",
    "create_session",
    "delete_account",
    "end_all_sessions",
    "end_session",
    "exchange_token",
    "find_credentials",
    "get_account",
    "get_credentials",
    "hash_password",
    "limit_attempts",
    "reauthenticate",
    "refresh_session",
    "register",
    "rotate_refresh_token",
    "update_account",
]
