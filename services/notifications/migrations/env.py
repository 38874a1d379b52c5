"""Alembic's entry to the history of schema `notifications`."""

from chassis.migrate import run_migrations
from services.notifications.tables import METADATA

run_migrations(METADATA)
