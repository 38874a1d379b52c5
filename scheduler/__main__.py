"""`python -m scheduler worker|beat|healthy worker|healthy beat`."""

import sys
from collections.abc import Sequence

from chassis.process import EXIT_FAILED, EXIT_OK, EXIT_USAGE, read_settings_or_exit
from scheduler import heartbeat
from scheduler.app import app, node_name
from scheduler.settings import BeatSettings, SchedulerSettings


def main(arguments: Sequence[str]) -> int:
    """Run the role named on the command line; return the exit code."""
    settings = read_settings_or_exit(SchedulerSettings)
    match list(arguments):
        case ["worker"]:
            # Not by Celery's command line, which brings an interactive shell: 15 MB.
            worker = app.Worker(
                hostname=node_name(),
                without_gossip=True,
                without_mingle=True,
                without_heartbeat=True,
                quiet=True,
            )
            worker.start()
            return worker.exitcode or EXIT_OK
        case ["beat"]:
            read_settings_or_exit(BeatSettings)
            app.conf.include = ()  # it names tasks and never runs them
            app.Beat(quiet=True).run()
        case ["healthy", ("worker" | "beat") as role]:
            return EXIT_OK if heartbeat.healthy(settings.heartbeat_folder, role) else EXIT_FAILED
        case _:
            sys.stderr.write("usage: python -m scheduler worker | beat | healthy worker|beat\n")
            return EXIT_USAGE
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
