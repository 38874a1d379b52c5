"""`python -m bench WHAT [options]`: measure one thing; without a name, list what there is."""

import sys
from importlib import import_module

SUBJECTS = {
    "check-ins": "bench.check_ins",
    "events": "bench.events",
    "lateness": "bench.lateness",
    "latency": "bench.latency",
    "logins": "bench.logins",
    "mesh": "bench.mesh",
    "pictures": "bench.pictures",
    "presses": "bench.presses",
    "reads": "bench.reads",
    "rebuilds": "bench.rebuilds",
    "reminders": "bench.reminders",
    "scale": "bench.scale",
    "sends": "bench.sends",
    "start": "bench.start",
}


def main() -> None:
    """Run the measurement named on the command line."""
    if len(sys.argv) < 2 or sys.argv[1] not in SUBJECTS:
        sys.exit("usage: python -m bench " + " | ".join(SUBJECTS))
    import_module(SUBJECTS[sys.argv[1]]).main(sys.argv[2:])


if __name__ == "__main__":
    main()
