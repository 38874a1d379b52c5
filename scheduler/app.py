"""The Celery application: how ticks travel, and what happens around them."""

import functools
import gc
import logging
import os
import socket
from typing import Any

from celery import Celery, signals

from chassis import telemetry
from chassis.settings import SettingsError, read
from scheduler import heartbeat
from scheduler.schedule import TASK_MODULES, beat_schedule
from scheduler.settings import SchedulerSettings

_CONNECT_SECONDS = 4.0
_WRITE_SECONDS = 4.0
_CHILDREN = 2  # so that reminders need not wait for a nightly aggregation
_CHILD_KIB = 400_000  # after a task that took more, the child is replaced
SOFT_LIMIT_SECONDS = 120
"""After so long a task is interrupted; most end themselves before."""
HARD_LIMIT_SECONDS = 150
"""After so long its process is killed and replaced; the next tick goes on with what is due."""

app = Celery("scheduler", include=TASK_MODULES)


@functools.cache
def settings() -> SchedulerSettings:
    """Return the scheduler's settings, read on first use."""
    return read(SchedulerSettings)


@app.add_defaults
def configuration() -> dict[str, Any]:
    """Return Celery's configuration. Called when a worker or beat starts, not on import.

    Whoever only looks at a task, a test or a shell, needs no broker: then there is none. What
    plays a role has read its settings before, and said what was missing.
    """
    try:
        values = settings()
    except SettingsError:
        return {}
    queue = f"{values.amqp_prefix}scheduler.ticks"
    return {
        "broker_url": values.amqp_url,
        "broker_connection_timeout": _CONNECT_SECONDS,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_heartbeat": 10,
        "broker_pool_limit": 1,
        "broker_transport_options": {"confirm_publish": True, "write_timeout": _WRITE_SECONDS},
        # Once, at once, on a new connection: beat would go on with a broken one for ever. Beyond
        # that, the next tick is the retry.
        "task_publish_retry": True,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0, "interval_max": 0},
        "task_default_queue": queue,
        "task_default_exchange": queue,
        "task_default_exchange_type": "topic",
        "task_default_routing_key": queue,
        "task_default_queue_type": "quorum",
        "worker_detect_quorum_queues": True,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "timezone": "UTC",
        "enable_utc": True,
        "beat_schedule": beat_schedule(),
        "beat_scheduler": "scheduler.leadership:LeaderScheduler",
        "worker_pool": "prefork",
        "worker_concurrency": _CHILDREN,
        "worker_prefetch_multiplier": 1,
        "worker_max_memory_per_child": _CHILD_KIB,
        # A task is acknowledged when it is done: of a worker that dies, it goes to another.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "task_soft_time_limit": SOFT_LIMIT_SECONDS,
        "task_time_limit": HARD_LIMIT_SECONDS,
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_soft_shutdown_timeout": 0,
    }


def node_name() -> str:
    """Return a name no other worker has: two of one name would steal each other's messages."""
    return f"scheduler-{os.getpid()}@{socket.gethostname()}"


@signals.setup_logging.connect
def _log_as_everybody_does(**_: object) -> None:
    telemetry.configure_logs("scheduler", settings().log_level)
    logging.getLogger("celery.app.trace").setLevel(logging.WARNING)  # a line per tick says nothing
    logging.getLogger("celery.worker.strategy").setLevel(logging.WARNING)
    logging.getLogger("celery.beat").setLevel(logging.WARNING)


@signals.worker_before_create_process.connect
def _spare_what_stays(**_: object) -> None:
    gc.collect()
    gc.freeze()  # what was imported is never garbage: children share it with their parent


@signals.worker_ready.connect
@signals.task_postrun.connect
def _worker_lives(**_: object) -> None:
    heartbeat.touch(settings().heartbeat_folder, "worker")


@signals.beat_init.connect
@signals.after_task_publish.connect
def _beat_lives(**_: object) -> None:
    heartbeat.touch(settings().heartbeat_folder, "beat")


@signals.worker_process_shutdown.connect
def _close(**_: object) -> None:
    from chassis import background  # brings drivers that a beat has no use for

    background.close()
