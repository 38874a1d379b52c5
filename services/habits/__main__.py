"""`python -m services.habits serve|relay|consume|migrate|rebuild|parked`."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing
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
from chassis.progress import ProgressBar
from chassis.rpc.server import Server
from contracts.habits.v1.calendar_service_pb2_grpc import add_CalendarServiceServicer_to_server
from contracts.habits.v1.check_in_service_pb2_grpc import add_CheckInServiceServicer_to_server
from contracts.habits.v1.delta_service_pb2_grpc import add_DeltaServiceServicer_to_server
from contracts.habits.v1.export_service_pb2_grpc import add_ExportServiceServicer_to_server
from contracts.habits.v1.habit_service_pb2_grpc import add_HabitServiceServicer_to_server
from contracts.habits.v1.import_service_pb2_grpc import add_ImportServiceServicer_to_server
from contracts.habits.v1.progress_service_pb2_grpc import add_ProgressServiceServicer_to_server
from contracts.habits.v1.quick_link_service_pb2_grpc import add_QuickLinkServiceServicer_to_server
from contracts.habits.v1.reminder_service_pb2_grpc import add_ReminderServiceServicer_to_server
from services.habits.consumers import handlers
from services.habits.domain.delta import TOMBSTONE_RETENTION
from services.habits.domain.limits import ACTIVE_HABITS_PER_PERSON
from services.habits.servicer import (
    PUBLIC,
    PUBLIC_CALENDAR,
    PUBLIC_PROGRESS,
    PUBLIC_QUICK_LINKS,
    CalendarServicer,
    CheckInServicer,
    DeltaServicer,
    ExportServicer,
    HabitServicer,
    ImportServicer,
    ProgressServicer,
    QuickLinkServicer,
    ReminderServicer,
)
from services.habits.settings import HabitsSettings, MaintenanceSettings
from services.habits.tables import INBOX, OUTBOX, REPLAYS, TOMBSTONES

NAME = "habits"

_SHOWN = 20


def main() -> int:
    """Run what the command line names; return the exit code."""
    if sys.argv[1:2] and sys.argv[1] in ("migrate", "rebuild"):
        settings = process.read_settings_or_exit(MaintenanceSettings)
        commands = {"migrate": _migrate(settings), "rebuild": _rebuild(settings)}
        return process.main(NAME, settings, roles={}, commands=commands)
    return _work(process.read_settings_or_exit(HabitsSettings))


def register(
    server: Server,
    database: Database,
    verifier: TokenVerifier,
    *,
    most_active: int = ACTIVE_HABITS_PER_PERSON,
    now: clock.Clock = clock.now,
    stop: asyncio.Event | None = None,
) -> ImportServicer:
    """Add the servicers of this service to a server. When `stop` is set, nobody waits any longer.

    Returns:
        The one whose imports run in the background; to be closed when the server has stopped.
    """
    imports = ImportServicer(database, most_active=most_active, now=now)
    server.add(add_ImportServiceServicer_to_server, imports)
    server.add(
        add_HabitServiceServicer_to_server,
        HabitServicer(database, REPLAYS, most_active=most_active, now=now),
    )
    server.add(
        add_CheckInServiceServicer_to_server,
        CheckInServicer(database, verifier, now=now),
        public=PUBLIC,
    )
    server.add(
        add_CalendarServiceServicer_to_server,
        CalendarServicer(database, now=now),
        public=PUBLIC_CALENDAR,
    )
    server.add(
        add_QuickLinkServiceServicer_to_server,
        QuickLinkServicer(database, now=now),
        public=PUBLIC_QUICK_LINKS,
    )
    server.add(
        add_ProgressServiceServicer_to_server,
        ProgressServicer(database, verifier, now=now),
        public=PUBLIC_PROGRESS,
    )
    server.add(add_DeltaServiceServicer_to_server, DeltaServicer(database, now=now, stop=stop))
    server.add(add_ExportServiceServicer_to_server, ExportServicer(database, now=now))
    server.add(add_ReminderServiceServicer_to_server, ReminderServicer(database, REPLAYS, now=now))
    return imports


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
        server = Server.from_settings(NAME, settings, verifier=verifier, healthy=database.healthy)
        imports = register(
            server,
            database,
            verifier,
            most_active=settings.active_habits_per_person,
            stop=stop,
        )
        try:
            await server.run(stop)
        finally:
            await imports.close()

    async def relay(stop: asyncio.Event) -> None:
        carrying = Relay(database, settings.amqp_url, schema=NAME, prefix=settings.amqp_prefix)
        cleaning = Housekeeping(
            database,
            OUTBOX,
            INBOX,
            REPLAYS,
            retentions={TOMBSTONES: ("delete_time", TOMBSTONE_RETENTION)},
        )
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
        from services.habits.use_cases import rebuild_processes  # loads numpy
        from services.habits.use_cases.rebuild import count_habits

        asked = _rebuild_arguments(arguments, rebuild_processes.MOST_PROCESSES)
        count, different, started = 0, list[UUID](), time.perf_counter()
        database = rebuild_processes.connect(settings.database_url)
        try:
            total = await count_habits(database, asked.owner)
            progress = ProgressBar("habits", total or None)
            results = rebuild_processes.rebuild_in_processes(
                database,
                owner_id=asked.owner,
                total=total,
                write=not asked.check,
                now=clock.now(),
                processes=asked.processes,
            )
            async with aclosing(results):
                async for some in results:
                    count += some.count
                    progress.advance(some.count)
                    different += some.different
            progress.finish()
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


def _rebuild_arguments(arguments: Sequence[str], most_processes: int) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m services.habits rebuild")
    parser.add_argument("--owner", type=UUID, help="only this person's habits")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument(
        "--processes",
        type=int,
        choices=range(1, most_processes + 1),
        metavar="N",
        help="how many compute at once (default: one for each core, if there is work for it)",
    )
    return parser.parse_args(list(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
