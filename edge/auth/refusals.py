"""Examples of refusals that several routes of accounts document in OpenAPI."""

EMAIL_TAKEN = (409, "EMAIL_TAKEN", "There is an account with this email address already.")
CREDENTIALS_WRONG = (401, "CREDENTIALS_WRONG", "The email address or the password is wrong.")
SIGN_IN_CODE_INVALID = (401, "SIGN_IN_CODE_INVALID", "The code is not valid.")
REFRESH_TOKEN_INVALID = (401, "REFRESH_TOKEN_INVALID", "The session is over. Sign in again.")
OIDC_NOT_CONFIGURED = (409, "OIDC_NOT_CONFIGURED", "No OpenID provider is configured.")
OIDC_SIGN_IN_FAILED = (
    401,
    "OIDC_SIGN_IN_FAILED",
    "The sign-in at the OpenID provider failed.",
)
TOO_MANY_ATTEMPTS = (429, "TOO_MANY_ATTEMPTS", "Too many attempts. Try again later.")
LIMITED = (
    TOO_MANY_ATTEMPTS,
    (429, "TOO_BUSY", "Too many people are signing in at this moment. Try again shortly."),
)
"""Of routes that hash a password."""
