"""What every process needs, and nothing about habits.

Read in this order:

    settings     the environment, frozen             errors      the family of refusals
    process      roles, commands, SIGTERM, drain     identity    access token to `Caller`
    database     transactions and hot connections    context     request id, caller and deadline
    migrate      one Alembic history a service       clock, ids  the present moment, and UUIDv7
    rpc.server       methods, policies, health       events.outbox     events to be published
    rpc.channel      a client for another service    events.relay      publishes from the outbox
    rpc.status       refusals on the wire            events.handlers   which function handles which
    rpc.idempotency  same request, same response     events.consumer   broker to inbox and handler
    rpc.paging       pages of a list                 events.parked     events that cannot be handled
    telemetry    logs, metrics, traces               housekeeping      deletes expired rows
    redaction    database errors without values      text              readable, normalized text

A service is put together in its `__main__`, the only file that knows everybody:

    def main() -> int:
        settings = process.read_settings_or_exit(HabitsSettings)
        database = Database(settings.database_url, name="habits")
        topology = Topology("habits", handlers.routing_keys, settings.amqp_prefix)

        async def serve(stop: asyncio.Event) -> None:
            verifier = TokenVerifier(settings.jwks_file)
            server = Server(
                "habits", listen=settings.grpc_listen, verifier=verifier, healthy=database.healthy
            )
            server.add(add_HabitServiceServicer_to_server, HabitServicer(database))
            await server.run(stop)

        async def relay(stop: asyncio.Event) -> None:
            relay = Relay(database, settings.amqp_url, schema="habits", prefix=settings.amqp_prefix)
            cleaning = Housekeeping(database, OUTBOX, INBOX, REPLAYS)
            async with asyncio.TaskGroup() as group:
                group.create_task(relay.run(stop))
                group.create_task(cleaning.run(stop))

        async def consume(stop: asyncio.Event) -> None:
            await Consumer(database, settings.amqp_url, topology, handlers, INBOX).run(stop)

        async def migrate(_: Sequence[str]) -> int:
            await upgrade(settings.database_url, "services.habits")
            await declare(settings.amqp_url, topology)
            return process.EXIT_OK

        return process.main(
            "habits",
            settings,
            roles={"serve": serve, "relay": relay, "consume": consume},
            commands={"migrate": migrate, "parked": parked_command(settings.amqp_url, topology)},
            closing=[database.close],
        )

`migrate` also declares the queues: events published before a consumer first starts wait in them.
"""

import os

# gRPC's handlers of forks wait for its threads: a service that started a child process (a picture,
# an import) stood still for a minute now and then, or was aborted by a failed check. Our children
# are other programs, which need no gRPC of their parent. Read when gRPC is imported.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")
