"""The gRPC servicers of auth, one for each service of its protos: read, call use cases, write."""

from services.auth.servicer.account_events import AccountEventServicer
from services.auth.servicer.accounts import PUBLIC as AUTH_PUBLIC
from services.auth.servicer.accounts import AuthServicer
from services.auth.servicer.credentials import PUBLIC as CREDENTIAL_PUBLIC
from services.auth.servicer.credentials import CredentialServicer
from services.auth.servicer.failures import FailureLog
from services.auth.servicer.oidc import PUBLIC as OIDC_PUBLIC
from services.auth.servicer.oidc import OidcServicer
from services.auth.servicer.personal_tokens import PUBLIC as PERSONAL_TOKEN_PUBLIC
from services.auth.servicer.personal_tokens import PersonalTokenServicer
from services.auth.servicer.proxy_sign_in import PUBLIC as PROXY_SIGN_IN_PUBLIC
from services.auth.servicer.proxy_sign_in import ProxySignInServicer
from services.auth.servicer.sessions import SessionServicer

__all__ = [
    "AUTH_PUBLIC",
    "CREDENTIAL_PUBLIC",
    "OIDC_PUBLIC",
    "PERSONAL_TOKEN_PUBLIC",
    "PROXY_SIGN_IN_PUBLIC",
    "AccountEventServicer",
    "AuthServicer",
    "CredentialServicer",
    "FailureLog",
    "OidcServicer",
    "PersonalTokenServicer",
    "ProxySignInServicer",
    "SessionServicer",
]
