"""One function for each thing that can be asked of auth."""

from services.auth.use_cases.accounts import (
    delete_account,
    get_account,
    get_credentials,
    register,
    update_account,
)
from services.auth.use_cases.desk import Desk, Hashing, Issuer
from services.auth.use_cases.passwords import (
    check_password,
    find_credentials,
    hash_password,
    limited,
    prove_again,
)
from services.auth.use_cases.sessions import (
    begin_session,
    end_every_session,
    end_session,
    renew_session,
    spend_refresh_token,
)
from services.auth.use_cases.tokens import delegate

__all__ = [
    "Desk",
    "Hashing",
    "Issuer",
    "begin_session",
    "check_password",
    "delegate",
    "delete_account",
    "end_every_session",
    "end_session",
    "find_credentials",
    "get_account",
    "get_credentials",
    "hash_password",
    "limited",
    "prove_again",
    "register",
    "renew_session",
    "spend_refresh_token",
    "update_account",
]
