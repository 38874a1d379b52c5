"""The settings of auth, with units and defaults."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from chassis.settings import ProcessSettings, ServiceSettings


class AuthSettings(ServiceSettings, frozen=True, kw_only=True):
    """Settings of every role of the service."""

    redis_url: str
    """Sessions and counters of attempts; `redis://:password@host:6379/0`, or `unix:///path?db=0`."""
    signing_key_file: Path
    """The private key that signs access tokens; `python -m services.auth keys` makes it."""
    delegation_secret: Annotated[str, Meta(min_length=16)] | None = None
    """Shared with services that act for people, such as the bot; nobody may when unset."""
    access_token_lifetime: timedelta = timedelta(minutes=15)
    """How long an access token is good for; it cannot be called back."""
    delegated_token_lifetime: timedelta = timedelta(minutes=5)
    """The same for tokens that a service such as the bot gets."""
    session_lifetime: timedelta = timedelta(days=30)
    """How long a session lives that nobody uses."""
    refresh_grace: timedelta = timedelta(seconds=10)
    """How long the refresh token just spent gets the same answer again."""
    bcrypt_cost: Annotated[int, Meta(ge=4, le=16)] = 12
    """Each step doubles the time of a hash: 12 takes about 250 ms."""
    hashing_queue_size: int = 16
    """Passwords that may wait for the one thread that hashes; more are refused as TOO_BUSY."""
    attempts_window: timedelta = timedelta(minutes=15)
    """What the numbers of attempts below are counted in."""
    attempts_per_account_and_address: int = 10
    """Wrong passwords for one account from one address."""
    attempts_per_account: int = 50
    """Wrong passwords for one account from anywhere."""
    attempts_per_address: int = 200
    """Wrong passwords from one address for any account."""


class KeySettings(ProcessSettings, frozen=True, kw_only=True):
    """Settings of the `keys` command."""

    signing_key_file: Path
    """Where the private key is, or is to be made."""
    jwks_file: Path
    """Where the public keys are, or are to be written."""


class MigrateSettings(ProcessSettings, frozen=True, kw_only=True):
    """Settings of the `migrate` command."""

    database_url: str
    """A libpq URL, `postgresql://user:password@host:5432/name`; the service keeps to its own
    schema."""
