"""`python -m services.auth serve|relay|migrate|keys`: wires the service together."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from redis.asyncio import Redis

from chassis import process
from chassis.clock import Clock
from chassis.clock import now as clock_now
from chassis.database import Database
from chassis.events.relay import Relay
from chassis.housekeeping import Housekeeping
from chassis.identity import TokenVerifier
from chassis.migrate import upgrade
from chassis.rpc.server import Server
from contracts.auth.v1.account_event_service_pb2_grpc import (
    add_AccountEventServiceServicer_to_server,
)
from contracts.auth.v1.auth_service_pb2_grpc import add_AuthServiceServicer_to_server
from contracts.auth.v1.credential_service_pb2_grpc import add_CredentialServiceServicer_to_server
from contracts.auth.v1.oidc_service_pb2_grpc import add_OidcServiceServicer_to_server
from contracts.auth.v1.personal_token_service_pb2_grpc import (
    add_PersonalTokenServiceServicer_to_server,
)
from contracts.auth.v1.proxy_sign_in_service_pb2_grpc import (
    add_ProxySignInServiceServicer_to_server,
)
from contracts.auth.v1.session_service_pb2_grpc import add_SessionServiceServicer_to_server
from services.auth.cache import PendingSignIns, RateLimiter, Sessions, SignInCodes, open_redis
from services.auth.dao.key_files import SigningKeyFile, make_keys
from services.auth.domain.account_event import EVENTS_KEPT
from services.auth.domain.password import PasswordScheme
from services.auth.domain.rate_limit import RatePolicies, RatePolicy
from services.auth.oidc import ProviderSettings
from services.auth.servicer import (
    AUTH_PUBLIC,
    CREDENTIAL_PUBLIC,
    OIDC_PUBLIC,
    PERSONAL_TOKEN_PUBLIC,
    PROXY_SIGN_IN_PUBLIC,
    AccountEventServicer,
    AuthServicer,
    CredentialServicer,
    FailureLog,
    OidcServicer,
    PersonalTokenServicer,
    ProxySignInServicer,
    SessionServicer,
)
from services.auth.settings import AuthSettings, KeySettings, MigrateSettings
from services.auth.tables import ACCOUNT_EVENTS, OUTBOX
from services.auth.use_cases.dependencies import AuthDependencies
from services.auth.use_cases.hasher import PasswordHasher
from services.auth.use_cases.issuer import TokenIssuer

if TYPE_CHECKING:
    from services.auth.oidc.provider import OpenIdProvider

NAME = "auth"


def main() -> int:
    """Run what the command line names; return the exit code."""
    match sys.argv[1:2]:
        case ["keys"]:
            keys = process.read_settings_or_exit(KeySettings)
            return process.main(NAME, keys, roles={}, commands={"keys": _keys_command(keys)})
        case ["migrate"]:
            store = process.read_settings_or_exit(MigrateSettings)
            return process.main(NAME, store, roles={}, commands={"migrate": _migrate(store)})
        case _:
            return _run(process.read_settings_or_exit(AuthSettings))


def _keys_command(settings: KeySettings) -> process.Command:
    async def keys(arguments: Sequence[str]) -> int:
        if list(arguments) not in ([], ["--rotate"]):
            sys.stderr.write("usage: python -m services.auth keys [--rotate]\n")
            return process.EXIT_USAGE
        key = make_keys(
            settings.signing_key_file, settings.jwks_file, rotate="--rotate" in arguments
        )
        sys.stdout.write(f"{key.id}\n")
        return process.EXIT_OK

    return keys


def _migrate(settings: MigrateSettings) -> process.Command:
    async def migrate(_: Sequence[str]) -> int:
        await upgrade(settings.database_url, "services.auth")
        return process.EXIT_OK

    return migrate


def _run(settings: AuthSettings) -> int:
    """Run the long-running roles."""
    database = Database(
        settings.database_url,
        name=NAME,
        pool_size=settings.database_pool_size,
        hot_pool_size=settings.database_hot_pool_size,
        statement_timeout=settings.statement_timeout,
    )

    async def serve(stop: asyncio.Event) -> None:
        redis = open_redis(settings.redis_url)
        dependencies = create_dependencies(settings, redis)
        verifier = TokenVerifier(settings.jwks_file, redis_url=settings.redis_url)
        server = Server.from_settings(NAME, settings, verifier=verifier, healthy=database.healthy)
        failures = register(server, database, dependencies, key_set=settings.jwks_file.read_text)
        try:
            await server.run(stop)
        finally:
            await failures.close()
            await dependencies.password_hasher.close()
            await redis.aclose()

    async def relay(stop: asyncio.Event) -> None:
        outbox_relay = Relay(database, settings.amqp_url, schema=NAME, prefix=settings.amqp_prefix)
        housekeeping = Housekeeping(
            database, OUTBOX, retentions={ACCOUNT_EVENTS: ("create_time", EVENTS_KEPT)}
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(outbox_relay.run(stop))
            group.create_task(housekeeping.run(stop))

    roles = {"serve": serve, "relay": relay}
    return process.main(NAME, settings, roles=roles, closing=[database.close])


def create_dependencies(settings: AuthSettings, redis: Redis) -> AuthDependencies:
    """Return what the use cases need."""
    keys = SigningKeyFile(
        settings.signing_key_file,
        activation_seconds=settings.signing_key_activation.total_seconds(),
    )
    return AuthDependencies(
        sessions=Sessions(
            redis,
            lifetime=settings.session_lifetime,
            absolute_lifetime=settings.session_absolute_lifetime,
            grace=settings.refresh_grace,
            token_lifetime=settings.access_token_lifetime,
        ),
        codes=SignInCodes(redis, lifetime=settings.sign_in_code_lifetime),
        rate_limiter=RateLimiter(redis),
        policies=_policies(settings),
        password_hasher=PasswordHasher(
            PasswordScheme(cost=settings.bcrypt_cost, secret=settings.password_secret),
            queue_size=settings.hashing_queue_size,
        ),
        issuer=TokenIssuer(
            keys.key,
            lifetime=settings.access_token_lifetime,
            delegated=settings.delegated_token_lifetime,
        ),
        pending_sign_ins=PendingSignIns(redis),
        openid_provider=_provider(settings),
        proxy_sign_in=settings.proxy_sign_in,
        proxy_creates_accounts=settings.proxy_creates_accounts,
        delegation_secret=settings.delegation_secret,
    )


def register(
    server: Server,
    database: Database,
    dependencies: AuthDependencies,
    *,
    key_set: Callable[[], str],
    now: Clock = clock_now,
) -> FailureLog:
    """Add every servicer to a server; the caller closes the log of failures at the end."""
    failures = FailureLog(database, now=now)
    server.add(
        add_AuthServiceServicer_to_server,
        AuthServicer(database, dependencies, failures, key_set=key_set, now=now),
        public=AUTH_PUBLIC,
    )
    server.add(
        add_CredentialServiceServicer_to_server,
        CredentialServicer(database, dependencies, now=now),
        public=CREDENTIAL_PUBLIC,
    )
    server.add(
        add_SessionServiceServicer_to_server, SessionServicer(database, dependencies, now=now)
    )
    server.add(
        add_PersonalTokenServiceServicer_to_server,
        PersonalTokenServicer(database, dependencies, now=now),
        public=PERSONAL_TOKEN_PUBLIC,
    )
    server.add(add_AccountEventServiceServicer_to_server, AccountEventServicer(database))
    server.add(
        add_OidcServiceServicer_to_server,
        OidcServicer(database, dependencies, now=now),
        public=OIDC_PUBLIC,
    )
    server.add(
        add_ProxySignInServiceServicer_to_server,
        ProxySignInServicer(database, dependencies, now=now),
        public=PROXY_SIGN_IN_PUBLIC,
    )
    return failures


def _provider(settings: AuthSettings) -> "OpenIdProvider | None":
    if settings.oidc_issuer is None:
        return None
    from services.auth.oidc.provider import OpenIdProvider

    return OpenIdProvider(
        ProviderSettings(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            redirect_uris=settings.oidc_redirect_uris,
        )
    )


def _policies(settings: AuthSettings) -> RatePolicies:
    failures, hour, minute = settings.failures_window, timedelta(hours=1), timedelta(minutes=1)
    return RatePolicies(
        account=RatePolicy("account", settings.failures_per_account, failures),
        known_address=RatePolicy("known-address", settings.failures_per_known_address, failures),
        address=RatePolicy("address", settings.failures_per_address, failures),
        registration=RatePolicy("registration", settings.registrations_per_address, hour),
        refresh=RatePolicy("refresh", settings.refreshes_per_session, minute),
        exchange=RatePolicy("exchange", settings.exchange_failures, minute),
    )


if __name__ == "__main__":
    raise SystemExit(main())
