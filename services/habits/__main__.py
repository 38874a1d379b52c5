"""`python -m services.habits serve|relay|consume|migrate|rebuild|parked`."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis import clock, process
from chassis.database import Database
from chassis.events.broker import declare
from chassis.events.consumer import Consumer
from chassis.events.parked import parked_command
from chassis.events.relay import Relay
from chassis.events.topology import Topology
from chassis.housekeeping import Housekeeping
from chassis.identity import TokenVerifier
from chassis.migrate import upgrade
from chassis.rpc.server import Server
from contracts.habits.v1.check_in_service_pb2_grpc import add_CheckInServiceServicer_to_server
from contracts.habits.v1.habit_service_pb2_grpc import add_HabitServiceServicer_to_server
from contracts.habits.v1.progress_service_pb2_grpc import add_ProgressServiceServicer_to_server
from contracts.habits.v1.reminder_service_pb2_grpc import add_ReminderServiceServicer_to_server
from services.habits.consumers import handlers
from services.habits.servicer import (
    PUBLIC,
    CheckInServicer,
    HabitServicer,
    ProgressServicer,
    ReminderServicer,
)
from services.habits.settings import HabitsSettings, MaintenanceSettings
from services.habits.tables import INBOX, OUTBOX, REPLAYS
from services.habits.use_cases.rebuild import rebuild

NAME = "habits"

_REBUILD_TIMEOUT = timedelta(minutes=5)
_SHOWN = 20


def main() -> int:
    """Run what the command line names; return the exit code."""
    if sys.argv[1:2] and sys.argv[1] in ("migrate", "rebuild"):
        settings = process.read_settings_or_exit(MaintenanceSettings)
        commands = {"migrate": _migrate(settings), "rebuild": _rebuild(settings)}
        return process.main(NAME, settings, roles={}, commands=commands)
    return _work(process.read_settings_or_exit(HabitsSettings))


def register(
    server: Server, database: Database, verifier: TokenVerifier, *, now: clock.Clock = clock.now
) -> None:
    """Add the servicers of this service to a server."""
    server.add(add_HabitServiceServicer_to_server, HabitServicer(database, REPLAYS, now=now))
    server.add(
        add_CheckInServiceServicer_to_server,
        CheckInServicer(database, verifier, now=now),
        public=PUBLIC,
    )
    server.add(add_ProgressServiceServicer_to_server, ProgressServicer(database, now=now))
    server.add(add_ReminderServiceServicer_to_server, ReminderServicer(database, REPLAYS, now=now))


def _work(settings: HabitsSettings) -> int:
    """Run the long-lived roles."""
    database = Database(
        settings.database_url,
        name=NAME,
        pool_size=settings.database_pool_size,
        hot_pool_size=settings.database_hot_pool_size,
        statement_timeout=settings.statement_timeout,
    )
    topology = Topology(NAME, handlers.routing_keys, settings.amqp_prefix)

    async def serve(stop: asyncio.Event) -> None:
        verifier = TokenVerifier(settings.jwks_file, redis_url=settings.redis_url)
        server = Server(
            NAME,
            listen=settings.grpc_listen,
            tls=settings.tls_files,
            plaintext=settings.grpc_plaintext,
            verifier=verifier,
            healthy=database.healthy,
        )
        register(server, database, verifier)
        await server.run(stop)

    async def relay(stop: asyncio.Event) -> None:
        carrying = Relay(database, settings.amqp_url, schema=NAME, prefix=settings.amqp_prefix)
        cleaning = Housekeeping(database, OUTBOX, INBOX, REPLAYS)
        async with asyncio.TaskGroup() as group:
            group.create_task(carrying.run(stop))
            group.create_task(cleaning.run(stop))

    async def consume(stop: asyncio.Event) -> None:
        await Consumer(database, settings.amqp_url, topology, handlers, INBOX).run(stop)

    return process.main(
        NAME,
        settings,
        roles={"serve": serve, "relay": relay, "consume": consume},
        commands={"parked": parked_command(settings.amqp_url, topology)},
        closing=[database.close],
    )


def _migrate(settings: MaintenanceSettings) -> process.Command:
    async def migrate(_: Sequence[str]) -> int:
        await upgrade(settings.database_url, "services.habits")
        if settings.amqp_url:  # events published before the first start wait in them
            topology = Topology(NAME, handlers.routing_keys, settings.amqp_prefix)
            await declare(settings.amqp_url, topology)
        return process.EXIT_OK

    return migrate


def _rebuild(settings: MaintenanceSettings) -> process.Command:
    async def command(arguments: Sequence[str]) -> int:
        asked = _rebuild_arguments(arguments)
        database = Database(
            settings.database_url, name="habits rebuild", statement_timeout=_REBUILD_TIMEOUT
        )
        count, different, started = 0, list[UUID](), time.perf_counter()
        try:
            batches = rebuild(
                database, owner_id=asked.owner, write=not asked.check, now=clock.now()
            )
            async for some in batches:
                count += some.count
                different += some.different
        finally:
            await database.close()
        seconds = time.perf_counter() - started
        sys.stdout.write(f"{count} habits in {seconds:.1f} s, {count / seconds:.0f} a second\n")
        if asked.check:
            sys.stdout.write(f"{len(different)} differ from their rows\n")
        for habit_id in different[:_SHOWN]:
            sys.stdout.write(f"  {habit_id}\n")
        return process.EXIT_FAILED if different else process.EXIT_OK

    return command


def _rebuild_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m services.habits rebuild")
    parser.add_argument("--owner", type=UUID, help="only this person's habits")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    return parser.parse_args(list(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
