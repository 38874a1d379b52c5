"""The settings of auth, with units and defaults."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from chassis.settings import ProcessSettings, ServiceSettings


class AuthSettings(ServiceSettings, frozen=True, kw_only=True):
    """Settings of every role of the service."""

    redis_url: str
    """Sessions and rate limits; `redis://:password@host:6379/0`, or `unix:///path?db=0`."""
    signing_key_file: Path
    """The private key that signs access tokens; `python -m services.auth keys` makes it."""
    signing_key_activation: timedelta = timedelta(seconds=20)
    """How long a new signing key waits before it signs: services read new public keys every 5 s."""
    delegation_secret: Annotated[str, Meta(min_length=16)] | None = None
    """Shared with services that act for people, such as the bot; none may when unset."""
    password_secret: Annotated[str, Meta(min_length=32)] | None = None
    """Keys the hashes of passwords, so that a stolen database alone cannot be guessed at; a
    constant when unset. Passwords hashed with a lost secret are lost."""
    access_token_lifetime: timedelta = timedelta(minutes=15)
    """How long an access token is good for, unless its session ends before."""
    delegated_token_lifetime: timedelta = timedelta(minutes=5)
    """The same for tokens that a service or a personal access token is exchanged for."""
    session_lifetime: timedelta = timedelta(days=30)
    """How long an unused session lives."""
    session_absolute_lifetime: timedelta = timedelta(days=180)
    """How long a session lives, however often it is used."""
    refresh_grace: timedelta = timedelta(seconds=10)
    """How long the refresh token rotated last gets the same answer again."""
    sign_in_code_lifetime: timedelta = timedelta(minutes=10)
    """How long a sign-in code from a chat is good for."""
    oidc_issuer: str | None = None
    """An OpenID provider to sign in at, such as `https://id.example`; none when unset."""
    oidc_client_id: str = ""
    """How this installation is registered there."""
    oidc_client_secret: str = ""
    """Its secret there; empty for a public client."""
    oidc_redirect_uris: tuple[str, ...] = ()
    """Where the provider may send browsers back to, comma-separated."""
    proxy_sign_in: bool = False
    """Whether people whom a proxy names in a header are signed in; see the edge's settings."""
    proxy_creates_accounts: bool = True
    """Whether the first such sign-in creates an account; else one has to be linked before."""
    bcrypt_cost: Annotated[int, Meta(ge=4, le=16)] = 12
    """Each step doubles the time of a hash: 12 takes about 250 ms."""
    hashing_queue_size: int = 16
    """Passwords that may wait for the one thread that hashes; more are refused as TOO_BUSY."""
    failures_window: timedelta = timedelta(hours=1)
    """What the numbers of failures below are counted in."""
    failures_per_account: int = 20
    """Wrong passwords for one account, from addresses that it was never signed in from."""
    failures_per_known_address: int = 10
    """Wrong passwords for one account from an address that it was signed in from before."""
    failures_per_address: int = 200
    """Wrong passwords, codes and tokens from one address, for any account."""
    registrations_per_address: int = 60
    """Registrations from one address in an hour, whether they succeed or not."""
    refreshes_per_session: int = 60
    """Refreshes of one session in a minute."""
    exchange_failures: int = 10
    """Wrong delegation secrets from one peer in a minute."""


class KeySettings(ProcessSettings, frozen=True, kw_only=True):
    """Settings of the `keys` command."""

    signing_key_file: Path
    """Where the private key is, or is to be made."""
    jwks_file: Path
    """Where the public keys are, or are to be written."""
    delegation_secret: Annotated[str, Meta(min_length=16)] | None = None
    """As for `serve`; read to refuse a weak one before anything else starts."""
    password_secret: Annotated[str, Meta(min_length=32)] | None = None
    """As for `serve`; read to refuse a weak one before anything else starts."""


class MigrateSettings(ProcessSettings, frozen=True, kw_only=True):
    """Settings of the `migrate` command."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`; the service keeps to its own
    schema."""
