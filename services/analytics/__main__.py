"""`python -m services.analytics serve|relay|consume|migrate|rebuild|parked`: wires the roles."""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Sequence
from uuid import UUID

from chassis import process
from chassis.clock import now, sleep_or_stop
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.events.broker import declare
from chassis.events.consumer import Consumer
from chassis.events.parked import parked_command
from chassis.events.relay import Relay
from chassis.events.topology import Topology
from chassis.housekeeping import Housekeeping
from chassis.identity import TokenVerifier
from chassis.migrate import upgrade
from chassis.progress import ProgressBar
from chassis.rpc.channel import connect
from chassis.rpc.server import Server
from contracts.analytics.v1.analytics_service_pb2_grpc import add_AnalyticsServiceServicer_to_server
from contracts.habits.v1 import check_in_service_pb2, habit_service_pb2
from contracts.habits.v1.check_in_service_pb2_grpc import CheckInServiceStub
from contracts.habits.v1.habit_service_pb2_grpc import HabitServiceStub
from services.analytics.cache import AnswerCache, use_cache
from services.analytics.consumers import handlers
from services.analytics.habits_client import HabitGateway
from services.analytics.habits_export import open_export
from services.analytics.pictures.renderer import PictureRenderer
from services.analytics.servicer import AnalyticsServicer
from services.analytics.settings import AnalyticsSettings, MigrateSettings, RebuildSettings
from services.analytics.tables import INBOX, OUTBOX, REPLAYS
from services.analytics.translate.export import chunk_from_wire
from services.analytics.use_cases import read_model_check, rebuild

NAME = "analytics"

_EXPORT_SECONDS = 3_600.0
_DRIFT_SECONDS = 60.0
_log = logging.getLogger(__name__)


def main() -> int:
    """Run what the command line names; return the exit code."""
    match sys.argv[1:2]:
        case ["migrate"]:
            store = process.read_settings_or_exit(MigrateSettings)
            return process.main(NAME, store, roles={}, commands={"migrate": _migrate(store)})
        case ["rebuild"]:
            sources = process.read_settings_or_exit(RebuildSettings)
            return process.main(NAME, sources, roles={}, commands={"rebuild": _rebuild(sources)})
        case _:
            return _run_role(process.read_settings_or_exit(AnalyticsSettings))


def _run_role(settings: AnalyticsSettings) -> int:
    """Run serve, relay or consume, or look after parked events."""
    database = Database(
        settings.database_url,
        name=NAME,
        pool_size=settings.database_pool_size,
        hot_pool_size=settings.database_hot_pool_size,
        statement_timeout=settings.statement_timeout,
    )
    topology = Topology(NAME, handlers.routing_keys, prefix=settings.amqp_prefix)
    answers = AnswerCache(settings.redis_url)

    async def serve(stop: asyncio.Event) -> None:
        await _serve(settings, database, answers, stop)

    async def relay(stop: asyncio.Event) -> None:
        carrying = Relay(database, settings.amqp_url, schema=NAME, prefix=settings.amqp_prefix)
        cleaning = Housekeeping(database, OUTBOX, INBOX, REPLAYS)
        async with asyncio.TaskGroup() as group:
            group.create_task(carrying.run(stop))
            group.create_task(cleaning.run(stop))
            group.create_task(_report_drift(database, stop))

    async def consume(stop: asyncio.Event) -> None:
        with use_cache(answers):
            await Consumer(database, settings.amqp_url, topology, handlers, INBOX).run(stop)

    return process.main(
        NAME,
        settings,
        roles={"serve": serve, "relay": relay, "consume": consume},
        commands={"parked": parked_command(settings.amqp_url, topology)},
        closing=[database.close, answers.close],
    )


async def _report_drift(database: Database, stop: asyncio.Event) -> None:
    """Keep the metrics of the nightly check up to date, until `stop` is set."""
    while not stop.is_set():
        try:
            async with database.transaction() as session:
                await read_model_check.report_drift(session)
        except Unavailable:
            _log.info("the database does not answer; reporting drift later")
        await sleep_or_stop(_DRIFT_SECONDS, stop)


async def _serve(
    settings: AnalyticsSettings, database: Database, answers: AnswerCache, stop: asyncio.Event
) -> None:
    """Serve the rpcs until told to stop."""
    server = Server.from_settings(
        NAME,
        settings,
        verifier=TokenVerifier(settings.jwks_file, redis_url=settings.redis_url),
        healthy=database.healthy,
    )
    renderer = PictureRenderer()
    files = habit_service_pb2.DESCRIPTOR, check_in_service_pb2.DESCRIPTOR
    async with connect(settings.habits_target, *files, tls=settings.tls_files) as channel:
        servicer = AnalyticsServicer(
            database,
            habits=HabitGateway(HabitServiceStub(channel), CheckInServiceStub(channel)),
            renderer=renderer,
            answers=answers,
            replays=REPLAYS,
            now=now,
        )
        server.add(add_AnalyticsServiceServicer_to_server, servicer)
        try:
            await server.run(stop)
        finally:
            await renderer.close()


def _migrate(settings: MigrateSettings) -> process.Command:
    async def migrate(_: Sequence[str]) -> int:
        await upgrade(settings.database_url, "services.analytics")
        if settings.amqp_url:  # events published before the first start wait in the queue
            topology = Topology(NAME, handlers.routing_keys, settings.amqp_prefix)
            await declare(settings.amqp_url, topology)
        return process.EXIT_OK

    return migrate


def _rebuild(settings: RebuildSettings) -> process.Command:
    parser = argparse.ArgumentParser(prog=f"python -m services.{NAME} rebuild")
    parser.add_argument("--owner", type=UUID, help="only this person's; everybody's if left out")

    async def run(arguments: Sequence[str]) -> int:
        owner_id = parser.parse_args(arguments).owner
        database = Database(settings.database_url, name=f"{NAME} rebuild")
        started = time.perf_counter()
        try:
            async with open_export(
                auth_target=settings.auth_target,
                habits_target=settings.habits_target,
                delegation_secret=settings.delegation_secret,
                tls=settings.tls_files,
            ) as stub:
                async with database.transaction() as session:
                    expected = await rebuild.count_habits(session, owner_id)
                progress = ProgressBar("habits", expected or None)
                habits, days = await rebuild_from(stub, database, owner_id, progress)
                progress.finish()
        finally:
            await database.close()
        seconds = time.perf_counter() - started
        sys.stdout.write(f"{habits} habits, {days} days in {seconds:.1f} s\n")
        return process.EXIT_OK

    return run


async def rebuild_from(
    habits: CheckInServiceStub,
    database: Database,
    owner_id: UUID | None,
    progress: ProgressBar | None = None,
) -> tuple[int, int]:
    """Make the read model of a person, or of everybody, anew; return how many habits and days.

    Events may go on meanwhile. If it is cut short, nothing is lost: run it again.
    """
    async with database.transaction() as session:
        began = await rebuild.begin(session)
    request = check_in_service_pb2.ExportCheckInsRequest(owner_id=str(owner_id or ""))
    messages = habits.ExportCheckIns(request, timeout=_EXPORT_SECONDS)
    advance = progress.advance if progress is not None else lambda _: None
    chunks = (chunk_from_wire(message) async for message in messages)
    counts = await rebuild.copy_export(database, chunks, began=began, on_habits=advance)
    async with database.transaction() as session:
        await rebuild.finish(session, owner_id, began=began, now=now())
    return counts


if __name__ == "__main__":
    raise SystemExit(main())
