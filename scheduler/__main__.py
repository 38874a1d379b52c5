"""`python -m scheduler worker|beat|healthy worker|healthy beat`."""

import sys
from collections.abc import Sequence

from chassis.process import EXIT_FAILED, EXIT_OK, EXIT_USAGE, read_settings_or_exit
from scheduler import heartbeat
from scheduler.app import app, node_name
from scheduler.settings import BeatSettings, SchedulerSettings

_WORKER = ("--quiet", "worker", "--without-gossip", "--without-mingle", "--without-heartbeat")
_BEAT = ("--quiet", "beat")


def main(arguments: Sequence[str]) -> int:
    """Run the role named on the command line; return the exit code."""
    settings = read_settings_or_exit(SchedulerSettings)
    match list(arguments):
        case ["worker"]:
            app.start([*_WORKER, "--hostname", node_name()])
        case ["beat"]:
            read_settings_or_exit(BeatSettings)
            app.conf.include = ()  # it names tasks and never runs them
            app.start([*_BEAT])
        case ["healthy", ("worker" | "beat") as role]:
            return EXIT_OK if heartbeat.healthy(settings.heartbeat_folder, role) else EXIT_FAILED
        case _:
            sys.stderr.write("usage: python -m scheduler worker | beat | healthy worker|beat\n")
            return EXIT_USAGE
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
