"""`python -m services.auth serve|relay|migrate|keys`: wires the service together."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from chassis import process
from chassis.database import Database
from chassis.events.relay import Relay
from chassis.housekeeping import Housekeeping
from chassis.identity import TokenVerifier
from chassis.migrate import upgrade
from chassis.rpc.server import Server
from contracts.auth.v1.auth_service_pb2_grpc import add_AuthServiceServicer_to_server
from services.auth.cache import LoginLimiter, LoginLimits, Sessions, open_redis
from services.auth.domain.keys import SigningKey, key_set_with
from services.auth.servicer import PUBLIC, AuthServicer
from services.auth.settings import AuthSettings, KeySettings, MigrateSettings
from services.auth.tables import OUTBOX
from services.auth.use_cases import AuthDependencies, PasswordHasher, TokenIssuer

NAME = "auth"

_PRIVATE = 0o600
_PUBLIC = 0o644


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


def make_keys(signing_key_file: Path, jwks_file: Path, *, rotate: bool = False) -> SigningKey:
    """Create the signing key and the JWKS, unless they exist.

    Args:
        signing_key_file: Read by auth alone.
        jwks_file: Read by every service.
        rotate: Make a new signing key all the same. The public keys of earlier ones stay, so that
            tokens they signed go on being good. Restart auth to sign with the new one.
    """
    there = signing_key_file.exists() and not rotate
    key = SigningKey.from_pem(signing_key_file.read_bytes()) if there else SigningKey.generate()
    known = jwks_file.read_text() if jwks_file.exists() else None
    # The public key first: nobody may meet a token whose key they cannot find.
    _write(jwks_file, key_set_with(key, known).encode(), _PUBLIC)
    if not there:
        _write(signing_key_file, key.to_pem(), _PRIVATE)
    return key


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
        os.fsync(file.fileno())
    fresh.chmod(mode)
    fresh.replace(path)


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
        password_hasher = PasswordHasher(
            cost=settings.bcrypt_cost, queue_size=settings.hashing_queue_size
        )
        dependencies = AuthDependencies(
            sessions=Sessions(
                redis, lifetime=settings.session_lifetime, grace=settings.refresh_grace
            ),
            login_limiter=LoginLimiter(redis, _limits(settings)),
            password_hasher=password_hasher,
            issuer=_issuer(settings),
            delegation_secret=settings.delegation_secret,
        )
        server = Server(
            NAME,
            listen=settings.grpc_listen,
            verifier=TokenVerifier(settings.jwks_file),
            healthy=database.healthy,
        )
        servicer = AuthServicer(database, dependencies, key_set=settings.jwks_file.read_text)
        server.add(add_AuthServiceServicer_to_server, servicer, public=PUBLIC)
        try:
            await server.run(stop)
        finally:
            await password_hasher.close()
            await redis.aclose()

    async def relay(stop: asyncio.Event) -> None:
        outbox_relay = Relay(database, settings.amqp_url, schema=NAME, prefix=settings.amqp_prefix)
        housekeeping = Housekeeping(database, OUTBOX)
        async with asyncio.TaskGroup() as group:
            group.create_task(outbox_relay.run(stop))
            group.create_task(housekeeping.run(stop))

    roles = {"serve": serve, "relay": relay}
    return process.main(NAME, settings, roles=roles, closing=[database.close])


def _limits(settings: AuthSettings) -> LoginLimits:
    return LoginLimits(
        window=settings.attempts_window,
        account_and_address=settings.attempts_per_account_and_address,
        account=settings.attempts_per_account,
        address=settings.attempts_per_address,
    )


def _issuer(settings: AuthSettings) -> TokenIssuer:
    return TokenIssuer(
        SigningKey.from_pem(settings.signing_key_file.read_bytes()),
        lifetime=settings.access_token_lifetime,
        delegated=settings.delegated_token_lifetime,
    )


if __name__ == "__main__":
    raise SystemExit(main())
