"""`python -m services.habits serve | migrate`: the only file that knows everybody."""

import asyncio
import sys
from collections.abc import Sequence

from chassis import process
from chassis.database import Database
from chassis.identity import Verifier
from chassis.migrate import upgrade
from chassis.rpc.server import Server
from services.habits.settings import HabitsSettings, MaintenanceSettings

NAME = "habits"


async def migrate(_: Sequence[str]) -> int:
    """Bring the schema up to date."""
    settings = process.settings_or_exit(MaintenanceSettings)
    await upgrade(settings.database_url, "services.habits")
    return process.EXIT_OK


def main() -> int:
    """Run what the command line names."""
    if sys.argv[1:2] == ["migrate"]:
        settings = process.settings_or_exit(MaintenanceSettings)
        return process.main(NAME, settings, roles={}, commands={"migrate": migrate})
    return _work(process.settings_or_exit(HabitsSettings))


def _work(settings: HabitsSettings) -> int:
    database = Database(
        settings.database_url,
        name=NAME,
        pool_size=settings.database_pool_size,
        hot_pool_size=settings.database_hot_pool_size,
        statement_timeout=settings.statement_timeout,
    )

    async def serve(stop: asyncio.Event) -> None:
        server = Server(
            NAME,
            listen=settings.grpc_listen,
            verifier=Verifier(settings.jwks_file),
            healthy=database.healthy,
        )
        await server.run(stop)

    return process.main(NAME, settings, roles={"serve": serve}, closing=[database.close])


if __name__ == "__main__":
    raise SystemExit(main())
